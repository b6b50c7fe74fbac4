"""Issue 5, part 3: strangers are written to, and put into groups, slowly; what counts as one, and what is refused."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from trunkline.contract.commands import ChangeMember, StartChat
from trunkline.model.errors import NotPossible, Throttled
from trunkline.networks.whatsapp.linked.connector import WhatsappSession
from trunkline.networks.whatsapp.linked.fake_world import GROUP, JONAS, MAYA, NEW, NEWER, PRIYA
from trunkline.networks.whatsapp.suite import LinkedBench

_DAY_MS = 24 * 3_600_000


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LinkedBench]:
    """A linked account. Ana, Bo, Priya and Tomas have no chat with it."""
    made = LinkedBench("WHATSAPP", tmp_path)
    await made.start()
    yield made
    await made.close()


async def paced(bench: LinkedBench, **changes: Any) -> WhatsappSession:
    """A connected session, paced as by default but for the changes."""
    session = bench.session()
    link = bench.connector.link("account")
    known = {name: getattr(link.options, name) for name in link.options.__dataclass_fields__}
    link.options = type(link.options)(**known | {"new_chat_gap_ms": 60_000} | changes)
    await session.connect()
    return session


def strangers(count: int) -> tuple[str, ...]:
    """People who never wrote."""
    return tuple(f"4917600000{number:03}@s.whatsapp.net" for number in range(count))


async def test_a_group_of_more_strangers_than_a_day_allows_is_refused_also_as_the_first(bench: LinkedBench) -> None:
    """One sentence: the limit, how many were asked, what to do next."""
    session = await paced(bench)
    with pytest.raises(NotPossible) as met:
        await session.start(StartChat(people=strangers(40), title="Everybody", text="Hi"), "token-1")
    assert str(met.value) == (
        "To keep the number from being banned, at most 20 people who never wrote to it are written to or put into a group in 24"
        " hours; this names 40 of them. Nothing was sent or changed. Name at most 20, or do it in WhatsApp on the phone."
    )
    assert await bench.arrived("group") == []
    await session.start(StartChat(people=strangers(20), title="Fewer", text="Hi"), "token-2")
    assert len(await bench.arrived("group")) == 1


async def test_each_stranger_of_a_group_counts_and_the_next_is_due_that_much_later(bench: LinkedBench) -> None:
    """Two in a group are two: the third may come two minutes later."""
    session = await paced(bench)
    await session.start(StartChat(people=(NEW, NEWER, MAYA), title="Three", text="Hi"), "token-1")
    await bench.move_clock(61_000)
    with pytest.raises(Throttled):
        await session.start(StartChat(people=(PRIYA,), text="Hi"), "token-2")
    await bench.move_clock(60_000)
    await session.start(StartChat(people=(PRIYA,), text="Hi"), "token-2")


async def test_what_is_left_of_a_day_is_waited_for_until_enough_are_a_day_old(bench: LinkedBench) -> None:
    """A group for which the day has no room waits for as many to pass as it needs."""
    session = await paced(bench, new_chats_a_day=3, new_chat_gap_ms=0)
    await session.start(StartChat(people=(NEW,), text="Hi"), "token-1")
    await bench.move_clock(3_600_000)
    await session.start(StartChat(people=(NEWER,), text="Hi"), "token-2")
    with pytest.raises(Throttled, match="this names 3 new people") as met:
        await session.start(StartChat(people=strangers(3), title="Three", text="Hi"), "token-3")
    assert (met.value.retry_after_ms or 0) > _DAY_MS - 60_000


async def test_adding_a_stranger_to_a_group_is_paced_like_writing_to_one(bench: LinkedBench) -> None:
    """Nothing reaches WhatsApp; who has a chat with the account, or is in the group, is added at once."""
    session = await paced(bench)
    await session.start(StartChat(people=(NEW,), text="Hi"), "token-1")
    with pytest.raises(Throttled, match="put into a group"):
        await session.change_member(ChangeMember(chat=GROUP, person=NEWER, change="add"))
    assert await bench.arrived("members") == []
    await session.change_member(ChangeMember(chat=GROUP, person=NEW, change="add"))
    await session.change_member(ChangeMember(chat=GROUP, person=JONAS, change="remove"))
    await session.change_member(ChangeMember(chat=GROUP, person=JONAS, change="add"))
    await bench.move_clock(60_000)
    await session.change_member(ChangeMember(chat=GROUP, person=NEWER, change="add"))
    with pytest.raises(Throttled):
        await session.start(StartChat(people=(PRIYA,), text="Hi"), "token-2")
    assert [each["command"]["people"] for each in await bench.arrived("members")] == [[NEW], [JONAS], [JONAS], [NEWER]]


async def test_a_restart_forgets_nobody_who_was_counted(bench: LinkedBench) -> None:
    """The day and the minute go on in the next process."""
    session = await paced(bench)
    await session.start(StartChat(people=(NEW,), text="Hi"), "token-1")
    await session.close()
    await bench.restart()
    session = await paced(bench)
    with pytest.raises(Throttled):
        await session.start(StartChat(people=(NEWER,), text="Hi"), "token-2")
