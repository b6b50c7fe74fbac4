"""What a network hands up when something happens."""

import json
from typing import Any

import pytest

from trunkline.contract.events import (
    GapFound,
    HistoryShown,
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    ReactionChanged,
    ReadUpTo,
    UnknownHappened,
)
from trunkline.model.errors import NetworkError

from .bench import Bench
from .listening import Listening, start_and_position, started

TEXT = "Grüße 👋🏽\nשלום עולם\n你好,世界 \u200fاختبار"


async def test_an_arriving_message_is_exactly_one_event(bench: Bench) -> None:
    """style.md 5: an arriving message is exactly one event with stable ids."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    first = await bench.writes(chat, TEXT)
    await bench.writes(chat, "The end.")
    await listening.until_message("The end.")
    (message,) = listening.messages(TEXT)
    assert (message.chat, message.provider_id, message.text) == (chat, first, TEXT)
    assert (message.is_own, message.live, message.sender.is_self) == (False, True, False)
    assert abs(message.at_ms - bench.connector.now()) < 60_000


@pytest.mark.needs("history")
async def test_history_gives_the_same_message_as_listening_did(bench: Bench) -> None:
    """networks.md 5.6 R22, R24: importing again gives equal ids."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    await bench.writes(chat, TEXT)
    live = await listening.until_message(TEXT)
    page = await session.history(chat, None, 1)
    (again,) = page.messages
    assert (again.provider_id, again.at_ms, again.order, again.text) == (live.provider_id, live.at_ms, live.order, live.text)
    assert not again.live


async def test_an_event_that_comes_twice_has_the_same_ids(bench: Bench) -> None:
    """networks.md 5.6 R29: a known message id is a duplicate, so it must be the same id."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    await bench.fault("duplicate_events")
    await bench.writes(chat, "Twice")
    await bench.writes(chat, "The end.")
    await listening.until_message("The end.")
    heard = listening.messages("Twice")
    assert len(heard) in (1, 2), "a session may know it for the same and keep it to itself"
    assert len({(message.chat, message.provider_id, message.order) for message in heard}) == 1


async def test_shuffled_events_keep_their_order_inside(bench: Bench) -> None:
    """networks.md 5.6 R32: order by the network's own order, never by arrival."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    await bench.fault("reordered_events", count=3)
    texts = [f"Number {n}" for n in range(3)]
    for text in texts:
        await bench.writes(chat, text)
    await listening.until(lambda _: len([m for m in listening.messages() if m.text in texts]) == 3)
    arrived = [message for message in listening.messages() if message.text in texts]
    assert [message.text for message in arrived] != texts
    assert [message.text for message in sorted(arrived, key=lambda message: (message.at_ms, message.order))] == texts


async def test_an_own_message_from_another_device_says_that_it_is_our_own(bench: Bench) -> None:
    """style.md 5: our own, sent elsewhere, says so."""
    session = bench.session()
    own = await session.connect()
    listening = Listening(session.listen(None))
    await bench.writes_elsewhere(await bench.direct(), "From the phone")
    message = await listening.until_message("From the phone")
    assert message.is_own
    assert message.token is None
    assert (message.sender.provider_id, message.sender.is_self) == (own.provider_id, True)


async def test_an_unknown_kind_keeps_its_raw_json(bench: Bench) -> None:
    """style.md 5: unknown input is no error; an unknown kind keeps its raw JSON."""
    session = bench.session()
    listening = await started(session)
    raw: dict[str, Any] = {"type": "hologram", "depth": 3, "text": "☃"}
    await bench.strange(raw)
    await bench.writes(await bench.direct(), "Life goes on.")
    await listening.until_message("Life goes on.")
    (unknown,) = listening.of(UnknownHappened)
    assert json.loads(unknown.raw) == raw


async def test_a_message_carries_its_networks_payload(bench: Bench) -> None:
    """unipile-v1 5.2: `original` is the raw network payload as JSON text."""
    session = bench.session()
    listening = await started(session)
    await bench.writes(await bench.direct(), TEXT)
    message = await listening.until_message(TEXT)
    assert isinstance(json.loads(message.raw or ""), dict)


async def test_somebodys_edit_comes_with_the_new_text(bench: Bench) -> None:
    """networks.md 5.7: edit carries target, new parts, time."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    message = await bench.writes(chat, "Befor")
    await bench.edits(chat, message, "Before")
    await listening.until(lambda _: listening.of(MessageChanged))
    (changed,) = listening.of(MessageChanged)
    assert (changed.chat, changed.provider_id, changed.text) == (chat, message, "Before")


async def test_somebodys_deletion_comes_with_its_target(bench: Bench) -> None:
    """networks.md 5.7: message remove carries its target."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    message = await bench.writes(chat, "Oops")
    await bench.deletes(chat, message)
    await listening.until(lambda _: listening.of(MessageRemoved))
    (removed,) = listening.of(MessageRemoved)
    assert (removed.chat, removed.provider_id) == (chat, message)


