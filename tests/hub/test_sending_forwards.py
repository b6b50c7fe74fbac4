"""Forwarding: by the network's own means where it has them, else sent again with its files (contract/capabilities.py)."""

from typing import Any

import pytest

from trunkline.model.blob import Blob
from trunkline.model.errors import MediaRefused, NotPossible, OutcomeUnknown
from trunkline.networks.sandbox.sheets import SHEETS
from trunkline.operations.chats import ListChatMessages
from trunkline.operations.messages import ForwardMessage, GetMessageAttachment

from .sending_world import EVERY, SendingWorld, until

NATIVE = [name for name, sheet in SHEETS.items() if sheet.forward and sheet.forward.way == "native"]
RESENT = [name for name, sheet in SHEETS.items() if sheet.forward and sheet.forward.way == "resend"]


async def other_chat(stack: SendingWorld, account_type: str) -> str:
    """A second chat that can be written in."""
    return next(
        str(chat["id"])
        for chat in await stack.listed(account_type)
        if chat["id"] != stack.chats[account_type] and chat["type"] == 0 and not chat["read_only"] and "subject" not in chat
    )


async def arrived_from_other(stack: SendingWorld, account_type: str, **content: Any) -> dict[str, Any]:
    """Somebody writes; gives the message."""
    other = (await stack.control("chats", account=account_type))[0]
    who = next(
        chat["with"][0]
        for chat in await stack.control("chats", account=account_type)
        if chat["provider_id"] == stack.provider_chats[account_type]
    )
    assert other
    written = await stack.control(
        "write", account=account_type, chat=stack.provider_chats[account_type], **{"as": who}, **content
    )
    found: list[dict[str, Any]] = []

    async def is_there() -> bool:
        listed = await stack.ask(ListChatMessages(chat_id=stack.chats[account_type], limit=5))
        found[:] = [message for message in listed["items"] if message["provider_id"] == written["provider_id"]]
        return bool(found)

    await until(is_there)
    return found[0]


async def bytes_of(stack: SendingWorld, message: dict[str, Any]) -> bytes:
    """The bytes of its one attachment."""
    (attachment,) = message["attachments"]
    body = (await stack.reply(GetMessageAttachment(message_id=message["id"], attachment_id=attachment["id"]))).body
    assert isinstance(body, Blob)
    return b"".join([chunk async for chunk in body.chunks])


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_text_is_forwarded(stack: SendingWorld, account_type: str) -> None:
    source = await arrived_from_other(stack, account_type, text="news")
    answer = await stack.ask(ForwardMessage(message_id=source["id"], chat_id=await other_chat(stack, account_type)))
    assert answer["object"] == "MessageForwarded"
    message = await stack.message(answer["message_id"])
    assert (message["text"], message["is_sender"], message["chat_id"]) == ("news", 1, await other_chat(stack, account_type))
    assert message.get("is_forwarded", False) is (account_type in NATIVE)
    (arrived,) = await stack.record(account_type, outcome=None)
    assert arrived["kind"] == ("forward" if account_type in NATIVE else "send")


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_file_is_forwarded_byte_by_byte(stack: SendingWorld, account_type: str) -> None:
    source = await arrived_from_other(stack, account_type, file="photo")
    answer = await stack.ask(ForwardMessage(message_id=source["id"], chat_id=await other_chat(stack, account_type)))

    async def is_there() -> bool:
        return "send_state" not in await stack.message(answer["message_id"])

    await until(is_there)
    message = await stack.message(answer["message_id"])
    assert await bytes_of(stack, message) == await bytes_of(stack, source)
    assert message["attachments"][0]["size"] == source["attachments"][0]["size"] != {"width": 0, "height": 0}
    assert len(await stack.record(account_type, outcome=None)) == 1


async def test_what_others_may_send_but_we_may_not_is_refused_before_the_network(stack: SendingWorld) -> None:
    source = await arrived_from_other(stack, "INSTAGRAM", file="document")
    with pytest.raises(MediaRefused, match=r"Instagram takes .* Nothing was sent"):
        await stack.ask(ForwardMessage(message_id=source["id"], chat_id=await other_chat(stack, "INSTAGRAM")))
    captioned = await arrived_from_other(stack, "INSTAGRAM", file="photo", text="with words")
    with pytest.raises(NotPossible, match="takes no text beside a file"):
        await stack.ask(ForwardMessage(message_id=captioned["id"], chat_id=await other_chat(stack, "INSTAGRAM")))
    assert await stack.record("INSTAGRAM", outcome=None) == []


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_forward_whose_answer_was_lost_is_done_once(stack: SendingWorld, account_type: str) -> None:
    source = await arrived_from_other(stack, account_type, text="news")
    target = await other_chat(stack, account_type)
    await stack.fault("late_echo", account_type, ms=60_000)
    await stack.fault("lost_answer", account_type)
    if account_type == "MESSENGER":
        with pytest.raises(OutcomeUnknown):
            await stack.ask(ForwardMessage(message_id=source["id"], chat_id=target))
    else:
        answer = await stack.ask(ForwardMessage(message_id=source["id"], chat_id=target))
        assert answer["object"] == "MessageForwarded"
        assert (await stack.message(answer["message_id"]))["text"] == "news"
    assert len(await stack.record(account_type)) == 1


@pytest.mark.parametrize("account_type", ["WHATSAPP", "SLACK", "TWITTER"])
async def test_a_forward_that_was_lost_is_done_once(stack: SendingWorld, account_type: str) -> None:
    source = await arrived_from_other(stack, account_type, text="news")
    await stack.fault("lost_request", account_type)
    await stack.ask(ForwardMessage(message_id=source["id"], chat_id=await other_chat(stack, account_type)))
    assert len(await stack.record(account_type, outcome=None)) == 1
