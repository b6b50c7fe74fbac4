"""Making room between keys: a chat's messages of one millisecond are spaced evenly, in the same order.

Everything that names a message by its key moves along: the row itself, its words, the chat's marks and the log of mark moves.
Keys are set to their negatives in between, where nothing else lies, so that no new key meets an old one on the way.
"""

from collections.abc import Mapping

from trunkline.store import chats, order, words
from trunkline.store.document import decode
from trunkline.store.engine import Transaction

CHAT_KEYS = ("activity", "last_key", "read_own", "read_peer", "delivered")
"""The columns of a chat that hold message keys."""


async def spread(tx: Transaction, chat_no: int, at_ms: int) -> Mapping[int, int]:
    """Space the chat's messages of one millisecond; gives each one's new key by its old."""
    low, high = order.first_key(at_ms), order.first_key(at_ms + 1)
    rows = await tx.fetch(
        "SELECT key, account_no, sender_no, document FROM message WHERE chat_no = $1 AND key >= $2 AND key < $3 ORDER BY key",
        chat_no,
        low,
        high,
    )
    for table in ("message", "read_move"):
        await tx.run(f"UPDATE {table} SET key = -key WHERE chat_no = $1 AND key >= $2 AND key < $3", chat_no, low, high)
    for key, *_ in rows:
        await words.remove(tx, key)
    moved: dict[int, int] = {}
    for (key, account_no, sender_no, document), wanted in zip(rows, order.spread(at_ms, len(rows)), strict=True):
        moved[key] = await _next_free(tx, wanted)
        for table in ("message", "read_move"):
            await tx.run(f"UPDATE {table} SET key = $1 WHERE chat_no = $2 AND key = $3", moved[key], chat_no, -key)
        text = decode(document).text
        if text:
            await words.add(tx, words.Entry(moved[key], account_no, chat_no, sender_no), text)
    await _move_marks(tx, chat_no, moved)
    return moved


async def _next_free(tx: Transaction, wanted: int) -> int:
    key = wanted
    while await tx.row("SELECT 1 FROM message WHERE key = $1", key) is not None:
        key += 1
    return key


async def _move_marks(tx: Transaction, chat_no: int, moved: Mapping[int, int]) -> None:
    chat = await chats.by_no(tx, chat_no)
    if chat is not None:
        await chats.update(tx, chat_no, moved_marks(chat, moved))


def moved_marks(chat: chats.ChatRow, moved: Mapping[int, int]) -> dict[str, int]:
    """The columns of a chat that change when its messages' keys do."""
    return {name: moved[getattr(chat, name)] for name in CHAT_KEYS if getattr(chat, name) in moved}
