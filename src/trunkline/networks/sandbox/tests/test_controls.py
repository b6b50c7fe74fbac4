"""Playing the world."""

import json
from typing import Any

import pytest

from trunkline.contract.events import ChatChanged, MessageArrived, PersonChanged
from trunkline.model.errors import InvalidArgument, Unsupported

from .conftest import NOW_MS, Sandbox


async def test_the_world_in_one_look_is_json(sandbox: Sandbox) -> None:
    """contract/connector.py: JSON-able answers."""
    await sandbox.session("WHATSAPP")
    await sandbox.control("fault", kind="slow", account="SLACK", ms=5)
    shown = await sandbox.control("world")
    assert (shown["seed"], shown["now"], shown["arrived"]) == ("small", "2026-11-22T11:00:00.000Z", 0)
    (whatsapp,) = [account for account in shown["accounts"] if account["account"] == "WHATSAPP:1"]
    assert (whatsapp["name"], whatsapp["logins"]) == ("Alex Morgan", 1)
    for name in ("world", "people", "chats", "record", "fault"):
        json.dumps(await sandbox.control(name))


async def test_somebody_writes_with_a_file(sandbox: Sandbox) -> None:
    """issue: `trunkline sandbox` makes somebody write."""
    made = await sandbox.control("write", as_="Tom Becker", account="WHATSAPP", text="Look", file="photo")
    (newest,) = await sandbox.control("messages", account="WHATSAPP", chat="Tom Becker", limit=1)
    assert (newest["provider_id"], newest["text"], newest["files"][0]["media_type"]) == (
        made["provider_id"],
        "Look",
        "image/png",
    )


async def test_somebody_who_never_wrote_begins_a_chat(sandbox: Sandbox) -> None:
    """Ours: as a message from a new number would."""
    session = await sandbox.session("WHATSAPP")
    updates = session.listen(None)
    await anext(updates)
    made = await sandbox.control("write", as_="Jonas Weber", text="Is this still your number?")
    chat, message = (await anext(updates)).events
    assert isinstance(chat, ChatChanged)
    assert isinstance(message, MessageArrived)
    assert (chat.info.provider_id, message.provider_id) == (made["chat"], made["provider_id"])


async def test_many_messages_arrive_in_one_go(sandbox: Sandbox) -> None:
    """Ours: load for tests of ingest, in the order of their numbers."""
    made = await sandbox.control("receive", account="TELEGRAM", count=50, chats=3)
    assert len({(one["chat"], one["provider_id"]) for one in made["messages"]}) == 50
    assert len({one["chat"] for one in made["messages"]}) == 3


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"by": "15m"}, 900_000),
        ({"by": "-1h"}, -3_600_000),
        ({"by": 7}, 7),
        ({"to": "2026-11-23T11:00:00.000Z"}, 86_400_000),
        ({}, 0),
    ],
)
async def test_the_clock_is_moved_and_set_back(sandbox: Sandbox, given: dict[str, object], shown: int) -> None:
    """design.md 9: a clock that can be moved."""
    await sandbox.control("clock", **given)
    assert sandbox.connector.now() == NOW_MS + shown
    assert (await sandbox.control("clock", real=True))["offset_ms"] == 0


async def test_groups_are_renamed_and_left(sandbox: Sandbox) -> None:
    """unipile-v1 5.3: event types 4 and 7."""
    await sandbox.control("rename", as_="Tom Becker", account="WHATSAPP", chat="Saturday hike 🏔️", title="Sunday hike")
    await sandbox.control("leave", as_="Tom Becker", account="WHATSAPP", chat="Sunday hike")
    session = await sandbox.session("WHATSAPP")
    (info,) = [info for info in (await session.chats(None)).chats if info.name == "Sunday hike"]
    assert "Tom Becker" not in [member.name for member in info.members]
    page = await session.history(info.provider_id, None, 2)
    assert [message.event_type for message in page.messages] == [7, 4]


async def test_a_second_id_of_a_person_becomes_known(sandbox: Sandbox) -> None:
    """design.md 7: a second identity becomes an alias."""
    session = await sandbox.session("WHATSAPP")
    updates = session.listen(None)
    await anext(updates)
    made = await sandbox.control("alias", as_="Maya Fernandes", account="WHATSAPP", chat="")
    (changed,) = (await anext(updates)).events
    assert isinstance(changed, PersonChanged)
    assert (changed.info.provider_id, list(changed.info.also)) == (made["provider_id"], made["also"])


@pytest.mark.parametrize(
    ("control", "values", "says"),
    [
        ("write", {"as_": "Nobody At All", "text": "Hi"}, "Nobody At All"),
        ("write", {"as_": "me", "text": "Hi"}, "which account"),
        ("write", {"as_": "me", "account": "WHATSAPP", "text": "Hi"}, "which chat"),
        ("write", {"as_": "Tom Becker"}, "text or a file"),
        ("write", {"as_": "Tom Becker", "chat": "No such chat", "text": "Hi"}, "No such chat"),
        ("write", {"as_": "Tom Becker", "file": "hologram"}, "photo"),
        ("write", {"as_": "Tom Becker", "data": "?"}, "base64"),
        ("write", {"as_": 5}, "as"),
        ("edit", {"as_": "Tom Becker", "message": "none", "text": "x"}, "no message none"),
        ("clock", {"by": "tomorrow"}, "90s"),
        ("clock", {"to": "tomorrow"}, "YYYY-MM-DD"),
        ("clock", {"by": "1h", "to": "2026-11-23T11:00:00.000Z"}, "not both"),
        ("receive", {"account": "TELEGRAM", "count": 5, "chats": 99}, "chats must be"),
        ("scan", {}, "No login waits"),
        ("people", {"account": "FAX"}, "FAX"),
        ("world", {"colour": "red"}, "colour"),
    ],
)
async def test_a_wrong_value_is_refused_in_words_and_changes_nothing(
    sandbox: Sandbox, control: str, values: dict[str, Any], says: str
) -> None:
    """Ours: one clear sentence that says what was wrong."""
    before = (await sandbox.control("world"))["accounts"]
    with pytest.raises(InvalidArgument, match=says):
        await sandbox.control(control, **values)
    assert (await sandbox.control("world"))["accounts"] == before


async def test_an_unknown_control_is_refused_with_the_list(sandbox: Sandbox) -> None:
    """contract/connector.py: raises Unsupported where there is none."""
    with pytest.raises(Unsupported, match="clock"):
        await sandbox.control("earthquake")
