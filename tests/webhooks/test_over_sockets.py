"""Over real sockets: what leaves, to receivers that answer, hang, redirect and hang up. None keeps another waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Judge

from trunkline.hub.hub import Hub
from trunkline.hub.options import HubOptions
from trunkline.hub.webhooks import deliverer
from trunkline.model.times import system_clock
from trunkline.operations.webhooks import CreateWebhook, HeaderWanted, ListWebhooks
from trunkline.store.store import Store, open_store

from .scene import Receivers, Scene, add_account

FINE = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Listener:
    """A receiver on a port of this machine: what it answers, None for nothing; and what it was sent."""

    answer: bytes | None
    port: int = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                pairs = [line.partition(": ") for line in head.splitlines()[1:] if line]
                headers = {name.lower(): value for name, _, value in pairs}
                self.requests.append((headers, await reader.readexactly(int(headers["content-length"]))))
                self.heard.set()
                if self.answer is None:
                    await reader.read()
                    return
                if not self.answer:
                    return
                writer.write(self.answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def listening(*answers: bytes | None) -> AsyncIterator[list[Listener]]:
    """Receivers that answer so."""
    listeners = [Listener(answer) for answer in answers]
    servers = []
    for one in listeners:
        server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
        one.port = server.sockets[0].getsockname()[1]
        servers.append(server)
    yield listeners
    for server in servers:
        server.close()


@pytest.fixture
async def real_store(tmp_path: Any) -> AsyncIterator[Store]:
    """A store on the machine's clock."""
    store = await open_store(tmp_path, clock=system_clock)
    yield store
    await store.close()


async def test_a_receiver_gets_all_of_it_while_others_hang_redirect_and_hang_up(
    real_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deliverer, "TIMEOUT_MS", 200)
    caplog.set_level("DEBUG")
    async with listening(FINE, None, b"", FINE) as (fine, hangs, hangs_up, inside):
        away = f"HTTP/1.1 307 Away\r\nlocation: http://127.0.0.1:{inside.port}/in\r\ncontent-length: 0\r\n\r\n".encode()
        async with listening(away) as (redirects,):
            ports = [one.port for one in (fine, hangs, hangs_up, redirects)]
            hub = Hub(real_store, (), HubOptions(private_targets=frozenset(("127.0.0.1", port) for port in ports)))
            scene = Scene(real_store, system_clock, Receivers(system_clock), await add_account(real_store), hub)
            await hub.start()
            secrets = {}
            for port in ports:
                made = await scene.ask(
                    CreateWebhook(
                        source="messaging",
                        request_url=f"http://127.0.0.1:{port}/in?key=query-secret",
                        headers=(HeaderWanted(key="Unipile-Auth", value="header-secret"),),
                    )
                )
                secrets[port] = made["secret"]
            texts = [f"a text that is nobody's business {number}" for number in range(50)]
            await scene.say(*texts)
            async with asyncio.timeout(5):
                while len(fine.requests) < 50:
                    fine.heard.clear()
                    await fine.heard.wait()
                while any(state["state"] != "failing" for state in (await scene.ask(ListWebhooks()))[1:]):  # noqa: ASYNC110
                    await asyncio.sleep(0)
            states = await scene.ask(ListWebhooks())
            await hub.close()
    for headers, body in fine.requests:
        Judge(secrets[fine.port]).verify(body, headers)
        assert (headers["unipile-auth"], headers["content-type"]) == ("header-secret", "application/json")
    assert inside.requests == [], "a redirect is not followed"
    assert [(state["state"], state["last_status"], state["last_error"]) for state in states[1:]] == [
        ("failing", None, "No answer came within 0.2 seconds."),
        ("failing", None, states[2]["last_error"]),
        ("failing", 307, "It was redirected, which is not followed."),
    ]
    assert len(redirects.requests) == 1
    for secret in ("query-secret", "header-secret", "nobody's business", *secrets.values()):
        assert secret not in caplog.text
