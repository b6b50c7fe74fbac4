"""How each type of error is met: one real request, or the few that lead to it. Source: unipile-v1 4.2, 4.4."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2
import pytest
from tests.security.served import Served
from tests.unipile.fake_unipile import KEY, FakeUnipile, Fault

from trunkline.model.times import to_wire
from trunkline.networks.sandbox.login_flow import FlowLogin

Raise = Callable[["Place"], Awaitable[httpx2.Response]]
OTP = {"provider": "LINKEDIN", "username": "alex", "password": "secret"}
RAISED: dict[tuple[str, int], Raise] = {}
"""By type and status."""


@dataclass(frozen=True)
class Place:
    """A running server with an account on each simulated network, an admin's client, one whose key may not run the server,
    one of the local user, and a Unipile server to reach through it."""

    server: Served
    admin: httpx2.AsyncClient
    plain: httpx2.AsyncClient
    local: httpx2.AsyncClient
    remote: FakeUnipile
    patch: pytest.MonkeyPatch

    async def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """A list."""
        answer = await self.admin.get(f"/api/v1/{path}", params=query)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def account(self, account_type: str) -> str:
        """The id of an account."""
        return next(str(each["id"]) for each in await self.items("accounts") if each["type"] == account_type)

    async def chat(self, account_type: str, **wanted: Any) -> str:
        """The id of a chat of that account with these fields; one to one and open to writing where nothing else is asked."""
        wanted = {"type": 0, "read_only": 0} | wanted
        chats = await self.items("chats", account_id=await self.account(account_type), limit=250)
        return next(str(each["id"]) for each in chats if all(each.get(name) == value for name, value in wanted.items()))

    async def person(self, account_type: str, name: str) -> str:
        """What the network calls somebody."""
        people = await self.server.control("people", account=account_type)
        return next(str(each["provider_id"]) for each in people if each["name"] == name)

    async def say(self, chat: str, **body: Any) -> httpx2.Response:
        """Send a message."""
        return await self.admin.post(f"/api/v1/chats/{chat}/messages", json=body)

    async def connect(self, **body: Any) -> httpx2.Response:
        """Begin a login."""
        return await self.admin.post("/api/v1/accounts", json=body)

    async def solve(self, began: httpx2.Response, code: str, provider: str = "LINKEDIN") -> httpx2.Response:
        """Answer its checkpoint."""
        body = {"account_id": began.json()["account_id"], "provider": provider, "code": code}
        return await self.admin.post("/api/v1/accounts/checkpoint", json=body)

    async def faulty(self, account_type: str, kind: str, **how: Any) -> httpx2.Response:
        """Send into a chat of an account whose network does wrong."""
        chat = await self.chat(account_type)
        await self.server.control("fault", kind=kind, account=account_type, **how)
        return await self.say(chat, text="hello")

    async def down(self, account_type: str, kind: str) -> None:
        """Let an account's network do wrong until somebody must look at it."""
        await self.server.control("fault", kind=kind, account=account_type)
        with anyio.fail_after(30):
            while await self.status(account_type) in ("OK", "CONNECTING"):
                await anyio.lowlevel.checkpoint()

    async def status(self, account_type: str) -> str:
        """How an account is."""
        return next(str(each["sources"][0]["status"]) for each in await self.items("accounts") if each["type"] == account_type)


def raises(kind: str, status: int) -> Callable[[Raise], Raise]:
    """Note what raises an error of this type and status."""

    def note(how: Raise) -> Raise:
        RAISED[kind, status] = how
        return how

    return note


@raises("invalid_parameters", 400)
async def _(place: Place) -> httpx2.Response:
    return await place.admin.get("/api/v1/chats?limit=251")


@raises("missing_parameters", 400)
async def _(place: Place) -> httpx2.Response:
    return await place.connect()


@raises("malformed_request", 400)
async def _(place: Place) -> httpx2.Response:
    return await place.admin.post("/api/v1/accounts", content=b"{", headers={"content-type": "application/json"})


@raises("invalid_action", 400)
async def _(place: Place) -> httpx2.Response:
    return await place.admin.patch(f"/api/v1/chats/{await place.chat('WHATSAPP')}", json={"action": "paint", "value": "red"})


@raises("invalid_label", 400)
async def _(place: Place) -> httpx2.Response:
    return await place.admin.patch(f"/api/v1/chats/{await place.chat('WHATSAPP')}", json={"action": "setLabel", "value": ""})


