"""What a network hands up is stored with its position; what cannot be understood goes to quarantine and blocks nothing else."""

from typing import Any

import pytest

from trunkline.contract.events import Event, GapFound, MessageChanged, PersonInfo, UnknownHappened
from trunkline.hub.intake import take_in
from trunkline.model.times import to_wire
from trunkline.operations.administration import GetStatus
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.store import accounts, gaps, leases
from trunkline.store.engine import Transaction
from trunkline.store.gaps import Gap
from trunkline.store.leases import LeaseLost

from .world import NOW, World, said

FAR_FUTURE = 10**16
"""Milliseconds where a network meant microseconds."""


@pytest.fixture
async def epoch(world: World) -> int:
    """The account's current life."""
    return await world.store.db.write(lambda tx: leases.take(tx, world.account.no, "worker", 2**62))


async def arrive(world: World, epoch: int, *events: Event, position: str) -> None:
    """An update comes in."""

    async def keep_position(tx: Transaction) -> None:
        await accounts.set_position(tx, world.account.no, position)

    await take_in(world.store, world.account, epoch, events, keep_position)


async def position(world: World) -> str | None:
    """Where listening goes on."""
    row = await accounts.by_no(world.store.db, world.account.no)
    assert row is not None
    return row.position


async def names(world: World) -> list[str]:
    """Provider ids of all messages, chats in the order of their names."""
    chats = sorted(await world.ask(ListAllChats()), key=lambda chat: str(chat["provider_id"]))
    return [
        message["provider_id"] for chat in chats for message in reversed(await world.ask(ListChatMessages(chat_id=chat["id"])))
    ]


async def quarantined(world: World) -> list[tuple[str, bytes]]:
    """What lies in quarantine."""
    return [(row[0], bytes(row[1])) for row in await world.store.db.fetch("SELECT kind, raw FROM quarantine ORDER BY no")]


async def test_events_and_position_are_stored_together(world: World, epoch: int) -> None:
    await arrive(world, epoch, said("m1"), said("m2", at_ms=NOW + 1), position="7")
    assert (await names(world), await position(world)) == (["m1", "m2"], "7")


MALFORMED = [
    said("late", at_ms=FAR_FUTURE, raw='{"at":"microseconds"}'),
    said("early", at_ms=-1, raw='{"at":"minus one"}'),
    said("huge", order=2**70, raw='{"order":"huge"}'),
]


@pytest.mark.parametrize("bad", MALFORMED, ids=lambda bad: bad.provider_id)
async def test_a_malformed_event_goes_to_quarantine_and_its_neighbours_are_stored(world: World, epoch: int, bad: Any) -> None:
    await arrive(world, epoch, said("before"), bad, said("after", at_ms=NOW + 1), said("m1", chat="other"), position="8")
    assert await names(world) == ["before", "after", "m1"]
    assert await position(world) == "8", "it is not read again for ever"
    [(kind, raw)] = await quarantined(world)
    assert kind.startswith("MessageArrived: ")
    assert raw == bad.raw.encode()
    assert await gaps.quarantined(world.store.db, world.account.no, failed=True) == 1
    assert await gaps.quarantined(world.store.db, world.account.no, failed=False) == 0


async def test_a_malformed_event_leaves_nothing_of_itself(world: World, epoch: int) -> None:
    stranger = PersonInfo(provider_id="stranger", name="Nobody")
    await arrive(world, epoch, said("late", at_ms=FAR_FUTURE, sender=stranger, chat="never"), position="9")
    assert await names(world) == []
    assert await world.ask(ListAllChats()) == []
    assert list(await world.store.db.fetch("SELECT 1 FROM attendee")) == []


async def test_the_account_lives_on_after_a_malformed_event(world: World, epoch: int) -> None:
    for number, bad in enumerate(MALFORMED):
        await arrive(world, epoch, bad, position=f"{number}")
        await arrive(world, epoch, said(f"m{number}", at_ms=NOW + number), position=f"{number}b")
    assert await names(world) == ["m0", "m1", "m2"]
    assert await position(world) == "2b"


