"""Read and delivery marks: keys on the chat, a log of moves per reader, and what waits for messages that have not arrived."""

from typing import Literal

from trunkline.store import chats, messages
from trunkline.store.chats import ChatRow
from trunkline.store.engine import Reader, Transaction

Reason = Literal["read_own", "read_peer", "delivered", "quote", "parent"]

UNREAD_MOST = 9_999
"""Unread messages are counted up to this many."""


async def wait_for(tx: Transaction, chat_no: int, provider_id: str, *, reason: Reason, subject: str, at: int) -> None:
    """Note what is to happen when a message arrives. subject: the reader, or the message that quotes or answers it.

    Of two times of the same the earlier stays: it is when the thing was first known.
    """
    await tx.run(
        "INSERT INTO waiting (chat_no, provider_id, reason, subject, at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (chat_no, provider_id, reason, subject) DO UPDATE SET at = excluded.at WHERE excluded.at < waiting.at",
        chat_no,
        provider_id,
        reason,
        subject,
        at,
    )


async def awaited_parents(reader: Reader, chat_no: int) -> dict[str, str]:
    """Provider ids of threads whose first message has not arrived, by the public ids of the messages that answer them."""
    rows = await reader.fetch("SELECT subject, provider_id FROM waiting WHERE chat_no = $1 AND reason = 'parent'", chat_no)
    return {row[0]: row[1] for row in rows}


async def take_waiting(tx: Transaction, chat_no: int, provider_id: str) -> list[tuple[Reason, str, int]]:
    """What waited for a message; it waits no longer."""
    rows = await tx.fetch(
        "SELECT reason, subject, at FROM waiting WHERE chat_no = $1 AND provider_id = $2 ORDER BY reason, subject",
        chat_no,
        provider_id,
    )
    if rows:
        await tx.run("DELETE FROM waiting WHERE chat_no = $1 AND provider_id = $2", chat_no, provider_id)
    return [(row[0], row[1], row[2]) for row in rows]


async def move_own(tx: Transaction, chat: ChatRow, key: int, at: int) -> bool:
    """Our own user has read up to a key, at a time; the unread count follows. Marks never move back.

    Read again at a later time, a chat that a person had marked as unread is read.
    """
    if (key, at) <= (chat.read_own, chat.read_own_at):
        return False
    unread = await messages.count_unread(tx, chat.no, key, UNREAD_MOST)
    await chats.update(tx, chat.no, {"read_own": key, "read_own_at": at, "unread_count": unread})
    return True


async def move_peer(tx: Transaction, chat: ChatRow, person: str, key: int, at: int) -> bool:
    """Somebody else has read up to a key."""
    await tx.run("INSERT INTO reader (chat_no, person) VALUES ($1, $2) ON CONFLICT DO NOTHING", chat.no, person)
    changed = await tx.run(
        "INSERT INTO read_move (chat_no, person, key, at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (chat_no, person, key) DO UPDATE SET at = excluded.at WHERE excluded.at < read_move.at",
        chat.no,
        person,
        key,
        at,
    )
    if key > chat.read_peer:
        await chats.update(tx, chat.no, {"read_peer": key})
    return changed > 0


async def move_delivered(tx: Transaction, chat: ChatRow, key: int) -> bool:
    """Our messages have arrived up to a key."""
    if key <= chat.delivered:
        return False
    await chats.update(tx, chat.no, {"delivered": key})
    return True


async def place_marks(tx: Transaction, chat_no: int) -> None:
    """After history came in: put our read mark so that exactly the newest `unread_count` messages of others lie beyond it.

    What a network gives as history has reached it, so the delivery mark moves along.
    """
    chat = await chats.by_no(tx, chat_no)
    if chat is not None and not chat.delivered:
        await chats.update(tx, chat_no, {"delivered": chat.last_key})
    if chat is None or chat.read_own:
        return
    beyond = await tx.fetch(
        "SELECT key FROM message WHERE chat_no = $1 AND counts = 1 ORDER BY key DESC LIMIT $2", chat_no, chat.unread_count + 1
    )
    is_older = len(beyond) > chat.unread_count
    mark = chat.last_key if not chat.unread_count else beyond[-1][0] if is_older else 0
    await chats.update(tx, chat_no, {"read_own": mark})
