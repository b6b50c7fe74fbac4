"""Edits, deletions, reactions, actions on a chat: they pass the outbox too, and end the same however often they are carried."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from trunkline.model.errors import IdempotencyMismatch, NotFound, NotPossible, OutcomeUnknown, Throttled
from trunkline.networks.sandbox.sheets import SHEETS
from trunkline.operations.chats import DeleteChat, GetChat, PatchChat
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import AddReaction, DeleteMessage, PatchMessage

from .sending_world import SendingWorld, until

GROUPS = {"WHATSAPP": "Saturday hike 🏔️", "TELEGRAM": "Reading circle 📚", "INSTAGRAM": "Friday jam", "SLACK": "product"}
NEW_MEMBERS = {"WHATSAPP": "Jonas Weber", "TELEGRAM": "Viktor Lund", "INSTAGRAM": "Mila Horvat", "SLACK": "Elif Yilmaz"}
MEMBERS = {"WHATSAPP": "Omar Haddad", "TELEGRAM": "Hana Sato", "SLACK": "Kofi Mensah"}


@dataclass(frozen=True)
class Change:
    """A write that makes no message of ours. `ability` of the sheet it needs, `kind` in the record."""

    name: str
    ability: str
    kind: str
    answer: str
    make: Callable[["Place"], Operation[Any]]
    shown: Callable[[dict[str, Any], dict[str, Any]], bool]
    """Whether (message, chat) as the reads show them are as wished."""


@dataclass(frozen=True)
class Place:
    """Where it is done: public ids, and the person it is about."""

    message: str
    chat: str
    person: str = ""


CHANGES = (
    Change(
        "edit",
        "edit",
        "edit",
        "MessageEdited",
        lambda at: PatchMessage(message_id=at.message, text="changed"),
        lambda message, _: message["text"] == "changed" and bool(message["edited"]),
    ),
    Change(
        "delete",
        "delete",
        "delete",
        "MessageDeleted",
        lambda at: DeleteMessage(message_id=at.message),
        lambda message, _: bool(message["deleted"]) and message["text"] is None,
    ),
    Change(
        "react",
        "react",
        "react",
        "MessageReactionAdded",
        lambda at: AddReaction(message_id=at.message, reaction="👍"),
        lambda message, _: [(each["value"], each["is_sender"]) for each in message["reactions"]] == [("👍", True)],
    ),
    Change(
        "read",
        "read",
        "set_chat",
        "ChatPatched",
        lambda at: PatchChat(chat_id=at.chat, action="setReadStatus", value=True),
        lambda _, chat: chat["unread_count"] == 0,
    ),
    Change(
        "mute",
        "mute",
        "set_chat",
        "ChatPatched",
        lambda at: PatchChat(chat_id=at.chat, action="setMuteStatus", value=True),
        lambda _, chat: chat["muted_until"] == -1,
    ),
    Change(
        "archive",
        "archive",
        "set_chat",
        "ChatPatched",
        lambda at: PatchChat(chat_id=at.chat, action="setArchiveStatus", value=True),
        lambda _, chat: chat["archived"] == 1,
    ),
    Change(
        "pin",
        "pin",
        "set_chat",
        "ChatPatched",
        lambda at: PatchChat(chat_id=at.chat, action="setPinnedStatus", value=True),
        lambda _, chat: chat["pinned"] == 1,
    ),
    Change(
        "label",
        "label",
        "label_chat",
        "ChatPatched",
        lambda at: PatchChat(chat_id=at.chat, action="setLabel", value="Later"),
        lambda _, chat: "Later" in chat["labels"],
    ),
)
CASES = [
    (account_type, change) for change in CHANGES for account_type, sheet in SHEETS.items() if getattr(sheet, change.ability)
]
IDS = [f"{change.name}-{account_type}" for account_type, change in CASES]


async def place(stack: SendingWorld, account_type: str) -> Place:
    """A message of ours that the network took, and its chat."""
    return Place(await stack.send(account_type, "hello"), stack.chats[account_type])


async def until_shown(stack: SendingWorld, at: Place, change: Change) -> None:
    """Until the reads show it."""

    async def is_shown() -> bool:
        return change.shown(await stack.message(at.message), await stack.ask(GetChat(chat_id=at.chat)))

    await until(is_shown)


@pytest.mark.parametrize(("account_type", "change"), CASES, ids=IDS)
async def test_a_change_is_made_and_shown(stack: SendingWorld, account_type: str, change: Change) -> None:
    at = await place(stack, account_type)
    assert (await stack.ask(change.make(at)))["object"] == change.answer
    await until_shown(stack, at, change)
    assert [one["kind"] for one in await stack.record(account_type, outcome=None)] == ["send", change.kind]


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "late_arrival", "not_reached", "rate_limited"])
@pytest.mark.parametrize(("account_type", "change"), CASES, ids=IDS)
async def test_a_change_is_made_whatever_goes_wrong_once(
    stack: SendingWorld, account_type: str, change: Change, fault: str
) -> None:
    """A deletion that is repeated meets "there is no such message": what the network has told of it since decides."""
    at = await place(stack, account_type)
    await stack.fault(fault, account_type, ms=30)
    assert (await stack.ask(change.make(at)))["object"] == change.answer
    await until_shown(stack, at, change)
    assert [row.state for row in await stack.rows(account_type)] == ["sent", "sent"]


@pytest.mark.parametrize("account_type", [name for name, sheet in SHEETS.items() if sheet.react and sheet.react.several])
async def test_a_reaction_that_stands_is_made_again_and_leaves_the_others_standing(
    stack: SendingWorld, account_type: str
) -> None:
    """The network says yes and has nothing to tell of it: what follows is told by the command alone."""
    at = await place(stack, account_type)
    for reaction in ("👍", "🎉", "👍"):
        await stack.ask(AddReaction(message_id=at.message, reaction=reaction))
    found = (await stack.message(at.message))["reactions"]
    assert {each["value"] for each in found} == {"👍", "🎉"}
    assert len(found) == 2


@pytest.mark.parametrize("account_type", [name for name, sheet in SHEETS.items() if sheet.react and sheet.react.several])
async def test_what_a_command_alone_tells_is_dated_by_the_networks_clock(stack: SendingWorld, account_type: str) -> None:
    """Dated by ours, which is ahead here, what happens next would be older than it and count no more."""
    await stack.control("clock", by="-1h")
    at = await place(stack, account_type)
    for reaction in ("👍", "👍", ""):
        await stack.ask(AddReaction(message_id=at.message, reaction=reaction))
    assert (await stack.message(at.message))["reactions"] == []


@pytest.mark.parametrize("account_type", [name for name, sheet in SHEETS.items() if sheet.react])
async def test_a_reaction_is_taken_off_by_an_empty_one(stack: SendingWorld, account_type: str) -> None:
    at = await place(stack, account_type)
    await stack.ask(AddReaction(message_id=at.message, reaction="👍"))
    await stack.ask(AddReaction(message_id=at.message, reaction=""))

    async def is_off() -> bool:
        return not (await stack.message(at.message))["reactions"]

    await until(is_off)


async def test_a_heart_as_keyboards_write_it_is_the_networks_own(stack: SendingWorld) -> None:
    """With a variation selector: Telegram's list has the heart without it."""
    at = await place(stack, "TELEGRAM")
    await stack.ask(AddReaction(message_id=at.message, reaction="\u2764\ufe0f"))
    found = (await stack.message(at.message))["reactions"]
    assert [each["value"] for each in found] == ["\u2764"]


