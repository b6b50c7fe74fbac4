"""From rows to the wire's messages: the chat's ids and marks spliced onto ready documents, no decoding.

Source of the meanings: unipile-v1 5.2 (`seen`: an own message that at least one recipient has read, or another's that we have
read; `delivered`: it has arrived).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from trunkline.model.times import to_wire
from trunkline.store import chats
from trunkline.store.chats import ChatRow
from trunkline.store.engine import Reader

SEEN_BY_MOST = 50
"""Readers shown on one message of a list."""


class MessageRow(NamedTuple):
    """What rendering needs of a message, in the order of every statement that reads messages."""

    chat_no: int
    key: int
    is_own: int
    document: bytes


COLUMNS = "chat_no, key, is_own, document"


async def render(reader: Reader, rows: Sequence[MessageRow], account_ids: Mapping[int, str]) -> tuple[list[bytes], set[str]]:
    """The wire's messages as JSON, in the rows' order, and the public ids of the chats they are from."""
    found = await chats.by_numbers(reader, sorted({row.chat_no for row in rows}))
    heads = {number: _head(chat, account_ids[chat.account_no]) for number, chat in found.items()}
    seen_by = await _seen_by(reader, rows, found)
    pieces = [
        b"%s%s%s,%s" % (heads[row.chat_no], _marks(row, found[row.chat_no]), seen_by.get(row.key, b"{}"), row.document[1:])
        for row in rows
    ]
    return pieces, {chat.id for chat in found.values()}


def array(pieces: Iterable[bytes]) -> bytes:
    """A JSON array of ready pieces."""
    return b"[%s]" % b",".join(pieces)


def _head(chat: ChatRow, account_id: str) -> bytes:
    ids = msgspec.json.encode(
        {
            "object": "Message",
            "account_id": account_id,
            "chat_id": chat.id,
            "chat_provider_id": chat.provider_id,
            "original": "{}",
        }
    )
    return ids[:-1]


_MARKS = {
    (seen, delivered): b',"seen":%d,"delivered":%d,"seen_by":' % (seen, delivered) for seen in (0, 1) for delivered in (0, 1)
}


def _marks(row: MessageRow, chat: ChatRow) -> bytes:
    if row.is_own:
        seen = int(row.key <= chat.read_peer)
        return _MARKS[seen, int(seen or row.key <= chat.delivered)]
    return _MARKS[int(row.key <= chat.read_own), 1]


async def _seen_by(reader: Reader, rows: Sequence[MessageRow], found: Mapping[int, ChatRow]) -> dict[int, bytes]:
    """For own messages that somebody has read: who, and when that was first known."""
    by_chat: dict[int, list[int]] = {}
    for row in rows:
        if row.is_own and row.key <= found[row.chat_no].read_peer:
            by_chat.setdefault(row.chat_no, []).append(row.key)
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
