"""Saying something: composed, noted in the books, sent, and confirmed by the server's word.

A message's id is ours to choose and follows from the caller's token: a send that is repeated is the same message for WhatsApp
and for whoever receives it. Until the server has taken it, the books hold what would follow.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from trunkline.contract.events import Event, MessageArrived
from trunkline.model.errors import NetworkFailed, TrunklineError
from trunkline.networks.whatsapp.books import Books, Sending
from trunkline.networks.whatsapp.keyless import keyless
from trunkline.networks.whatsapp.linked import troubles
from trunkline.networks.whatsapp.linked.link import Link
from trunkline.networks.whatsapp.linked.process import CallFailed
from trunkline.networks.whatsapp.record import confirm

_UPLOAD_S = 55.0

Effects = Callable[[Books, dict[str, Any]], tuple[Event, ...]]
"""What follows from a composed message once it is known to have arrived."""


def message_id(token: str) -> str:
    """The id of the message that is sent under a token, in the form of WhatsApp Web's own."""
    return "3EB0" + hashlib.sha256(token.encode()).hexdigest()[:18].upper()


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be said. attributes: of its stanza (WhatsApp marks edits and deletions there)."""

    chat: str
    id: str
    content: dict[str, Any]
    token: str | None = None
    quoted: dict[str, Any] | None = None
    attributes: dict[str, str] = {}


async def prepare(link: Link, saying: Saying, effects: Effects) -> Sending:
    """Compose it, with its file brought to WhatsApp, unless an earlier try has. Nothing is sent. Raises our errors."""
    sending = await link.books(lambda books: books.sending(saying.id))
    if sending is not None:
        return sending
    composed = await link.call(
        "compose", "prepare the message", _UPLOAD_S,
        chat=saying.chat, content=saying.content, id=saying.id, quoted=saying.quoted,
    )  # fmt: skip
    return await link.books(lambda books: _note(books, link.clock(), saying, composed, effects))


async def say(link: Link, saying: Saying, effects: Effects) -> tuple[Event, ...]:
    """Say it; gives what followed. Raises our errors: a refusal is certain, NetworkFailed is not."""
    sending = await prepare(link, saying, effects)
    try:
        taken = await link.ask(
            "relay", link.options.ack_ms / 1000 + 10,
            chat=saying.chat, message=sending.composed["message"], id=saying.id, attributes=saying.attributes,
        )  # fmt: skip
    except CallFailed as error:
        trouble = troubles.failed(error, "send the message")
        if not isinstance(trouble, NetworkFailed):
            await link.books(lambda books: books.drop_sending(saying.id))
        raise trouble from None
    except NetworkFailed:
        raise
    except TrunklineError:
        await link.books(lambda books: books.drop_sending(saying.id))
        raise
    at = (taken or {}).get("at")
    own = link.own
    kept = await link.books(lambda books: confirm(books, own, saying.id, at * 1_000 if isinstance(at, int) else None))
    return kept or tuple(keyless(each) if isinstance(each, MessageArrived) else each for each in sending.effects)


async def said_before(link: Link, chat: str, number: str) -> MessageArrived | None:
    """The message of this id, where it is known to have arrived."""
    known = await link.books(lambda books: books.message(chat, number))
    return None if known is None else keyless(known)


def _note(books: Books, now: int, saying: Saying, composed: dict[str, Any], effects: Effects) -> Sending:
    made = Sending(saying.id, saying.chat, saying.token, composed, effects(books, composed))
    books.put_sending(made, now)
    return made