@pytest.mark.parametrize("fault", [None, "lost_answer", "lost_request"])
@pytest.mark.parametrize("account_type", [name for name, sheet in SHEETS.items() if sheet.delete_chat])
async def test_a_chat_is_deleted_once(stack: SendingWorld, account_type: str, fault: str | None) -> None:
    if fault is not None:
        await stack.fault(fault, account_type)
    assert (await stack.ask(DeleteChat(chat_id=stack.chats[account_type])))["object"] == "ChatDeleted"
    with pytest.raises(NotFound):
        await stack.ask(GetChat(chat_id=stack.chats[account_type]))
    assert len(await stack.record(account_type)) == 1


@pytest.mark.parametrize("fault", [None, "lost_answer", "lost_request"])
@pytest.mark.parametrize("account_type", list(NEW_MEMBERS))
async def test_somebody_is_added_to_a_group(stack: SendingWorld, account_type: str, fault: str | None) -> None:
    await _change_member(stack, account_type, NEW_MEMBERS[account_type], "addParticipant", fault)


@pytest.mark.parametrize("fault", [None, "lost_answer", "lost_request"])
@pytest.mark.parametrize("account_type", list(MEMBERS))
async def test_somebody_is_removed_from_a_group(stack: SendingWorld, account_type: str, fault: str | None) -> None:
    await _change_member(stack, account_type, MEMBERS[account_type], "removeParticipant", fault)


