"""From rows to the wire's messages: the chat's ids and marks spliced onto ready documents, no decoding.

Source of the meanings: unipile-v1 5.2 (`seen`: an own message that at least one recipient has read, or another's that we have
read; `delivered`: it has arrived).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from trunkline.model.times import to_wire
from trunkline.store import attendees
from trunkline.store.engine import Reader
from trunkline.store.statement import Values

SEEN_BY_MOST = 50
"""Readers shown on one message of a list."""

MessageRow: TypeAlias = tuple[int, int, int, int, bytes]
"""What rendering needs of a message: its chat's number, its key, whether it is our own, its sender's number, its document.

A bare tuple: a page is made of the database's own rows, with nothing built in between."""

COLUMNS = "chat_no, key, is_own, sender_no, document"


def key_of(row: MessageRow) -> int:
    """The key of a row."""
    return row[1]


class _Chat(NamedTuple):
    """What its messages need of a chat."""

    number: int
    id: str
    provider_id: str
    account_no: int
    read_own: int
    read_peer: int
    delivered: int


_CHAT_COLUMNS = "no, id, provider_id, account_no, read_own, read_peer, delivered"

_UNSEEN = b'"seen":0,"delivered":1,"seen_by":{},'
_SEEN = b'"seen":1,"delivered":1,"seen_by":{},'
_OWN_SENT = b'"seen":0,"delivered":0,"seen_by":{},'
_OWN_DELIVERED = b'"seen":0,"delivered":1,"seen_by":{},'
_OWN_SEEN = b'"seen":1,"delivered":1,"seen_by":%s,'
"""What a message shows of its chat's marks."""


async def render(reader: Reader, rows: Sequence[MessageRow], account_ids: Mapping[int, str]) -> tuple[list[bytes], set[str]]:
    """The wire's messages as JSON, in the rows' order, and the public ids of the chats they are from."""
    found = await _chats(reader, {row[0] for row in rows})
    names = await attendees.names_of(reader, {row[3] for row in rows})
    senders = {number: b'"sender_name":%s,' % msgspec.json.encode(name) for number, name in names.items()}
    heads = {
        number: (_head(chat, account_ids[chat.account_no]), chat.read_own, chat.read_peer, chat.delivered)
        for number, chat in found.items()
    }
    seen_by = await _seen_by(reader, rows, found)
    pieces = []
    for chat_no, key, is_own, sender_no, tail in rows:
        head, read_own, read_peer, delivered = heads[chat_no]
        if not is_own:
            marks = _SEEN if key <= read_own else _UNSEEN
        elif key <= read_peer:
            marks = _OWN_SEEN % seen_by.get(key, b"{}")
        else:
            marks = _OWN_DELIVERED if key <= delivered else _OWN_SENT
        pieces.append(b"".join((head, marks, senders[sender_no], tail)))
    return pieces, {chat.id for chat in found.values()}


async def _chats(reader: Reader, numbers: Iterable[int]) -> dict[int, _Chat]:
    values = Values()
    rows = await reader.fetch(f"SELECT {_CHAT_COLUMNS} FROM chat WHERE no IN ({values.all(numbers)})", *values)
    return {row[0]: _Chat(*row) for row in rows}


def array(pieces: Iterable[bytes]) -> bytes:
    """A JSON array of ready pieces."""
    return b"[%s]" % b",".join(pieces)


def _head(chat: _Chat, account_id: str) -> bytes:
    """What a chat's messages begin with."""
    ids = msgspec.json.encode(
        {
            "object": "Message",
            "account_id": account_id,
            "chat_id": chat.id,
            "chat_provider_id": chat.provider_id,
            "original": "{}",
        }
    )
    return ids[:-1] + b","


async def _seen_by(reader: Reader, rows: Sequence[MessageRow], found: Mapping[int, _Chat]) -> dict[int, bytes]:
    """For own messages that somebody has read: who, and when that was first known."""
    by_chat: dict[int, list[int]] = {}
    for chat_no, key, is_own, _, _ in rows:
        if is_own and key <= found[chat_no].read_peer:
            by_chat.setdefault(chat_no, []).append(key)
    answer = {}
    for chat_no, keys in by_chat.items():
        moves = await _moves(reader, chat_no, min(keys), max(keys))
        for key in keys:
            readers = {}
            for person, steps in moves.items():
                at = next((at for step, at in steps if step >= key), None)
                if at is not None:
                    readers[person] = to_wire(at)
            answer[key] = msgspec.json.encode(readers)
    return answer


async def _moves(reader: Reader, chat_no: int, first: int, last: int) -> dict[str, list[tuple[int, int]]]:
    """For each reader of a chat the steps of their mark over `first` to `last`, and the first one beyond."""
    people = await reader.fetch("SELECT person FROM reader WHERE chat_no = $1 ORDER BY person LIMIT $2", chat_no, SEEN_BY_MOST)
    moves = {}
    for (person,) in people:
        steps = await reader.fetch(
            "SELECT key, at FROM read_move WHERE chat_no = $1 AND person = $2 AND key >= $3 AND key < $4 ORDER BY key",
            chat_no,
            person,
            first,
            last,
        )
        beyond = await reader.row(
            "SELECT key, at FROM read_move WHERE chat_no = $1 AND person = $2 AND key >= $3 ORDER BY key LIMIT 1",
            chat_no,
            person,
            last,
        )
        moves[person] = [(step[0], step[1]) for step in (*steps, *([beyond] if beyond else []))]
    return moves
