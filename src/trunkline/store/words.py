"""Full-text search: an index of words beside the messages, newest hits first.

SQLite: FTS5 without content, its rows numbered by message key, so that "newest first" is row order; the account, chat and
sender stand in the index as words of their own, so that a search never walks over other people's hits. PostgreSQL: a
tsvector per message under a GIN index. Letters of scripts without spaces and pictures (emoji) are words of their own, searched
as phrases; accents and case do not count.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from trunkline.store.engine import Database, Transaction
from trunkline.store.statement import Values

_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_PICTURES = "\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
_STANDS_ALONE = re.compile(f"[{_UNSPACED}]|([{_PICTURES}])")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_NO_WORD = re.compile(r"[^\w\x00-\x7f]+")
_TERM = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")

WORD_MOST = 500
"""Characters of a word that count on PostgreSQL."""


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
    """The text as the index takes it: every letter of an unspaced script and every picture a word of its own."""
    if text.isascii():
        return text
    return _NO_WORD.sub(_gap, _STANDS_ALONE.sub(_alone, unicodedata.normalize("NFC", text)))


def _alone(found: re.Match[str]) -> str:
    """No tokenizer takes a picture for a word; its number is one."""
    return f" picture{ord(found[0]):x} " if found[1] else f" {found[0]} "


def _gap(found: re.Match[str]) -> str:
    """Marks on letters (vowel signs, points) part no words; tokenizers disagree on them, so they go."""
    return "" if all(unicodedata.category(letter)[0] == "M" for letter in found[0]) else " "


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
            " VALUES ($1, $2, $3, $4, $5::text::tsvector)",
            *entry,
            " ".join(f"{word}:{place}" for place, word in enumerate(_folded(text), 1)),
        )


def _folded(text: str) -> list[str]:
    """The words of a text without case and accents, which PostgreSQL is given ready: its own parser knows no such rules."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", spaced(text).casefold()))
    return [word[:WORD_MOST] for word in _WORD.findall(unicodedata.normalize("NFC", bare))]


async def remove(tx: Transaction, key: int) -> None:
    """Take a message out of the index."""
    column = "rowid" if tx.dialect.name == "sqlite" else "key"
    await tx.run(f"DELETE FROM message_words WHERE {column} = $1", key)


async def remove_of_account(tx: Transaction, account_no: int) -> None:
    """Take all messages of an account out of the index, before the messages themselves go."""
    column = "rowid" if tx.dialect.name == "sqlite" else "key"
    await tx.run(f"DELETE FROM message_words WHERE {column} IN (SELECT key FROM message WHERE account_no = $1)", account_no)


async def search(db: Database, wanted: Sequence[str], hits: Hits, limit: int) -> list[int]:
    """Keys of the newest messages that hold every phrase."""
    if any(numbers is not None and not numbers for numbers in (hits.accounts, hits.chats, hits.senders)):
        return []
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
    terms = [f"words @@ {values(' <-> '.join(_folded(phrase)))}::text::tsquery" for phrase in wanted]
    for column, numbers in (("account_no", hits.accounts), ("chat_no", hits.chats), ("sender_no", hits.senders)):
        if numbers is not None:
            terms.append(f"{column} IN ({values.all(numbers)})")
    if hits.below is not None:
        terms.append(f"key < {values(hits.below)}")
    if hits.from_ is not None:
        terms.append(f"key >= {values(hits.from_)}")
    return f"SELECT key FROM message_words WHERE {' AND '.join(terms)} ORDER BY key DESC LIMIT {values(limit)}", values
