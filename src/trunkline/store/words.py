"""Full-text search: an index of words beside the messages, newest hits first.

SQLite: FTS5 without content, its rows numbered by message key, so that "newest first" is row order; the account, chat and
sender stand in the index as words of their own, so that a search never walks over other people's hits. PostgreSQL: a
tsvector per message under a GIN index. Letters of scripts without spaces are indexed one by one and searched as phrases.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from trunkline.store.engine import Database, Transaction
from trunkline.store.statement import Values

_UNSPACED = re.compile("([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af])")
_TERM = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"\w+")


class Entry(NamedTuple):
    """A message in the index."""

    key: int
    account_no: int
    chat_no: int
    sender_no: int


class Hits(NamedTuple):
    """What a search is cut down to; None means all. below, from_: bounds on the key, the first exclusive."""

    accounts: Sequence[int]
    chats: Sequence[int] | None = None
    senders: Sequence[int] | None = None
    below: int | None = None
    from_: int | None = None


def spaced(text: str) -> str:
    """The text with every letter of an unspaced script as a word of its own."""
    return _UNSPACED.sub(r" \1 ", text)


def phrases(query: str) -> list[str]:
    """The phrases of a query: words, and what stands in quotation marks, all of which must be in the message."""
    found = []
    for quoted, plain in _TERM.findall(query):
        words = _WORD.findall(spaced(quoted or plain))
        if words:
            found.append(" ".join(words))
    return found


async def add(tx: Transaction, entry: Entry, text: str) -> None:
    """Index a message's text."""
    if tx.dialect.name == "sqlite":
        scope = f"a{entry.account_no} c{entry.chat_no} s{entry.sender_no}"
        await tx.run("INSERT INTO message_words (rowid, text, scope) VALUES ($1, $2, $3)", entry.key, spaced(text), scope)
    else:
        await tx.run(
            "INSERT INTO message_words (key, account_no, chat_no, sender_no, words)"
            " VALUES ($1, $2, $3, $4, to_tsvector('simple', $5))",
            *entry,
            spaced(text),
        )


async def remove(tx: Transaction, key: int) -> None:
    """Take a message out of the index."""
    column = "rowid" if tx.dialect.name == "sqlite" else "key"
    await tx.run(f"DELETE FROM message_words WHERE {column} = $1", key)


async def search(db: Database, wanted: Sequence[str], hits: Hits, limit: int) -> list[int]:
    """Keys of the newest messages that hold every phrase."""
    build = _sqlite_statement if db.dialect.name == "sqlite" else _postgres_statement
    sql, values = build(wanted, hits, limit)
    return [row[0] for row in await db.scan(sql, *values)]


def _sqlite_statement(wanted: Sequence[str], hits: Hits, limit: int) -> tuple[str, Values]:
    terms = [" AND ".join(f'text : "{phrase}"' for phrase in wanted)]
    for letter, numbers in (("a", hits.accounts), ("c", hits.chats), ("s", hits.senders)):
        if numbers is not None:
            # The scope's words stand in the query last: FTS5 walks the rarest list first either way.
            terms.append(f"scope : ({' OR '.join(f'{letter}{number}' for number in numbers)})")
    values = Values()
    sql = f"SELECT rowid FROM message_words WHERE message_words MATCH {values(' AND '.join(f'({term})' for term in terms))}"
    if hits.below is not None:
        sql += f" AND rowid < {values(hits.below)}"
    if hits.from_ is not None:
        sql += f" AND rowid >= {values(hits.from_)}"
    return f"{sql} ORDER BY rowid DESC LIMIT {values(limit)}", values


def _postgres_statement(wanted: Sequence[str], hits: Hits, limit: int) -> tuple[str, Values]:
    values = Values()
    terms = [f"words @@ phraseto_tsquery('simple', {values(phrase)})" for phrase in wanted]
    for column, numbers in (("account_no", hits.accounts), ("chat_no", hits.chats), ("sender_no", hits.senders)):
        if numbers is not None:
            terms.append(f"{column} IN ({values.all(numbers)})")
    if hits.below is not None:
        terms.append(f"key < {values(hits.below)}")
    if hits.from_ is not None:
        terms.append(f"key >= {values(hits.from_)}")
    return f"SELECT key FROM message_words WHERE {' AND '.join(terms)} ORDER BY key DESC LIMIT {values(limit)}", values
