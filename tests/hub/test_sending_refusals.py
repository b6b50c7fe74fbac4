"""What a network cannot do is refused before anything reaches it: the record stays empty, and nothing is queued.

The sentence says what was wrong, what the network allows, that nothing was done, and what to do instead. Bounds are checked on
the network's own clock (contract/capabilities.py).
"""

from collections.abc import Callable
from typing import Any

import pytest

from trunkline.contract.capabilities import Capabilities
from trunkline.model.blob import File
from trunkline.model.errors import (
    InvalidArgument,
    MediaRefused,
    NotFound,
    NotPossible,
    ReadOnlyChat,
    TooLarge,
    TooLong,
    TrunklineError,
    Unsupported,
    WrongAccount,
)
from trunkline.networks.sandbox.sheets import SHEETS
from trunkline.operations.chats import DeleteChat, ListChatMessages, PatchChat, SendMessageInChat, StartNewChat
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import AddReaction, DeleteMessage, ForwardMessage, PatchMessage

from .sending_world import EVERY, SendingWorld, until

MEBIBYTE = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = File(data=b"\xff\xd8\xff\xe0 a picture", file_name="a.jpg", media_type="image/jpeg")
PDF = File(data=b"%PDF-1.7 a document", file_name="a.pdf", media_type="application/pdf")
MP4 = File(data=b"\0\0\0\x18ftypmp42 a film", file_name="a.mp4", media_type="video/mp4")
M4A = File(data=b"\0\0\0\x18ftypM4A a voice", file_name="a.m4a", media_type="audio/mp4")


def without(*path: str) -> list[str]:
    """The account types whose sheets lack an ability: `send`, `voice`."""

    def value(sheet: Capabilities) -> Any:
        found: Any = sheet
        for name in path:
            found = None if found is None else getattr(found, name)
        return found

    return [account_type for account_type, sheet in SHEETS.items() if value(sheet) is None]


async def refused(stack: SendingWorld, operation: Operation[Any], error: type[TrunklineError], *words: str) -> None:
    """The call is refused in these words, before the outbox and before the network."""
    before = len(await stack.record(outcome=None))
    queued = await stack.store.db.fetch("SELECT count(*) FROM outbox")
    with pytest.raises(error) as refusal:
        await stack.ask(operation)
    for word in words:
        assert word in refusal.value.text
    assert refusal.value.call is None
    assert len(await stack.record(outcome=None)) == before
    assert list(await stack.store.db.fetch("SELECT count(*) FROM outbox")) == list(queued)


async def last_of(stack: SendingWorld, account_type: str, *, own: bool) -> str:
    """The newest message of the account's chat by us, or by the other side."""
    listed = await stack.ask(ListChatMessages(chat_id=stack.chats[account_type], limit=250))
    return next(str(message["id"]) for message in listed["items"] if bool(message["is_sender"]) is own)


async def chat_where(stack: SendingWorld, account_type: str, wanted: Callable[[dict[str, Any]], bool]) -> str:
    """A chat of the account."""
    return next(str(chat["id"]) for chat in await stack.listed(account_type) if wanted(chat))


@pytest.mark.parametrize("account_type", EVERY)
async def test_text_beyond_the_bound_is_refused_and_text_up_to_it_sent(stack: SendingWorld, account_type: str) -> None:
    send = SHEETS[account_type].send  # type: ignore[index]
    assert send is not None
    bound = send.text.max_length
    assert bound is not None
    chat = stack.chats[account_type]
    too_long = SendMessageInChat(chat_id=chat, text="x" * (bound.value + 1))
    await refused(stack, too_long, TooLong, f"{bound.value + 1}", f"at most {bound.value}", "Nothing was sent", "Shorten it")
    await stack.ask(SendMessageInChat(chat_id=chat, text="x" * bound.value))
    assert [len(text) for text in await stack.texts(account_type)] == [bound.value]


async def test_telegram_counts_utf16_units(stack: SendingWorld) -> None:
    """An emoji is two. Source: help.getConfig, message_length_max."""
    chat = stack.chats["TELEGRAM"]
    await refused(stack, SendMessageInChat(chat_id=chat, text="😀" * 2_049), TooLong, "4098 UTF-16 units", "at most 4096")
    await stack.ask(SendMessageInChat(chat_id=chat, text="😀" * 2_048))
    assert await stack.texts("TELEGRAM") == ["😀" * 2_048]


@pytest.mark.parametrize(("account_type", "most"), [("LINKEDIN", 20 * MEBIBYTE), ("TWITTER", 15 * MEBIBYTE)])
async def test_a_file_beyond_the_bound_is_refused(stack: SendingWorld, account_type: str, most: int) -> None:
    file = File(data=PNG + bytes(most - len(PNG) + 1), file_name="a.png", media_type="image/png")
    operation = SendMessageInChat(chat_id=stack.chats[account_type], attachments=(file,))
    await refused(stack, operation, TooLarge, "attachments holds a file of", "takes at most", "MiB", "Nothing was sent")