@pytest.mark.needs("react")
async def test_somebodys_emoji_comes_with_who_and_what(bench: Bench) -> None:
    """networks.md 5.7: reaction carries target, person, emoji (a native one, 4.6)."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    message = await bench.writes(chat, "Like it?")
    sender = (await listening.until_message("Like it?")).sender.provider_id
    await bench.reacts(chat, message, "👍")
    await listening.until(lambda _: listening.of(ReactionChanged))
    (changed,) = listening.of(ReactionChanged)
    assert (changed.chat, changed.provider_id, changed.value, changed.removed) == (chat, message, "👍", False)
    assert changed.sender.provider_id == sender


@pytest.mark.needs("receipts")
async def test_somebody_who_read_is_named_and_our_own_reading_is_nobodys(bench: Bench) -> None:
    """contract/events.py: ReadUpTo.person is None for our own user."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    theirs = await bench.writes(chat, "Mine")
    sender = (await listening.until_message("Mine")).sender.provider_id
    await bench.reads(chat, theirs)
    ours = await bench.writes_elsewhere(chat, "Read on the phone")
    await listening.until(lambda _: len(listening.of(ReadUpTo)) == 2)
    assert [(read.person, read.provider_id) for read in listening.of(ReadUpTo)] == [(sender, theirs), (None, ours)]


async def test_what_happened_while_nobody_listened_comes_first(bench: Bench) -> None:
    """contract/session.py, networks.md 5.8 R33: forward catch-up from the newest known."""
    session, listening = await start_and_position(bench)
    position = listening.position
    await session.close()
    chat = await bench.direct()
    missed = [await bench.writes(chat, f"Missed {n}") for n in range(5)]
    await bench.restart()
    again = await started(bench.session(), position)
    await again.until(lambda events: len(events) >= 5)
    assert [message.provider_id for message in again.messages()][:5] == missed


async def test_what_was_deleted_while_nobody_listened_is_told(bench: Bench) -> None:
    """contract/events.py: as a MessageRemoved, or by showing a history that holds it no more. security.md 6.6, R9."""
    session, listening = await start_and_position(bench)
    chat = await bench.direct()
    gone = await bench.writes(chat, "Oops")
    message = await listening.until_message("Oops")
    await bench.writes(chat, "Stays")
    stays = await listening.until_message("Stays")
    position = listening.position
    await session.close()
    await bench.deletes(chat, gone)
    await bench.restart()
    again = await started(bench.session(), position)
    await again.until(lambda _: _tells_that_it_is_gone(again, message))
    assert not _tells_that_it_is_gone(again, stays)


async def test_what_was_edited_while_nobody_listened_is_told(bench: Bench) -> None:
    """security.md 6.6, R9: edits made while we were down count."""
    session, listening = await start_and_position(bench)
    chat = await bench.direct()
    message = await bench.writes(chat, "Befor")
    await listening.until_message("Befor")
    position = listening.position
    await session.close()
    await bench.edits(chat, message, "Before")
    await bench.restart()
    again = await started(bench.session(), position)
    await again.until(lambda _: "Before" in _texts_of(again, message))


def _texts_of(listening: Listening, message: str) -> list[str | None]:
    changed = [event.text for event in listening.of(MessageChanged) if event.provider_id == message]
    return changed + [event.text for event in listening.messages() if event.provider_id == message]


def _tells_that_it_is_gone(listening: Listening, message: MessageArrived) -> bool:
    if any(removed.provider_id == message.provider_id for removed in listening.of(MessageRemoved)):
        return True
    return any(
        shown.chat == message.chat
        and shown.from_ms <= message.at_ms <= shown.to_ms
        and message.provider_id not in {each.provider_id for each in shown.messages}
        for shown in listening.of(HistoryShown)
    )


async def test_a_dropped_link_loses_and_doubles_nothing(bench: Bench) -> None:
    """style.md 5, security.md R9: a dropped connection resumes with nothing lost or doubled."""
    session, listening = await start_and_position(bench)
    chat = await bench.direct()
    before = await bench.writes(chat, "Before")
    await listening.until_message("Before")
    await bench.fault("dropped_link")
    with pytest.raises(NetworkError):
        await listening.until_message("Never")
    after = await bench.writes(chat, "After")
    resumed = await started(session, listening.position)
    await resumed.until_message("After")
    heard = [event.provider_id for event in (*listening.events, *resumed.events) if isinstance(event, MessageArrived)]
    assert heard[-2:] == [before, after]
    assert len(heard) == len(set(heard))


async def test_what_cannot_be_had_again_comes_as_a_gap(bench: Bench) -> None:
    """security.md 6.6: what cannot be recovered is a gap, never silence."""
    session, listening = await start_and_position(bench)
    position = listening.position
    await session.close()
    await bench.writes(await bench.direct(), "Lost for good")
    await bench.forget()
    await bench.writes(await bench.direct(), "Afterwards")
    again = await started(bench.session(), position)
    await again.until_message("Afterwards")
    (gap,) = again.of(GapFound)
    assert gap.from_ms <= gap.to_ms
    assert gap.reason
    assert again.messages("Lost for good") == []


async def test_a_position_is_not_repeated_once_it_was_passed(bench: Bench) -> None:
    """contract/events.py: `listen(position)` goes on from there."""
    session, listening = await start_and_position(bench)
    again = await started(session, listening.position)
    await bench.writes(await bench.direct(), "New")
    await again.until_message("New")
    assert [message.text for message in again.messages()] == ["New"]


async def test_listening_marks_nothing_read(bench: Bench) -> None:
    """security.md 6.3: such reads mark nothing read."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    before = await bench.unread(chat)
    await bench.writes(chat, "Still unread")
    await listening.until_message("Still unread")
    assert await bench.unread(chat) == before + 1
