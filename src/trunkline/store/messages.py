"""Messages: written once each, found by public id, by the network's id, and in pages."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from msgspec import Struct

from trunkline.store import order, words
from trunkline.store.document import Document, decode, encode
from trunkline.store.engine import Reader, Row, Transaction
from trunkline.store.order import Place
from trunkline.store.render import COLUMNS, MessageRow, key_of
from trunkline.store.spreading import spread
from trunkline.store.statement import ARMS_MOST, Values


class StoredMessage(Struct, frozen=True, kw_only=True):
    """One message row."""

    chat_no: int
    key: int
    id: str
    provider_id: str
    account_no: int
    sender_no: int
    is_own: bool
    rank: int
    counts: bool
    deleted: bool
    document: bytes
    thread: str | None
    """Provider id of the first message of the thread that counts this one among its replies."""

    @property
    def row(self) -> MessageRow:
        """What rendering needs."""
        return (self.chat_no, self.key, int(self.is_own), self.sender_no, self.document)


class NewMessage(NamedTuple):
    """A message to be written. counts: as unread, while it lies beyond our read mark. thread: whose replies it is one of."""

    chat_no: int
    account_no: int
    sender_no: int
    is_own: bool
    at_ms: int
    rank: int
    counts: bool
    document: Document
    thread: str | None = None


_COLUMNS = "chat_no, key, id, provider_id, account_no, sender_no, is_own, rank, counts, deleted, document, thread"
_INSERT = f"INSERT INTO message ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"


def _stored(row: Row) -> StoredMessage:
    return StoredMessage(
        chat_no=row[0],
        key=row[1],
        id=row[2],
        provider_id=row[3],
        account_no=row[4],
        sender_no=row[5],
        is_own=bool(row[6]),
        rank=row[7],
        counts=bool(row[8]),
        deleted=bool(row[9]),
        document=row[10],
        thread=row[11],
    )


async def by_provider_id(reader: Reader, chat_no: int, provider_id: str) -> StoredMessage | None:
    """A message by the network's id, unique inside its chat."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM message WHERE chat_no = $1 AND provider_id = $2", chat_no, provider_id)
    return None if row is None else _stored(row)


async def place_of(reader: Reader, account_no: int, provider_id: str) -> str | None:
    """Provider id of the chat that a message lies in, where its network numbers messages over all chats."""
    row = await reader.row(
        "SELECT chat.provider_id FROM chat JOIN message ON message.chat_no = chat.no AND message.provider_id = $2"
        " WHERE chat.account_no = $1 LIMIT 1",
        account_no,
        provider_id,
    )
    return None if row is None else str(row[0])


async def find(reader: Reader, accounts: Sequence[int], message_id: str) -> StoredMessage | None:
    """A message by public id, in the given accounts (numbers): foreign and missing are one and the same statement."""
    values = Values()
    row = await reader.row(
        f"SELECT {_COLUMNS} FROM message WHERE id = {values(message_id)} AND account_no IN ({values.all(accounts)})",
        *values,
    )
    return None if row is None else _stored(row)


async def between(reader: Reader, chat_no: int, from_ms: int, to_ms: int) -> list[StoredMessage]:
    """A chat's messages of a time, both ends included, oldest first; deleted ones too."""
    rows = await reader.fetch(
        f"SELECT {_COLUMNS} FROM message WHERE chat_no = $1 AND key >= $2 AND key < $3 ORDER BY key",
        chat_no,
        order.first_key(from_ms),
        order.first_key(to_ms + 1),
    )
    return [_stored(row) for row in rows]


async def own_since(reader: Reader, chat_no: int, from_key: int) -> list[str]:
    """Provider ids of our own messages of a chat from a key on."""
    rows = await reader.fetch(
        "SELECT provider_id FROM message WHERE chat_no = $1 AND key >= $2 AND is_own = 1", chat_no, from_key
    )
    return [row[0] for row in rows]


async def by_key(reader: Reader, chat_no: int, key: int) -> StoredMessage | None:
    """A message by its place."""
    row = await reader.row(f"SELECT {_COLUMNS} FROM message WHERE chat_no = $1 AND key = $2", chat_no, key)
    return None if row is None else _stored(row)