@raises("too_many_characters", 400)
async def _(place: Place) -> httpx2.Response:
    return await place.say(await place.chat("INSTAGRAM"), text="x" * 20_000)


@raises("content_too_large", 400)
async def _(place: Place) -> httpx2.Response:
    chat = await place.chat("WHATSAPP")
    return await place.admin.post(f"/api/v1/chats/{chat}/messages", files={"attachments": ("a.bin", bytes(1_000_001))})


@raises("missing_credentials", 401)
async def _(place: Place) -> httpx2.Response:
    async with place.server.http(None) as nobody:
        return await nobody.get("/api/v1/chats")


@raises("invalid_credentials", 401)
async def _(place: Place) -> httpx2.Response:
    async with place.server.http("tl_0123456789abcdef_wrong") as nobody:
        return await nobody.get("/api/v1/chats")


@raises("disconnected_account", 401)
async def _(place: Place) -> httpx2.Response:
    chat = await place.chat("TWITTER")
    await place.down("TWITTER", "logged_out")
    return await place.say(chat, text="hello")


@raises("wrong_account", 401)
async def _(place: Place) -> httpx2.Response:
    body = {"provider": "SLACK", "way": "instant", "values": {"number": "2"}}
    return await place.admin.post(f"/api/v1/accounts/{await place.account('SLACK')}", json=body)


@raises("invalid_checkpoint_solution", 401)
async def _(place: Place) -> httpx2.Response:
    return await place.solve(await place.connect(**OTP), "000000")


@raises("checkpoint_error", 401)
async def _(place: Place) -> httpx2.Response:
    began = await place.connect(provider="TWITTER", username="alex", email="alex@example.com", password="secret")
    return await place.solve(began, "solved", "TWITTER")


@raises("insufficient_permissions", 403)
async def _(place: Place) -> httpx2.Response:
    return await place.plain.get("/api/v1/keys")


@raises("account_restricted", 403)
async def _(place: Place) -> httpx2.Response:
    chat = await place.chat("MESSENGER")
    await place.server.control("fault", kind="restricted", account="MESSENGER")
    await place.down("MESSENGER", "dropped_link")
    return await place.say(chat, text="hello")


@raises("account_mismatch", 403)
async def _(place: Place) -> httpx2.Response:
    return await place.say(await place.chat("WHATSAPP"), text="hello", account_id=await place.account("SLACK"))


@raises("feature_not_subscribed", 403)
async def _(place: Place) -> httpx2.Response:
    body = {"name": "remote", "dsn": place.remote.url, "api_key": KEY, "effects": ["read", "send"], "mode": "open"}
    made = (await place.local.post("/api/v1/connections/unipile", json=body)).json()
    place.remote.faults.append(Fault("not subscribed", on="POST /chats"))
    start = {"account_id": "li", "attendees_ids": ["ACoAAA"], "text": "hello", "linkedin": {"api": "recruiter"}}
    return await place.local.post("/api/v1/chats", json=start, headers={"trunkline-pcid": made["pcid"]})


@raises("resource_not_found", 404)
async def _(place: Place) -> httpx2.Response:
    return await place.admin.get("/api/v1/chats/none")


@raises("invalid_request", 405)
async def _(place: Place) -> httpx2.Response:
    return await place.admin.put("/mcp")


@raises("request_timeout", 408)
async def _(place: Place) -> httpx2.Response:
    async def hang(self: FlowLogin, values: dict[str, str]) -> Any:
        await asyncio.Event().wait()

    place.patch.setattr(FlowLogin, "submit", hang)
    object.__setattr__(place.server.parts.hub.logins.options, "network_call_ms", 10)
    return await place.connect(**OTP)


@raises("operation_canceled", 409)
async def _(place: Place) -> httpx2.Response:
    first = await place.connect(**OTP)
    await place.connect(**OTP)
    return await place.solve(first, "123456")


@raises("unsupported_media_type", 415)
async def _(place: Place) -> httpx2.Response:
    chat = await place.chat("INSTAGRAM")
    files = {"attachments": ("a.pdf", b"%PDF-1.7 a document", "application/pdf")}
    return await place.admin.post(f"/api/v1/chats/{chat}/messages", files=files)


@raises("invalid_request", 421)
async def _(place: Place) -> httpx2.Response:
    return await place.admin.get("/api/v1/chats", headers={"host": "elsewhere.example"})


@raises("invalid_message", 422)
async def _(place: Place) -> httpx2.Response:
    return await place.say(await place.chat("WHATSAPP"), text=" ")


