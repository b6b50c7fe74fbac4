"""Starting a chat: with one person, in the chat that exists where there is one; with several, as a group."""

import hashlib
from typing import Any

import msgspec

from trunkline.contract.capabilities import Capabilities, Start
from trunkline.contract.commands import SendMessage, StartChat
from trunkline.hub import bounds
from trunkline.hub.asked import Asked
from trunkline.hub.lives import sheet_of
from trunkline.hub.plans import HubPlan, write_plan
from trunkline.hub.reach import Reach
from trunkline.hub.writes.files import keep
from trunkline.hub.writes.parts import said_in
from trunkline.hub.writes.queue import Order, carry_out, chat_queue
from trunkline.model.errors import EmptyMessage, InvalidArgument
from trunkline.model.networks import TITLES
from trunkline.operations.backend import Answer, Call
from trunkline.operations.chats import StartNewChat
from trunkline.store import attendees, chats
from trunkline.store.accounts import AccountRow
from trunkline.store.chats import ChatRow


async def start_new_chat(asked: Asked[StartNewChat]) -> HubPlan:
    """Start a chat, or find the 1:1 chat that exists, and say the first message."""
    operation, reach = asked.operation, asked.reach
    account = reach.account(operation.account_id)
    sheet = sheet_of(account)
    if sheet.start is None or sheet.send is None:
        raise bounds.unsupported("start chats", sheet, "The other side has to write first.", ability="start")
    people = tuple(dict.fromkeys(operation.attendees_ids))
    _check_people(people, account, sheet.start, sheet)
    if operation.linkedin is not None and sheet.account_type != "LINKEDIN":
        raise InvalidArgument(f"linkedin is for LinkedIn accounts; this one is {TITLES[sheet.account_type]}. Leave it out.")
    said = said_in(operation, sheet.send, sheet)
    if said.is_empty and not (len(people) > 1 and sheet.start.empty_group):
        raise EmptyMessage
    if len(people) > 1 and operation.subject is not None and not sheet.start.titled:
        raise InvalidArgument(f"A group of {TITLES[sheet.account_type]} has no title. Nothing was done; leave `subject` out.")
    if len(people) == 1 and operation.subject is not None and not sheet.start.subject:
        raise InvalidArgument(
            f"subject names a group, and attendees_ids holds one person; a {TITLES[sheet.account_type]} chat with one person"
            " has no subject. Nothing was done. Leave subject out, or name more people."
        )
    existing = await _existing(reach, account, people) if operation.linkedin is None else None
    command = StartChat(
        people=people,
        text=said.text,
        files=said.files,
        title=operation.subject,
        options=_options(operation),
    )

    async def run(call: Call) -> Answer:
        await keep(asked.parts, said.inputs)
        order = Order(account, None, _queue(account, people), command, makes_message=not said.is_empty)
        if existing is not None:
            order = Order(account, existing.no, chat_queue(existing.no), _said_to(existing, command), makes_message=True)
        return await carry_out(asked.parts, order, call)

    strangers = 0 if existing is not None else len(people)
    return write_plan(operation, run, target=existing.id if existing else None, new_people=strangers)


def _said_to(chat: ChatRow, command: StartChat) -> SendMessage:
    """The first message, said in the chat that exists already."""
    return SendMessage(chat=chat.provider_id, text=command.text, files=command.files)


def _check_people(people: tuple[str, ...], account: AccountRow, start: Start, sheet: Capabilities) -> None:
    if account.identity in people:
        raise InvalidArgument("attendees_ids holds the account's own id; give only the other people.")
    if len(people) > 1 and start.group is None:
        raise bounds.unsupported("start groups", sheet, "Give one id in attendees_ids.")
    if start.max_people is not None and len(people) > start.max_people.value:
        raise InvalidArgument(
            f"attendees_ids has {len(people)} people; {TITLES[sheet.account_type]} takes at most"
            f" {start.max_people.value} in a new chat. Nothing was done."
        )


async def _existing(reach: Reach, account: AccountRow, people: tuple[str, ...]) -> ChatRow | None:
    if len(people) != 1:
        return None
    person = await attendees.by_provider_id(reach.store.db, account.no, people[0])
    if person is None:
        return None
    chat = await chats.single_with(reach.store.db, account.no, person.no)
    return chat if chat is not None and reach.may_see(chat.no) and not chat.read_only else None


def _options(operation: StartNewChat) -> dict[str, Any]:
    """The network's own options as plain data."""
    if operation.linkedin is None:
        return {}
    plain: dict[str, Any] = msgspec.to_builtins(operation.linkedin)
    return {name: value for name, value in plain.items() if value is not None}


def _queue(account: AccountRow, people: tuple[str, ...]) -> str:
    """One queue per account and set of people: two starts of the same chat go one after the other."""
    digest = hashlib.sha256("\0".join(sorted(people)).encode()).hexdigest()[:32]
    return f"start:{account.no}:{digest}"
