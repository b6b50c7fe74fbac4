"""Changing what was said: edits, deletions, reactions."""

from trunkline.contract.commands import DeleteMessage as DeleteCommand
from trunkline.contract.commands import EditMessage, React
from trunkline.hub import bounds
from trunkline.hub.asked import Asked
from trunkline.hub.lives import sheet_of
from trunkline.hub.plans import HubPlan, write_plan
from trunkline.hub.reach import Reach
from trunkline.hub.writes.queue import Order, carry_out, chat_queue
from trunkline.model.errors import NoSession, NotPossible
from trunkline.operations.backend import Answer, Call
from trunkline.operations.messages import AddReaction, DeleteMessage, PatchMessage
from trunkline.store import chats
from trunkline.store.accounts import AccountRow
from trunkline.store.chats import ChatRow
from trunkline.store.document import decode
from trunkline.store.messages import StoredMessage
from trunkline.store.order import time_of


async def patch_message(asked: Asked[PatchMessage]) -> HubPlan:
    """Edit an own message, while the network takes it."""
    operation = asked.operation
    message, chat, account = await _at(asked.reach, operation.message_id)
    sheet = sheet_of(account)
    if sheet.edit is None:
        raise bounds.unsupported("edit messages", sheet, "Send a new message instead.", ability="edit")
    _check_own(message, "edited", "Send a new message instead.")
    bounds.check_edit_age(time_of(message.key), _now(asked, account), sheet.edit, sheet)
    has_files = bool(decode(message.document).attachments)
    if has_files and not sheet.edit.caption:
        raise bounds.unsupported("edit the text of messages with files", sheet, "Send a new message instead.")
    text = operation.text or ""
    if sheet.send is not None:
        caption = sheet.send.attachments.caption if has_files and sheet.send.attachments else None
        bounds.check_text(text, caption or sheet.send.text, "text", sheet)
    command = EditMessage(chat=chat.provider_id, message=message.provider_id, text=text)
    return _plan(asked, chat, Order(account, chat.no, chat_queue(chat.no), command))


async def delete_message(asked: Asked[DeleteMessage]) -> HubPlan:
    """Delete an own message for everybody, while the network takes it."""
    message, chat, account = await _at(asked.reach, asked.operation.message_id)
    sheet = sheet_of(account)
    if sheet.delete is None:
        raise bounds.unsupported("delete messages", sheet, ability="delete")
    _check_own(message, "deleted", "")
    bounds.check_delete_age(time_of(message.key), _now(asked, account), sheet.delete, sheet)
    command = DeleteCommand(chat=chat.provider_id, message=message.provider_id)
    return _plan(asked, chat, Order(account, chat.no, chat_queue(chat.no), command))


async def add_reaction(asked: Asked[AddReaction]) -> HubPlan:
    """Put an emoji on a message, or take ours off with an empty one."""
    operation = asked.operation
    message, chat, account = await _at(asked.reach, operation.message_id)
    sheet = sheet_of(account)
    if sheet.react is None:
        raise bounds.unsupported("react to messages", sheet, "Answer with a message instead.", ability="react")
    if message.deleted:
        raise NotPossible("The message was deleted; nobody can react to it any more.")
    if "reactions" in chat.disabled_features:
        raise NotPossible("Reactions are switched off in this chat. Nothing was changed.")
    emoji = bounds.spelled(operation.reaction, sheet.react)
    bounds.check_reaction(emoji, sheet.react, sheet)
    command = React(chat=chat.provider_id, message=message.provider_id, value=emoji)
    return _plan(asked, chat, Order(account, chat.no, chat_queue(chat.no), command))


AnyAsked = Asked[PatchMessage] | Asked[DeleteMessage] | Asked[AddReaction]


def _plan(asked: AnyAsked, chat: ChatRow, order: Order) -> HubPlan:
    async def run(call: Call) -> Answer:
        return await carry_out(asked.parts, order, call)

    return write_plan(asked.operation, run, target=chat.id)


async def _at(reach: Reach, message_id: str) -> tuple[StoredMessage, ChatRow, AccountRow]:
    message = await reach.message(message_id)
    chat = await chats.by_no(reach.store.db, message.chat_no)
    assert chat is not None
    return message, chat, reach.account_of(message.account_no)


def _check_own(message: StoredMessage, done: str, advice: str) -> None:
    if message.deleted:
        raise NotPossible(f"The message was deleted already; it cannot be {done}.")
    if not message.is_own:
        raise NotPossible(f"Only messages that this account sent can be {done}. Nothing was changed. {advice}".strip())


def _now(asked: AnyAsked, account: AccountRow) -> int:
    """The network's clock: its windows are measured by it."""
    now = asked.parts.lives.now_of(account)
    if now is None:
        raise NoSession(f"The road '{account.road}' is not installed here. Nothing was done.")
    return now
