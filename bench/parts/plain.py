"""The schema people write first: text ids, ISO times, a column per field, `json.dumps`; text found by `LIKE`."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

COLUMNS = (
    "id", "account_id", "chat_id", "chat_provider_id", "provider_id", "sender_id", "sender_attendee_id", "text", "timestamp",
    "is_sender", "seen", "hidden", "deleted", "edited", "is_event", "delivered", "original",
)  # fmt: skip
_NUMBERS = ("is_sender", "seen", "hidden", "deleted", "edited", "is_event", "delivered")
_NESTED = ("reactions", "attachments", "seen_by")


class Plain:
    """A store of messages in that schema."""

    def __init__(self, path: Path):
        self._db = sqlite3.connect(path)
        self._db.row_factory = sqlite3.Row
        columns = ", ".join(f"{name} TEXT" for name in (*COLUMNS, *_NESTED))
        self._db.execute(f"CREATE TABLE message ({columns})")
        self._db.execute("CREATE UNIQUE INDEX message_id ON message (id)")
        self._db.execute("CREATE INDEX message_chat ON message (chat_id, timestamp)")

    def put(self, pieces: Iterable[bytes]) -> None:
        """Store messages, given as the wire's JSON."""
        rows = []
        for piece in pieces:
            found = json.loads(piece)
            rows.append([str(found[name]) for name in COLUMNS] + ["[]", "[]", "{}"])
        self._db.executemany(f"INSERT INTO message VALUES ({', '.join('?' * 20)})", rows)
        self._db.commit()

    def index_times(self) -> None:
        """An index by time over all chats, so that a search can walk from the newest message on."""
        self._db.execute("CREATE INDEX message_time ON message (timestamp)")
        self._db.commit()

    async def page(self, chat_id: str, limit: int) -> bytes:
        """The newest page of a chat."""
        sql = "SELECT * FROM message WHERE chat_id = ? ORDER BY timestamp DESC LIMIT ?"
        return _dump(self._db.execute(sql, (chat_id, limit)))

    async def scan(self, word: str, limit: int) -> bytes:
        """The newest messages with a word in them: every row looked at, the hits sorted."""
        sql = "SELECT * FROM message NOT INDEXED WHERE text LIKE ? ORDER BY timestamp DESC LIMIT ?"
        return _dump(self._db.execute(sql, (f"%{word}%", limit)))

    async def walk(self, word: str, limit: int) -> bytes:
        """The same by the index of times: rows looked at from the newest on, until there are enough hits."""
        sql = "SELECT * FROM message INDEXED BY message_time WHERE text LIKE ? ORDER BY timestamp DESC LIMIT ?"
        return _dump(self._db.execute(sql, (f"%{word}%", limit)))


def _dump(rows: Iterable[sqlite3.Row]) -> bytes:
    return json.dumps([_wire(row) for row in rows]).encode()


def _wire(row: sqlite3.Row) -> dict[str, Any]:
    item: dict[str, Any] = dict(row)
    for name in _NESTED:
        item[name] = json.loads(item[name])
    for name in _NUMBERS:
        item[name] = int(item[name])
    return item | {"object": "Message", "behavior": None}
