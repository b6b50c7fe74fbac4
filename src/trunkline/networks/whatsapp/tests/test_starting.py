"""Who a chat is started with, and who is put into a group or out of it: a person once, by whatever id, and never oneself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.contract.commands import ChangeMember, StartChat
from trunkline.model.errors import InvalidArgument, NotPossible
from trunkline.networks.whatsapp.linked.fake_world import GROUP, JONAS, MAYA, OWN, lid_of
from trunkline.networks.whatsapp.suite import LinkedBench

OWN_IDS = (OWN, lid_of(OWN), "+" + OWN.partition("@")[0])


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LinkedBench]:
    """A linked account."""
    made = LinkedBench("WHATSAPP", tmp_path)
    await made.start()
    yield made
    await made.close()


@pytest.mark.parametrize("again", [MAYA, lid_of(MAYA), "+" + MAYA.partition("@")[0]])
async def test_a_person_named_twice_is_one_person(bench: LinkedBench, again: str) -> None:
    """By number, hidden number or address: in a group once, and alone a chat of two."""
    session = bench.session()
    await session.connect()
    await session.start(StartChat(people=(MAYA, again, JONAS), title="Walk", text="Hi"), "token-1")
    assert [each["command"]["people"] for each in await bench.arrived("group")] == [[MAYA, JONAS]]
    assert (await session.start(StartChat(people=(MAYA, again), text="Hi"), "token-2")).chat == MAYA
    assert len(await bench.arrived("group")) == 1


@pytest.mark.parametrize("people", [(MAYA,), (MAYA, MAYA), (MAYA, lid_of(MAYA))])
async def test_a_subject_for_one_person_is_refused_not_dropped(bench: LinkedBench, people: tuple[str, ...]) -> None:
    """However the one person is named."""
    session = bench.session()
    await session.connect()
    with pytest.raises(InvalidArgument, match="subject names a group"):
        await session.start(StartChat(people=people, title="Walk", text="Hi"), "token-1")
    assert await bench.arrived() == []


@pytest.mark.parametrize("own", OWN_IDS)
async def test_oneself_is_no_person_to_write_to(bench: LinkedBench, own: str) -> None:
    """By each of the account's own ids, alone and among others."""
    session = bench.session()
    await session.connect()
    for people in ((own,), (own, MAYA)):
        with pytest.raises(InvalidArgument, match="attendees_ids holds the account's own id; give only the other people"):
            await session.start(StartChat(people=people, text="Hi"), "token-1")
    assert await bench.arrived() == []


@pytest.mark.parametrize("own", OWN_IDS)
async def test_oneself_is_neither_added_nor_removed(bench: LinkedBench, own: str) -> None:
    """The refusal says what to do instead."""
    session = bench.session()
    await session.connect()
    with pytest.raises(NotPossible, match="leave the group in WhatsApp on the phone"):
        await session.change_member(ChangeMember(chat=GROUP, person=own, change="remove"))
    with pytest.raises(NotPossible, match="nobody adds themselves"):
        await session.change_member(ChangeMember(chat=GROUP, person=own, change="add"))
    assert await bench.arrived() == []