async def _change_member(stack: SendingWorld, account_type: str, name: str, action: str, fault: str | None) -> None:
    group = next(chat for chat in await stack.listed(account_type) if chat["name"] == GROUPS[account_type])
    people = await stack.control("people", account=account_type)
    person = next(one["provider_id"] for one in people if one["name"] == name)
    if fault is not None:
        await stack.fault(fault, account_type)
    operation = PatchChat(chat_id=group["id"], action=action, value=person)  # type: ignore[arg-type]
    assert (await stack.ask(operation))["object"] == "ChatPatched"
    there = next(
        one for one in await stack.control("chats", account=account_type) if one["provider_id"] == group["provider_id"]
    )
    assert (name in there["with"]) is (action == "addParticipant")
    assert [row.state for row in await stack.rows(account_type)] == ["sent"]


@pytest.mark.parametrize("account_type", ["WHATSAPP", "TELEGRAM"])
async def test_the_invite_link_comes_back_also_when_its_answer_was_lost(stack: SendingWorld, account_type: str) -> None:
    group = next(chat for chat in await stack.listed(account_type) if chat["name"] == GROUPS[account_type])
    operation = PatchChat(chat_id=group["id"], action="getInviteLink")
    first = await stack.ask(operation)
    assert first["invite_link"].startswith("https://")
    await stack.fault("lost_answer", account_type)
    assert await stack.ask(operation) == first


async def test_a_change_that_is_refused_has_failed(stack: SendingWorld) -> None:
    at = await place(stack, "TELEGRAM")
    key, chat = stack.in_world("TELEGRAM").key, stack.provider_chats["TELEGRAM"]
    await stack.connector.world.change(
        lambda change: change.run("DELETE FROM message WHERE account = ? AND chat = ?", key, chat)
    )
    with pytest.raises(NotPossible, match="has no message"):
        await stack.ask(PatchMessage(message_id=at.message, text="changed"))
    assert [row.state for row in await stack.rows("TELEGRAM")] == ["sent", "failed"]
    assert (await stack.message(at.message))["text"] == "hello"


async def test_a_change_that_is_refused_only_the_second_time_is_unknown(stack: SendingWorld) -> None:
    """Nobody can tell whether the first attempt did it: saying "failed" would be a guess."""
    at = await place(stack, "TELEGRAM")
    key, chat = stack.in_world("TELEGRAM").key, stack.provider_chats["TELEGRAM"]
    await stack.fault("lost_request", "TELEGRAM")
    await stack.fault("rate_limited", "TELEGRAM", ms=100)

    async def is_tried() -> bool:
        return any(row.attempt == 2 for row in await stack.rows("TELEGRAM"))

    async def remove() -> None:
        await until(is_tried)
        await stack.connector.world.change(
            lambda change: change.run("DELETE FROM message WHERE account = ? AND chat = ?", key, chat)
        )

    async with anyio.create_task_group() as group:
        group.start_soon(remove)
        with pytest.raises(OutcomeUnknown, match="look before you repeat it"):
            await stack.ask(PatchMessage(message_id=at.message, text="changed"))
    (pending,) = await stack.pending()
    assert (pending["command"], pending["state"]) == ("EditMessage", "unknown")


async def test_a_change_that_is_throttled_for_long_fails_with_the_seconds(stack: SendingWorld) -> None:
    at = await place(stack, "WHATSAPP")
    await stack.fault("rate_limited", "WHATSAPP", ms=60_000)
    with pytest.raises(Throttled, match="wait 60 s"):
        await stack.ask(AddReaction(message_id=at.message, reaction="👍"))
    assert [one["kind"] for one in await stack.record("WHATSAPP")] == ["send"]


async def test_the_same_deletion_again_gives_the_same_answer(stack: SendingWorld) -> None:
    """What was deleted is not found any more, and the repeat is answered all the same (security.md 6.2)."""
    at = await place(stack, "WHATSAPP")
    for operation in (DeleteMessage(message_id=at.message), DeleteChat(chat_id=at.chat)):
        first = await stack.ask(operation, key=f"{operation}")
        assert await stack.ask(operation, key=f"{operation}") == first
        with pytest.raises((NotFound, NotPossible)):
            await stack.ask(operation)
    assert [one["kind"] for one in await stack.record("WHATSAPP")] == ["send", "delete", "delete_chat"]


async def test_the_same_edit_again_after_its_window_gives_the_same_answer(stack: SendingWorld) -> None:
    at = await place(stack, "WHATSAPP")
    operation = PatchMessage(message_id=at.message, text="changed")
    first = await stack.ask(operation, key="k")
    await stack.control("clock", by="1h")
    assert await stack.ask(operation, key="k") == first
    with pytest.raises(NotPossible, match="no longer takes edits"):
        await stack.ask(operation)
    with pytest.raises(IdempotencyMismatch):
        await stack.ask(PatchMessage(message_id=at.message, text="changed again"), key="k")
