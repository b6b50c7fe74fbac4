"""Telling that a login is done: stored with the account, nothing loses it. Source: unipile-v1 10, security.md 6.7."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from tests.hosted.conftest import CEILING_S, Place, Visit
from tests.outgoing.conftest import OK, receiving
from tests.security.served import Served, served

from trunkline.gateway import first_run
from trunkline.hub.hosted.callbacks import DELAYS_MS, Callbacks
from trunkline.hub.outgoing.targets import Rules
from trunkline.model.errors import StoreUnavailable
from trunkline.store import hosted_links

pytestmark = pytest.mark.slow

FAILED = b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n"


async def connect(visit: Visit) -> None:
    await visit.choose("SLACK")
    await visit.fill_in(url="https://example.org/back?code=1")


def silent(server: Served) -> Callbacks:
    """Nobody tells but who is asked to: what this gives."""
    hub = server.parts.hub
    next(task for task in hub._tasks if task.get_name() == "callbacks").cancel()
    return Callbacks(hub.parts.store, hub.parts.outgoing, 1)


async def test_a_failed_callback_is_tried_again_by_the_schedule_and_then_no_more(place: Place) -> None:
    teller = silent(place.server)
    clock = place.server.store.clock
    place.told.answers[:] = [FAILED]
    await connect(await place.visit(notify_url=place.notify_url))
    past = 0

    def now() -> int:
        return clock() + past

    object.__setattr__(place.server.store, "clock", now)
    for delay in (*DELAYS_MS, 24 * 3_600_000):
        before = len(place.told.requests)
        await teller.once()
        assert len(place.told.requests) == before + 1
        past += delay - 60_000 if delay > 120_000 else 0
        await teller.once()
        assert len(place.told.requests) == before + 1
        past += delay
    await teller.once()
    assert len(place.told.requests) == len(DELAYS_MS) + 1
    ids = {head.partition(b"webhook-id: ")[2].split(b"\r\n")[0] for head in place.told.requests}
    assert len(ids) == 1
    row = await place.server.store.db.row("SELECT tries, next_at, told_at, last_error FROM hosted_link")
    assert row == (len(DELAYS_MS) + 1, None, None, "It was answered 500.")


async def test_what_arrived_is_not_told_again(place: Place) -> None:
    teller = silent(place.server)
    place.told.answers[:] = [FAILED, OK]
    await connect(await place.visit(notify_url=place.notify_url))
    clock = place.server.store.clock
    for past in (0, DELAYS_MS[0], 10 * DELAYS_MS[-1]):
        object.__setattr__(place.server.store, "clock", lambda past=past: clock() + past)
        await teller.once()
    assert len(place.told.requests) == 2
    row = await place.server.store.db.row("SELECT next_at, last_error FROM hosted_link")
    assert row == (None, None)


async def test_a_link_without_an_address_tells_nobody(place: Place) -> None:
    await connect(await place.visit())
    assert await hosted_links.due(place.server.store.db, 10**15, 10) == []


@pytest.mark.parametrize("dies", ["before it is told", "while it is told"])
async def test_whoever_dies_is_followed_by_somebody_who_tells(
    tmp_path: Path, dies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends after the account was made: the next one on the same folder tells it."""
    async with receiving() as told:
        rules = Rules(frozenset({("127.0.0.1", told.port)}))
        async with served(tmp_path / "data", seed="empty") as server:
            server.parts.hub.parts.outgoing.rules = rules
            roads: Any = server.parts.hub.parts.lives.connectors
            for road in [road for road, each in roads.items() if not each.simulated]:
                del roads[road]
            teller = silent(server)
            keys = await first_run.ready_keys(server.store)
            async with server.http(keys.admin_key) as admin, server.http(None) as browser:
                place = Place(server, admin, browser, browser, told)
                await connect(await place.visit(notify_url=place.notify_url))
            if dies == "while it is told":

                async def dies_now(*_: object, **__: object) -> None:
                    raise RuntimeError("the process ends here")

                monkeypatch.setattr(server.parts.hub.parts.outgoing, "post", dies_now)
                with pytest.raises(RuntimeError):
                    await teller.once()
            assert told.requests == []
        async with served(tmp_path / "data", seed="empty") as server:
            server.parts.hub.parts.outgoing.rules = rules
            clock = server.store.clock
            object.__setattr__(server.store, "clock", lambda: clock() + DELAYS_MS[0])
            with anyio.fail_after(CEILING_S):
                await told.arrived.wait()
        assert json.loads(told.requests[0].partition(b"\r\n\r\n")[2])["status"] == "CREATION_SUCCESS"


async def test_two_logins_by_one_link_make_one_account(place: Place) -> None:
    """Single use holds in the database: the second login ends, and nothing of it is left."""
    visit = await place.visit()
    await visit.choose("SLACK")
    row = await place.server.store.db.row("SELECT no FROM hosted_link")
    assert row is not None
    number = row[0]

    async def used(tx: Any) -> bool:
        return await hosted_links.set_done(tx, number, "CREATION_SUCCESS", "another", 1)

    assert await place.server.store.db.write(used)
    assert not await place.server.store.db.write(used)
    login = next(iter(place.server.parts.hub.logins.attempts.values()))
    assert login.done is not None
    with pytest.raises(Exception, match="used already"):
        await place.server.parts.hub.logins.submit(login.account_id, login.owner, {"url": "https://example.org/?code=1"})
    assert await place.accounts() == []


async def test_a_callback_and_its_account_are_stored_together_or_not_at_all(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot(*_: object) -> bool:
        raise StoreUnavailable

    monkeypatch.setattr(hosted_links, "set_done", cannot)
    visit = await place.visit(notify_url=place.notify_url)
    await visit.choose("SLACK")
    answer = await visit.send("answer", {"values": {"url": "https://example.org/back?code=1"}})
    assert answer.status_code == 503
    assert await place.accounts() == []