class Placed(NamedTuple):
    """Where a message was put. moved: new keys by old of messages of its chat that had to make room."""

    key: int
    moved: Mapping[int, int]


async def insert(tx: Transaction, new: NewMessage) -> Placed:
    """Write a message where the network's order puts it."""
    if not 0 < new.at_ms < order.MOST_MS:
        raise ValueError("a message's time lies outside what a key can hold")
    place = Place(new.rank, new.document.provider_id)
    moved: Mapping[int, int] = {}
    key = await order.key_for(tx, new.chat_no, new.at_ms, place)
    if key is None:
        moved = await spread(tx, new.chat_no, new.at_ms)
        key = await order.key_for(tx, new.chat_no, new.at_ms, place)
    if key is None:
        raise RuntimeError("more messages in one millisecond of a chat than there are keys")
    document = new.document
    await tx.run(
        _INSERT,
        new.chat_no,
        key,
        document.id,
        document.provider_id,
        new.account_no,
        new.sender_no,
        int(new.is_own),
        new.rank,
        int(new.counts),
        document.deleted,
        encode(document),
        new.thread,
    )
    if document.text and not document.deleted:
        await words.add(tx, words.Entry(key, new.account_no, new.chat_no, new.sender_no), document.text)
    return Placed(key, moved)


async def rewrite(tx: Transaction, known: StoredMessage, document: Document) -> None:
    """Replace a message's document; the index of words follows its text."""
    before = decode(known.document)
    await tx.run(
        "UPDATE message SET document = $1, deleted = $2, counts = $3 WHERE chat_no = $4 AND key = $5",
        encode(document),
        document.deleted,
        int(known.counts and not document.deleted),
        known.chat_no,
        known.key,
    )
    if before.text != document.text:
        if before.text:
            await words.remove(tx, known.key)
        if document.text:
            await words.add(tx, words.Entry(known.key, known.account_no, known.chat_no, known.sender_no), document.text)


async def set_thread(tx: Transaction, known: StoredMessage, thread: str) -> None:
    """Note which thread a message that is stored already is a reply in."""
    await tx.run("UPDATE message SET thread = $1 WHERE chat_no = $2 AND key = $3", thread, known.chat_no, known.key)


class Replies(NamedTuple):
    """What is stored of a thread's replies. standing: how many are not deleted; stored: how many with those that are; by: who
    wrote those that stand, by provider ids, in no order.
    """

    standing: int
    stored: int
    by: frozenset[str]


async def replies(reader: Reader, chat_no: int, thread: str) -> Replies:
    """Count the replies of a thread, off an index that holds nothing else."""
    rows = await reader.fetch(
        "SELECT counted.deleted, counted.many, attendee.provider_id FROM (SELECT deleted, sender_no, count(*) AS many"
        " FROM message WHERE chat_no = $1 AND thread = $2 GROUP BY deleted, sender_no) AS counted"
        " JOIN attendee ON attendee.no = counted.sender_no",
        chat_no,
        thread,
    )
    standing = [(many, name) for deleted, many, name in rows if not deleted]
    return Replies(
        standing=sum(many for many, _ in standing),
        stored=sum(many for _, many, _ in rows),
        by=frozenset(name for _, name in standing),
    )


async def remove_of_chat(tx: Transaction, chat_no: int) -> None:
    """Remove all messages of a chat and what hangs on them."""
    rows = await tx.fetch("SELECT id, key FROM message WHERE chat_no = $1", chat_no)
    for message_id, key in rows:
        await tx.run("DELETE FROM message_raw WHERE message_id = $1", message_id)
        await tx.run("DELETE FROM attachment WHERE message_id = $1", message_id)
        await words.remove(tx, key)
    for table in ("message", "reaction", "amendment", "read_move", "reader", "waiting", "sync"):
        await tx.run(f"DELETE FROM {table} WHERE chat_no = $1", chat_no)


class Filter(Struct, frozen=True, kw_only=True):
    """What a list of messages is cut down to.

    arms: each names the messages by columns that an index begins with (`{"chat_no": 5}`, `{"account_no": 1}`,
    `{"sender_no": 9}`, `{"chat_no": 5, "sender_no": 9}`); the list is their union. below, from_: bounds on the key, the first
    exclusive.
    """

    arms: tuple[Mapping[str, int], ...]
    below: int | None = None
    from_: int | None = None


