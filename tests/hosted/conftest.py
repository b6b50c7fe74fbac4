"""A whole server, links to it, and a browser without a screen: it reads the page's HTML and sends what its script would."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from tests.outgoing.conftest import Receiver, receiving
from tests.security.served import Served, served

from trunkline.gateway import first_run
from trunkline.hub.outgoing.targets import Rules
from trunkline.model.times import to_wire

CEILING_S = 30
HOUR_MS = 3_600_000


class Seen(HTMLParser):
    """What stands on a page."""

    def __init__(self, html: str):
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self.marks: dict[str, str | None] = {}
        self.tags: set[str] = set()
        self.text = ""
        self.alert: str | None = None
        self._in_alert = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        given = dict(attrs)
        self.tags.add(tag)
        if tag == "form":
            self.forms.append({"do": given["data-do"], "values": {}, "fields": [], "options": []})
        elif tag == "input" and given.get("type") == "hidden":
            self.forms[-1]["values"][given["name"]] = given["value"]
        elif tag == "input" and given.get("type") == "radio":
            self.forms[-1]["options"].append(given["value"])
            self.forms[-1]["fields"] = [given["name"]]
        elif tag == "input":
            self.forms[-1]["fields"].append(given["name"])
        elif tag == "a":
            self.links.append(str(given["href"]))
        elif tag == "body":
            self.marks = given
        self._in_alert = given.get("role") == "alert" and "hidden" not in given

    def handle_data(self, data: str) -> None:
        """Text."""
        self.text += data + "\n"
        if self._in_alert:
            self.alert = data
            self._in_alert = False

    def form(self, do: str, **values: str) -> dict[str, Any]:
        """The form that does something, with these hidden values."""
        return next(each for each in self.forms if each["do"] == do and values.items() <= each["values"].items())


@dataclass(frozen=True)
class Visit:
    """A person at a link."""

    http: httpx2.AsyncClient
    url: str

    async def see(self) -> Seen:
        """Load the page."""
        answer = await self.http.get(self.url)
        assert answer.status_code == 200, answer.text
        return Seen(answer.text)

    async def send(self, do: str, body: dict[str, Any]) -> httpx2.Response:
        """What the script sends."""
        return await self.http.post(f"{self.url}/{do}", json=body, headers={"sec-fetch-site": "same-origin"})

    async def choose(self, provider: str, way: str | None = None) -> Seen:
        """Choose a way to log in from those on the page."""
        wanted = {"provider": provider} | ({} if way is None else {"way": way})
        form = (await self.see()).form("begin", **wanted)
        answer = await self.send("begin", form["values"])
        assert answer.status_code == 200, answer.text
        return await self.see()

    async def fill_in(self, **values: str) -> Seen:
        """Fill in the form; its fields must be exactly these."""
        seen = await self.see()
        assert seen.form("answer")["fields"] == list(values)
        answer = await self.send("answer", {"values": values})
        assert answer.status_code == 200, answer.text
        return await self.see()

    async def until(self, text: str) -> Seen:
        """As the script looks: until the page shows a text."""
        with anyio.fail_after(CEILING_S):
            seen = await self.see()
            while text not in seen.text:
                seen = await self.see()
        return seen


@dataclass(frozen=True)
class Place:
    """A server, its admin, and whoever is told."""

    server: Served
    admin: httpx2.AsyncClient
    plain: httpx2.AsyncClient
    browser: httpx2.AsyncClient
    """Without any key."""
    told: Receiver

    @property
    def notify_url(self) -> str:
        """Where the receiver listens."""
        return f"http://127.0.0.1:{self.told.port}/done?secret=1"

    async def ask(self, **body: Any) -> httpx2.Response:
        """Ask for a link; what is left out is as usual."""
        usual = {
            "type": "create",
            "expiresOn": to_wire(self.server.store.clock() + HOUR_MS),
            "api_url": self.server.url,
            "providers": "*",
        }
        given = {name: value for name, value in (usual | body).items() if value is not None}
        return await self.admin.post("/api/v1/hosted/accounts/link", json=given)

    async def visit(self, **body: Any) -> Visit:
        """A person at a fresh link."""
        answer = await self.ask(**body)
        assert answer.status_code == 200, answer.text
        assert re.fullmatch(r'\{"object":"HostedAuthUrl","url":"http://127\.0\.0\.1:\d+/hosted/[\w-]{43}"\}', answer.text)
        return Visit(self.browser, answer.json()["url"])

    async def accounts(self) -> list[str]:
        """Types of the accounts that are connected."""
        return [each["type"] for each in (await self.admin.get("/api/v1/accounts")).json()["items"]]

    async def account_id(self, account_type: str) -> str:
        """Of the account of a type."""
        items = (await self.admin.get("/api/v1/accounts")).json()["items"]
        return next(str(each["id"]) for each in items if each["type"] == account_type)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A server without accounts."""
    async with receiving() as told, served(tmp_path / "data", seed="empty") as server:
        server.parts.hub.parts.outgoing.rules = Rules(frozenset({("127.0.0.1", told.port)}))
        roads: Any = server.parts.hub.parts.lives.connectors
        for road in [road for road, each in roads.items() if not each.simulated]:
            del roads[road]  # where there is a real road, the page offers that one
        keys = await first_run.ready_keys(server.store)
        async with server.http(keys.admin_key) as admin, server.http(keys.api_key) as plain, server.http(None) as browser:
            yield Place(server, admin, plain, browser, told)