@raises("unprocessable_entity", 422)
async def _(place: Place) -> httpx2.Response:
    body = {"action": "addParticipant", "value": "334455667788@s.whatsapp.net"}
    return await place.admin.patch(f"/api/v1/chats/{await place.chat('WHATSAPP')}", json=body)


@raises("invalid_recipient", 422)
async def _(place: Place) -> httpx2.Response:
    body = {"account_id": await place.account("WHATSAPP"), "attendees_ids": ["10000000000@s.whatsapp.net"], "text": "hello"}
    return await place.admin.post("/api/v1/chats", json=body)


@raises("no_connection_with_recipient", 422)
async def _(place: Place) -> httpx2.Response:
    return await _to_stranger(place, api="classic")


@raises("insufficient_credits", 422)
async def _(place: Place) -> httpx2.Response:
    for _ in range(3):
        paid = await _to_stranger(place, api="classic", inmail=True)
        assert paid.status_code == 201, paid.text
    return await _to_stranger(place, api="classic", inmail=True)


async def _to_stranger(place: Place, **linkedin: Any) -> httpx2.Response:
    stranger = await place.person("LINKEDIN", "Tomáš Dvořák")
    body = {"account_id": await place.account("LINKEDIN"), "attendees_ids": [stranger], "text": "hello", "linkedin": linkedin}
    return await place.admin.post("/api/v1/chats", json=body)


@raises("cant_send_message", 422)
async def _(place: Place) -> httpx2.Response:
    return await place.say(await place.chat("TELEGRAM", type=2, read_only=1), text="hello")


@raises("cannot_resend_yet", 422)
async def _(place: Place) -> httpx2.Response:
    account_id = (await place.connect(**OTP)).json()["account_id"]
    return await place.admin.post("/api/v1/accounts/checkpoint/resend", json={"account_id": account_id, "provider": "LINKEDIN"})


@raises("auth_in_progress", 425)
async def _(place: Place) -> httpx2.Response:
    began, entered = await place.connect(**OTP), asyncio.Event()

    async def slow(self: FlowLogin, values: dict[str, str]) -> Any:
        entered.set()
        await asyncio.Event().wait()

    place.patch.setattr(FlowLogin, "submit", slow)
    solving = asyncio.create_task(place.solve(began, "123456"))
    await asyncio.wait_for(entered.wait(), 5)
    answer = await place.solve(began, "123456")
    solving.cancel()
    return answer


@raises("expired_link", 401)
async def _(place: Place) -> httpx2.Response:
    """What the page of a link gets that was made for the shortest time, a moment later."""
    url, lives_ms = None, 20
    while url is None:  # a busy machine takes it up when its time is over already: refused
        lives_ms *= 2
        ends = to_wire(place.server.store.clock() + lives_ms)
        body = {"type": "create", "expiresOn": ends, "api_url": place.server.url, "providers": "*"}
        url = (await place.admin.post("/api/v1/hosted/accounts/link", json=body)).json().get("url")
    answer = await place.admin.get(f"{url}/state")
    while answer.status_code == 200:
        answer = await place.admin.get(f"{url}/state")
    return answer


@raises("too_many_requests", 429)
async def _(place: Place) -> httpx2.Response:
    return await place.faulty("SLACK", "rate_limited", ms="60m")


@raises("invalid_request", 431)
async def _(place: Place) -> httpx2.Response:
    return await place.admin.get("/api/v1/chats", headers={"x-long": "x" * 70_000})


@raises("feature_not_implemented", 501)
async def _(place: Place) -> httpx2.Response:
    body = {"action": "setPinnedStatus", "value": True}
    return await place.admin.patch(f"/api/v1/chats/{await place.chat('SLACK')}", json=body)


@raises("service_unavailable", 503)
async def _(place: Place) -> httpx2.Response:
    return await place.faulty("INSTAGRAM", "not_reached", count=1000)


@raises("no_client_session", 503)
async def _(place: Place) -> httpx2.Response:
    """An account whose first connection has not been made."""
    await place.server.control("fault", kind="no_link", count=1000)
    began = await place.connect(provider="WHATSAPP", road="sandbox", way="instant", values={"number": "2"})
    body = {"account_id": began.json()["account_id"], "attendees_ids": ["334455667788@s.whatsapp.net"], "text": "hello"}
    return await place.admin.post("/api/v1/chats", json=body)


@raises("request_timeout", 504)
async def _(place: Place) -> httpx2.Response:
    return await place.faulty("TELEGRAM", "slow", ms="20s")
