"""What happens by itself once its time has come."""

import msgspec

from trunkline.contract.events import DeliveredUpTo, ReactionChanged, ReactionInfo, ReadUpTo
from trunkline.networks.sandbox.accept.arrival import Arrival, LateCommand, take_without_faults
from trunkline.networks.sandbox.accept.commands import TAKEN_BY
from trunkline.networks.sandbox.sheets import SHEETS
from trunkline.networks.sandbox.world import accounts, chats, due, events, messages, people
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.answers import Answer
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.events import LateEvent
from trunkline.networks.sandbox.world.messages import Draft

_AT_ONCE = 100
_DELIVERS = ("WHATSAPP", "MESSENGER")


def happen(change: Change) -> int | None:
    """Let everything happen that is due, at most a hundred things. Gives when to look again; None: nothing is planned."""
    for _ in range(_AT_ONCE):
        taken = due.take(change)
        if taken is None:
            break
        key, kind, doc = taken
        account = accounts.by_key(change.fetch, key)
        if kind == "answer":
            _answer(change, account, msgspec.json.decode(doc, type=Answer))
        elif kind == "event":
            events.tell(change, key, msgspec.json.decode(doc, type=LateEvent).event)
        else:
            late = msgspec.json.decode(doc, type=LateCommand)
            take_without_faults(Arrival(change, account, late.kind, late.command, late.token), TAKEN_BY[late.kind])
    return due.next_time(change)


def _answer(change: Change, account: Account, answer: Answer) -> None:
    """Somebody reads our message, maybe puts an emoji on it, and writes back; not when it or the chat is gone."""
    message = messages.find(change.fetch, account.key, answer.chat, answer.message)
    person = people.find(change.fetch, account.key, answer.person)
    if (
        message is None
        or message.deleted
        or person is None
        or answer.person not in chats.member_ids(change.fetch, account.key, answer.chat)
    ):
        return
    sheet = SHEETS[account.account_type]
    if account.account_type in _DELIVERS:
        events.append(change, account.key, DeliveredUpTo(chat=answer.chat, provider_id=answer.message, at_ms=change.now_ms))
    if sheet.receipts is not None:
        read = ReadUpTo(chat=answer.chat, provider_id=answer.message, at_ms=change.now_ms, person=person.id)
        events.append(change, account.key, read)
    if answer.emoji is not None and sheet.react is not None:
        given = ReactionInfo(value=answer.emoji, sender=person.id)
        messages.replace(change, account.key, msgspec.structs.replace(message, reactions=(*message.reactions, given)))
        events.append(
            change, account.key,
            ReactionChanged(
                chat=answer.chat, provider_id=answer.message, at_ms=change.now_ms, sender=person.info, value=answer.emoji,
                several=sheet.react.several,
            ),
        )  # fmt: skip
    can_quote = sheet.send is not None and sheet.send.quote is not None
    quote = answer.message if answer.quotes and can_quote else None
    messages.post(change, account, Draft(answer.chat, person.info, answer.text, quote=quote, thread=message.thread))