@pytest.mark.parametrize(("account_type", "file"), [("INSTAGRAM", PDF), ("TWITTER", PDF), ("TWITTER", M4A)])
async def test_a_file_of_a_kind_the_network_does_not_take_is_refused(
    stack: SendingWorld, account_type: str, file: File
) -> None:
    operation = SendMessageInChat(chat_id=stack.chats[account_type], attachments=(file,))
    await refused(stack, operation, MediaRefused, file.media_type, "takes image/", "Nothing was sent")


@pytest.mark.parametrize("account_type", without("send", "voice"))
async def test_a_voice_message_is_refused_where_there_are_none(stack: SendingWorld, account_type: str) -> None:
    operation = SendMessageInChat(chat_id=stack.chats[account_type], voice_message=M4A)
    await refused(stack, operation, MediaRefused, "no voice_message", "Send the file in attachments instead")


@pytest.mark.parametrize("account_type", without("send", "video"))
async def test_a_video_message_is_refused_where_there_are_none(stack: SendingWorld, account_type: str) -> None:
    operation = SendMessageInChat(chat_id=stack.chats[account_type], video_message=MP4)
    await refused(stack, operation, MediaRefused, "no video_message", "Send the file in attachments instead")


@pytest.mark.parametrize("account_type", without("send", "typing"))
async def test_typing_is_refused_where_it_cannot_be_shown(stack: SendingWorld, account_type: str) -> None:
    operation = SendMessageInChat(chat_id=stack.chats[account_type], text="hello", typing_duration="100")
    await refused(stack, operation, Unsupported, "cannot show typing", "Leave typing_duration out")


@pytest.mark.parametrize("account_type", without("send", "thread"))
async def test_a_thread_is_refused_where_there_are_none(stack: SendingWorld, account_type: str) -> None:
    message = await last_of(stack, account_type, own=False)
    operation = SendMessageInChat(chat_id=stack.chats[account_type], text="hello", thread_id=message)
    await refused(stack, operation, Unsupported, "no threads", "Leave thread_id out")


@pytest.mark.parametrize("account_type", without("send", "quote"))
async def test_a_quote_is_refused_where_there_are_none(stack: SendingWorld, account_type: str) -> None:
    message = await last_of(stack, account_type, own=False)
    operation = SendMessageInChat(chat_id=stack.chats[account_type], text="hello", quote_id=message)
    await refused(stack, operation, Unsupported, "cannot quote messages", "Leave quote_id out")


async def test_a_message_of_another_chat_cannot_be_quoted(stack: SendingWorld) -> None:
    elsewhere = await chat_where(stack, "WHATSAPP", lambda chat: chat["id"] != stack.chats["WHATSAPP"])
    listed = await stack.ask(ListChatMessages(chat_id=elsewhere))
    for message in (listed["items"][0]["id"], await last_of(stack, "SLACK", own=False)):
        operation = SendMessageInChat(chat_id=stack.chats["WHATSAPP"], text="hello", quote_id=message)
        await refused(stack, operation, InvalidArgument, "quote_id names a message of another chat", "Nothing was sent")
    for nothing in ("AAAAAAAAAAAAAAAAAAAAAA", "no id at all"):
        operation = SendMessageInChat(chat_id=stack.chats["WHATSAPP"], text="hello", quote_id=nothing)
        await refused(stack, operation, NotFound, nothing)


@pytest.mark.parametrize("account_type", ["INSTAGRAM", "MESSENGER"])
async def test_text_beside_a_file_is_refused_where_files_have_no_caption(stack: SendingWorld, account_type: str) -> None:
    operation = SendMessageInChat(chat_id=stack.chats[account_type], text="look", attachments=(JPEG,))
    await refused(stack, operation, NotPossible, "takes no text beside a file", "one after the other")
    await stack.ask(SendMessageInChat(chat_id=stack.chats[account_type], attachments=(JPEG,)))


async def test_a_caption_has_a_bound_of_its_own(stack: SendingWorld) -> None:
    chat = stack.chats["TELEGRAM"]
    operation = SendMessageInChat(chat_id=chat, text="x" * 1_025, attachments=(JPEG,))
    await refused(stack, operation, TooLong, "at most 1024")
    await stack.ask(SendMessageInChat(chat_id=chat, text="x" * 1_024, attachments=(JPEG,)))