async def test_an_event_that_only_the_database_refuses_is_no_end_either(world: World, epoch: int) -> None:
    """A kind of damage that no check foresaw."""
    broken: Any = MessageChanged(chat="chat", provider_id="m1", at_ms="soon", text="x")  # type: ignore[arg-type]
    await arrive(world, epoch, said("m1"), broken, said("m2", at_ms=NOW + 1), position="1")
    assert await names(world) == ["m1", "m2"]
    assert [kind.partition(":")[0] for kind, _ in await quarantined(world)] == ["MessageChanged"]


async def test_what_has_no_word_of_ours_is_kept_raw(world: World, epoch: int) -> None:
    unknown = UnknownHappened(kind="poll_created", raw='{"poll":["a\ud800","b\x00"]}', chat="chat")
    await arrive(world, epoch, unknown, position="1")
    assert await quarantined(world) == [("poll_created", '{"poll":["a\ufffd","b\ufffd"]}'.encode())]


async def test_an_earlier_life_stores_nothing(world: World, epoch: int) -> None:
    await world.store.db.write(lambda tx: leases.take(tx, world.account.no, "another", 2**62))
    with pytest.raises(LeaseLost):
        await arrive(world, epoch, said("m1"), position="5")
    assert (await names(world), await position(world)) == ([], None)


async def test_a_gap_is_kept_once_and_told(world: World, epoch: int) -> None:
    whole = GapFound(chat=None, from_ms=NOW - 9, to_ms=NOW, reason="the log ends here")
    of_chat = GapFound(chat="chat", from_ms=NOW - 5, to_ms=NOW, reason="too many")
    await arrive(world, epoch, said("m1"), whole, of_chat, whole, position="1")
    await arrive(world, epoch, whole, position="2")
    [row] = await world.store.db.fetch("SELECT no FROM chat")
    expected = [
        Gap(account_no=world.account.no, chat_no=row[0], from_at=NOW - 5, to_at=NOW, reason="too many"),
        Gap(account_no=world.account.no, chat_no=None, from_at=NOW - 9, to_at=NOW, reason="the log ends here"),
    ]
    assert await gaps.of_account(world.store.db, world.account.no) == expected


async def test_an_event_that_could_not_be_stored_is_told_to_whoever_looks(world: World) -> None:
    """`doctor` says how many and what to do; it is more than the note about what nobody has a word for."""
    await world.take(
        UnknownHappened(kind="poll_created", raw="{}"), UnknownHappened(kind="MessageArrived: ValueError", raw="{}")
    )
    found = await world.ask(GetStatus())
    warned = [each for each in found["findings"] if "went to quarantine" in each.get("next_step", "")]
    assert [(each["level"], each["text"].partition(": ")[2]) for each in warned] == [
        ("warning", "1 event could not be stored; what was told so is in no chat.")
    ]
    [noted] = [each for each in found["findings"] if "could not be understood" in each["text"]]
    assert noted["level"] == "note"


async def test_gaps_of_one_reason_are_one_finding(world: World) -> None:
    """Some come again with every outage: the last is told, and how often before."""
    for start in (NOW, NOW + 60_000, NOW + 120_000):
        await world.take(GapFound(chat=None, from_ms=start, to_ms=start + 1_000, reason="nobody listened"))
    await world.take(GapFound(chat=None, from_ms=NOW - 9, to_ms=NOW, reason="the log ends here"))
    found = await world.ask(GetStatus())
    told = [each["text"].partition(": ")[2] for each in found["findings"] if "missing" in each["text"]]
    last = f"between {to_wire(NOW + 120_000)} and {to_wire(NOW + 121_000)}"
    assert told == [
        f"something may be missing {last}, and 2 times before that (nobody listened).",
        f"something may be missing between {to_wire(NOW - 9)} and {to_wire(NOW)} (the log ends here).",
    ]
