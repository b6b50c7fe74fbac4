"""The eight actions on a chat, and deleting one."""

from collections.abc import Mapping

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.commands import (
    ChangeMember,
    ChatSwitch,
    Command,
    GetInviteLink,
    LabelChat,
    SetChat,
)
from trunkline.contract.commands import DeleteChat as DeleteCommand
from trunkline.hub import bounds
from trunkline.hub.asked import Asked
from trunkline.hub.lives import sheet_of
from trunkline.hub.plans import HubPlan, write_plan
from trunkline.hub.writes.queue import Order, carry_out, chat_queue
from trunkline.model.chat import SINGLE
from trunkline.model.errors import NotPossible
from trunkline.operations.backend import Answer, Call
from trunkline.operations.chats import DeleteChat, PatchChat
from trunkline.store.chats import ChatRow

_SWITCHES: Mapping[str, tuple[ChatSwitch, str]] = {
    "setReadStatus": ("read", "mark chats as read"),
    "setMuteStatus": ("mute", "mute chats"),
    "setArchiveStatus": ("archive", "archive chats"),
    "setPinnedStatus": ("pin", "pin chats"),
}
_NEEDS: Mapping[str, tuple[str, str]] = {
    "addParticipant": ("add_participant", "add participants"),
    "removeParticipant": ("remove_participant", "remove participants"),
    "setLabel": ("label", "label chats"),
    "getInviteLink": ("invite_link", "give invite links"),
}
_GROUP_ONLY = ("addParticipant", "removeParticipant", "getInviteLink")


async def patch_chat(asked: Asked[PatchChat]) -> HubPlan:
    """Perform an action on a chat."""
    operation = asked.operation
    chat = await asked.reach.chat(operation.chat_id)
    account = asked.reach.account_of(chat.account_no)
    command = _command(operation, chat, sheet_of(account))

    async def run(call: Call) -> Answer:
        return await carry_out(asked.parts, Order(account, chat.no, chat_queue(chat.no), command), call)

    return write_plan(operation, run, target=chat.id)


def _command(operation: PatchChat, chat: ChatRow, sheet: Capabilities) -> Command:
    action = operation.action or ""
    if action in _SWITCHES:
        switch, words = _SWITCHES[action]
        if getattr(sheet, switch) is None:
            raise bounds.unsupported(words, sheet, ability=switch)
        return SetChat(chat=chat.provider_id, switch=switch, on=operation.value is True)
    needed, words = _NEEDS[action]
    if getattr(sheet, needed) is None:
        raise bounds.unsupported(words, sheet, ability=needed)
    if action in _GROUP_ONLY and chat.type == SINGLE:
        raise NotPossible(f"{action} is for groups; this is a chat with one person. Nothing was changed.")
    value = str(operation.value)
    match action:
        case "addParticipant":
            return ChangeMember(chat=chat.provider_id, person=value, change="add")
        case "removeParticipant":
            return ChangeMember(chat=chat.provider_id, person=value, change="remove")
        case "setLabel":
            return LabelChat(chat=chat.provider_id, label=value)
        case _:
            return GetInviteLink(chat=chat.provider_id)


async def delete_chat(asked: Asked[DeleteChat]) -> HubPlan:
    """Delete a chat from the account."""
    chat = await asked.reach.chat(asked.operation.chat_id)
    account = asked.reach.account_of(chat.account_no)
    sheet = sheet_of(account)
    if sheet.delete_chat is None:
        raise bounds.unsupported("delete chats", sheet)
    command = DeleteCommand(chat=chat.provider_id)

    async def run(call: Call) -> Answer:
        return await carry_out(asked.parts, Order(account, chat.no, chat_queue(chat.no), command), call)

    return write_plan(asked.operation, run, target=chat.id)