@pytest.mark.parametrize("account_type", ["INSTAGRAM", "MESSENGER", "TWITTER"])
async def test_more_files_than_one_message_may_have_are_refused(stack: SendingWorld, account_type: str) -> None:
    operation = SendMessageInChat(chat_id=stack.chats[account_type], attachments=(JPEG, JPEG))
    await refused(stack, operation, InvalidArgument, "2 files", "at most 1", "Send several messages")


@pytest.mark.parametrize("account_type", ["WHATSAPP", "TELEGRAM", "LINKEDIN"])
async def test_a_read_only_chat_takes_nothing(stack: SendingWorld, account_type: str) -> None:
    chat = await chat_where(stack, account_type, lambda chat: bool(chat["read_only"]))
    await refused(stack, SendMessageInChat(chat_id=chat, text="hello"), ReadOnlyChat, "read-only", "Nothing was sent")
    message = await last_of(stack, account_type, own=False)
    await refused(stack, ForwardMessage(message_id=message, chat_id=chat), ReadOnlyChat, "read-only")


async def test_what_a_chat_has_switched_off_is_refused(stack: SendingWorld) -> None:
    chat = await chat_where(stack, "LINKEDIN", lambda chat: "disabledFeatures" in chat)
    message = (await stack.ask(ListChatMessages(chat_id=chat)))["items"][0]["id"]
    await refused(stack, AddReaction(message_id=message, reaction="👍"), NotPossible, "switched off in this chat")


async def test_a_chat_of_another_account_than_the_named_one_is_refused(stack: SendingWorld) -> None:
    other = (await stack.account("SLACK")).id
    operation = SendMessageInChat(chat_id=stack.chats["WHATSAPP"], text="hello", account_id=other)
    await refused(stack, operation, WrongAccount, "Nothing was sent")
    message = await last_of(stack, "SLACK", own=False)
    await refused(stack, ForwardMessage(message_id=message, chat_id=stack.chats["WHATSAPP"]), WrongAccount)


@pytest.mark.parametrize(("account_type", "minutes"), [("WHATSAPP", 15), ("LINKEDIN", 60), ("TELEGRAM", 48 * 60)], ids=str)
async def test_an_edit_after_the_window_is_refused_on_the_networks_clock(
    stack: SendingWorld, account_type: str, minutes: int
) -> None:
    """WhatsApp takes a late edit and ignores it: only a refusal of ours tells the truth (networks.md 4.0)."""
    message = await stack.send(account_type, "first")
    await stack.control("clock", by=f"{minutes - 1}m")
    await stack.ask(PatchMessage(message_id=message, text="second"))
    await stack.control("clock", by="1m")
    await refused(
        stack,
        PatchMessage(message_id=message, text="third"),
        NotPossible,
        "no longer takes edits",
        "Send a new message instead",
    )
    assert (await stack.message(message))["text"] == "second"
    assert (await stack.said(account_type))[-1] == "second"


@pytest.mark.parametrize(("account_type", "minutes"), [("WHATSAPP", 48 * 60), ("LINKEDIN", 60)])
async def test_a_deletion_after_the_window_is_refused_on_the_networks_clock(
    stack: SendingWorld, account_type: str, minutes: int
) -> None:
    first, second = await stack.send(account_type, "first"), await stack.send(account_type, "second")
    await stack.control("clock", by=f"{minutes - 1}m")
    await stack.ask(DeleteMessage(message_id=first))
    await stack.control("clock", by="1m")
    await refused(stack, DeleteMessage(message_id=second), NotPossible, "no longer takes deletions", "Nothing was changed")
    assert (await stack.said(account_type))[-2:] == [None, "second"]


@pytest.mark.parametrize("account_type", without("edit"))
async def test_an_edit_is_refused_where_there_are_none(stack: SendingWorld, account_type: str) -> None:
    message = await stack.send(account_type, "hello")
    await refused(
        stack, PatchMessage(message_id=message, text="x"), Unsupported, "cannot edit messages", "Send a new message instead"
    )


@pytest.mark.parametrize("account_type", without("delete"))
async def test_a_deletion_is_refused_where_there_are_none(stack: SendingWorld, account_type: str) -> None:
    message = await stack.send(account_type, "hello")
    await refused(stack, DeleteMessage(message_id=message), Unsupported, "cannot delete messages")


@pytest.mark.parametrize("account_type", without("react"))
async def test_a_reaction_is_refused_where_there_are_none(stack: SendingWorld, account_type: str) -> None:
    message = await last_of(stack, account_type, own=False)
    await refused(
        stack, AddReaction(message_id=message, reaction="👍"), Unsupported, "cannot react", "Answer with a message instead"
    )