INDEXED = frozenset({("chat_no",), ("account_no",), ("sender_no",), ("chat_no", "sender_no")})
"""The arms that an index serves; anything else would scan."""


def page_statement(arms: Sequence[Mapping[str, int]], chosen: Filter, limit: int) -> tuple[str, Values]:
    """The statement of a page, newest first. Public for the test of its query plan.

    Messages lie in the table in the order of (chat, key), so a page of a chat is read off as it lies. Everything else picks
    keys from an index that holds nothing but keys, and then fetches only the rows of the page: asked for whole rows, the
    planner would rather walk a whole chat than leave the table.
    """
    values = Values()
    if [tuple(arm) for arm in arms] == [("chat_no",)]:
        where = _where(arms[0], chosen, values)
        return f"SELECT {COLUMNS} FROM message WHERE {where} ORDER BY key DESC LIMIT {values(limit)}", values
    inner = " UNION ALL ".join(
        f"SELECT * FROM (SELECT chat_no, key FROM message WHERE {_where(arm, chosen, values)}"
        f" ORDER BY key DESC LIMIT {values(limit)}) AS arm"
        for arm in arms
    )
    picked = inner if len(arms) == 1 else f"SELECT * FROM ({inner}) AS arms ORDER BY key DESC LIMIT {values(limit)}"
    columns = ", ".join(f"message.{column}" for column in COLUMNS.split(", "))
    sql = (
        f"SELECT {columns} FROM ({picked}) AS picked JOIN message"
        " ON message.chat_no = picked.chat_no AND message.key = picked.key ORDER BY picked.key DESC"
    )
    return sql, values


def _where(arm: Mapping[str, int], chosen: Filter, values: Values) -> str:
    if tuple(arm) not in INDEXED:
        raise ValueError(f"no index serves {tuple(arm)}")
    terms = [f"{column} = {values(value)}" for column, value in arm.items()]
    if chosen.below is not None:
        terms.append(f"key < {values(chosen.below)}")
    if chosen.from_ is not None:
        terms.append(f"key >= {values(chosen.from_)}")
    return " AND ".join(terms)


async def page(reader: Reader, chosen: Filter, limit: int) -> list[MessageRow]:
    """A page of messages, newest first."""
    rows: list[MessageRow] = []
    for start in range(0, len(chosen.arms), ARMS_MOST):
        sql, values = page_statement(chosen.arms[start : start + ARMS_MOST], chosen, limit)
        rows += cast(list[MessageRow], await reader.fetch(sql, *values))
    if len(chosen.arms) > ARMS_MOST:
        rows.sort(key=key_of, reverse=True)
    return rows[:limit]


async def by_keys(reader: Reader, keys: Sequence[int]) -> list[MessageRow]:
    """Messages by their keys, newest first."""
    values = Values()
    rows = await reader.fetch(f"SELECT {COLUMNS} FROM message WHERE key IN ({values.all(keys)}) ORDER BY key DESC", *values)
    return cast(list[MessageRow], rows)


async def count_unread(reader: Reader, chat_no: int, after_key: int, most: int) -> int:
    """How many messages that count as unread lie after a mark, counted up to `most`."""
    row = await reader.row(
        "SELECT count(*) FROM (SELECT 1 FROM message WHERE chat_no = $1 AND key > $2 AND counts = 1 ORDER BY key LIMIT $3)"
        " AS counted",
        chat_no,
        after_key,
        most,
    )
    assert row is not None
    return int(row[0])


async def oldest_key(reader: Reader, account_no: int) -> int | None:
    """The key of an account's oldest message."""
    row = await reader.row("SELECT min(key) FROM message WHERE account_no = $1", account_no)
    return None if row is None else row[0]


async def raw_of(reader: Reader, message_id: str) -> bytes | None:
    """The network's own payload."""
    row = await reader.row("SELECT raw FROM message_raw WHERE message_id = $1", message_id)
    return None if row is None else row[0]


async def put_raw(tx: Transaction, message_id: str, raw: bytes) -> None:
    """Keep the network's own payload; the first one stays."""
    await tx.run(
        "INSERT INTO message_raw (message_id, raw) VALUES ($1, $2) ON CONFLICT (message_id) DO NOTHING", message_id, raw
    )