@pytest.mark.parametrize(
    ("account_type", "reaction"),
    [
        ("TELEGRAM", "🥷"),
        ("TELEGRAM", "👍🏽"),
        ("WHATSAPP", "yes"),
        ("WHATSAPP", "👍👍 great"),
        ("SLACK", ":tada:"),
        ("SLACK", "a"),
    ],
)
async def test_a_reaction_the_network_does_not_know_is_refused(stack: SendingWorld, account_type: str, reaction: str) -> None:
    message = await last_of(stack, account_type, own=False)
    await refused(stack, AddReaction(message_id=message, reaction=reaction), InvalidArgument, "reaction", "Nothing was changed")


@pytest.mark.parametrize("account_type", ["WHATSAPP", "TELEGRAM", "LINKEDIN"])
async def test_what_others_wrote_cannot_be_edited_or_deleted(stack: SendingWorld, account_type: str) -> None:
    message = await last_of(stack, account_type, own=False)
    await refused(stack, PatchMessage(message_id=message, text="x"), NotPossible, "Only messages that this account sent")
    await refused(stack, DeleteMessage(message_id=message), NotPossible, "Only messages that this account sent")


@pytest.mark.parametrize("account_type", ["WHATSAPP", "TELEGRAM"])
async def test_what_was_deleted_cannot_be_touched_any_more(stack: SendingWorld, account_type: str) -> None:
    message = await stack.send(account_type, "hello")
    await stack.ask(DeleteMessage(message_id=message))

    async def is_deleted() -> bool:
        return bool((await stack.message(message))["deleted"])

    await until(is_deleted)
    operations: list[Operation[Any]] = [
        PatchMessage(message_id=message, text="x"),
        DeleteMessage(message_id=message),
        AddReaction(message_id=message, reaction="👍"),
        ForwardMessage(message_id=message, chat_id=stack.chats[account_type]),
    ]
    for operation in operations:
        await refused(stack, operation, NotPossible, "was deleted")


NEEDS = {
    "setReadStatus": "read",
    "setMuteStatus": "mute",
    "setArchiveStatus": "archive",
    "setPinnedStatus": "pin",
    "addParticipant": "add_participant",
    "removeParticipant": "remove_participant",
    "setLabel": "label",
    "getInviteLink": "invite_link",
}


@pytest.mark.parametrize(
    ("account_type", "action"),
    [(account_type, action) for action, ability in NEEDS.items() for account_type in without(ability)],
)
async def test_an_action_is_refused_where_the_network_lacks_it(stack: SendingWorld, account_type: str, action: str) -> None:
    value = True if action.endswith("Status") else "somebody"
    operation = PatchChat(chat_id=stack.chats[account_type], action=action, value=value)  # type: ignore[arg-type]
    await refused(stack, operation, Unsupported, "cannot", "Nothing was done")


@pytest.mark.parametrize("action", ["addParticipant", "removeParticipant", "getInviteLink"])
@pytest.mark.parametrize("account_type", ["WHATSAPP", "TELEGRAM"])
async def test_a_groups_action_on_a_chat_with_one_person_is_refused(
    stack: SendingWorld, account_type: str, action: str
) -> None:
    operation = PatchChat(chat_id=stack.chats[account_type], action=action, value="somebody")  # type: ignore[arg-type]
    await refused(stack, operation, NotPossible, f"{action} is for groups", "Nothing was changed")


@pytest.mark.parametrize("account_type", without("delete_chat"))
async def test_deleting_a_chat_is_refused_where_there_is_no_such_thing(stack: SendingWorld, account_type: str) -> None:
    await refused(stack, DeleteChat(chat_id=stack.chats[account_type]), Unsupported, "cannot delete chats")


async def test_a_chat_cannot_be_started_where_the_other_side_must_write_first(stack: SendingWorld) -> None:
    account = (await stack.account("MESSENGER")).id
    operation = StartNewChat(account_id=account, attendees_ids=("123",), text="hello")
    await refused(stack, operation, Unsupported, "cannot start chats", "The other side has to write first")


async def test_a_chat_with_oneself_or_with_too_many_is_refused(stack: SendingWorld) -> None:
    account = await stack.account("SLACK")
    alone = StartNewChat(account_id=account.id, attendees_ids=(account.identity,), text="hello")
    await refused(stack, alone, InvalidArgument, "the account's own id")
    many = StartNewChat(account_id=account.id, attendees_ids=tuple(f"U{number}" for number in range(9)), text="hello")
    await refused(stack, many, InvalidArgument, "9 people", "at most 8")


@pytest.mark.parametrize("account_type", ["WHATSAPP", "TELEGRAM"])
async def test_a_subject_for_one_person_is_refused_not_dropped(stack: SendingWorld, account_type: str) -> None:
    account = await stack.account(account_type)
    operation = StartNewChat(account_id=account.id, attendees_ids=("4915550000011",), text="hello", subject="Walk")
    await refused(stack, operation, InvalidArgument, "subject names a group", "Nothing was done")
