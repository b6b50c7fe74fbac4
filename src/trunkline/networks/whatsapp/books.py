"""One account's part of the ledger, inside a transaction: what is known, and the log of what happened."""

from typing import Any

import apsw
import msgspec
from msgspec import UNSET, Struct

from trunkline.contract.events import ChatInfo, Event, MessageArrived

_EVENTS = msgspec.json.Decoder(tuple[Event, ...])
_MESSAGE = msgspec.json.Decoder(MessageArrived)
_CHAT = msgspec.json.Decoder(ChatInfo)
TABLES = ("log", "chat", "message", "person", "alias", "sending", "fact")
_KEPT_LOG = 50_000
"""Updates of an account that are kept for a listener who begins again."""


class Sending(Struct, frozen=True):
    """A message of ours on its way: as it was composed, and what follows once it is known to have arrived."""

    id: str
    chat: str
    token: str | None
    composed: dict[str, Any]
    effects: tuple[Event, ...]


class Chat(Struct, frozen=True):
    """A chat as it stands."""

    info: ChatInfo
    active_ms: int
    unread: int


class Books:
    """What is known of an account. logged: what happened in this transaction, in order."""

    def __init__(self, db: apsw.Connection, account: str):
        self._db = db
        self.account = account
        self.logged: list[Event] = []
        self.heard_ms = 0
        """When what is being taken in was heard, in milliseconds: its time where the network says none."""
        self.made_groups: set[str] = set()
        """Groups that were first heard of in this transaction, by a message: nothing else is known of them."""

    def log(self, *events: Event) -> None:
        """It happened; told to whoever listens, with the rest of this transaction."""
        self.logged += events

    def flush(self, at_ms: int) -> None:
        """Write what was logged as one update."""
        if self.logged:
            self._run("INSERT INTO log (account, at_ms, events) VALUES (?, ?, ?)", at_ms, msgspec.json.encode(self.logged))
            self.logged = []

    def log_end(self) -> int:
        """The number of the newest update of any account."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log'").get
        return int(row or 0)

    def updates_after(self, seq: int, count: int) -> list[tuple[int, tuple[Event, ...]]]:
        """The next updates."""
        rows = self._rows("SELECT seq, events FROM log WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?", seq, count)
        return [(number, _EVENTS.decode(events)) for number, events in rows]

    def trim(self, seq: int) -> None:
        """Updates long before this one are needed no more."""
        self._run("DELETE FROM log WHERE account = ? AND seq < ?", seq - _KEPT_LOG)

    def let_go(self, taken: int, before_ms: int) -> bool:
        """Drop updates that a listener has taken (up to this number) and that are older than this.

        Gives whether some after `taken` were dropped before: who begins there again, as a restored backup does, has a gap.
        """
        gone = int(self.fact("let go") or 0)
        rows = self._rows("SELECT max(seq) FROM log WHERE account = ? AND seq <= ? AND at_ms < ?", taken, before_ms)
        if rows[0][0] is not None:
            self._run("DELETE FROM log WHERE account = ? AND seq <= ? AND at_ms < ?", taken, before_ms)
            self.set_fact("let go", str(max(gone, rows[0][0])))
        return taken < gone

    def fact(self, name: str) -> str | None:
        """A kept word."""
        rows = self._rows("SELECT value FROM fact WHERE account = ? AND name = ?", name)
        return rows[0][0] if rows else None

    def set_fact(self, name: str, value: str) -> None:
        """Keep a word."""
        self._run(
            "INSERT INTO fact VALUES (?, ?, ?) ON CONFLICT (account, name) DO UPDATE SET value = excluded.value", name, value
        )

    def drop_fact(self, name: str) -> None:
        """Keep a word no more."""
        self._run("DELETE FROM fact WHERE account = ? AND name = ?", name)

    def facts(self, start: str) -> dict[str, str]:
        """Kept words whose name begins so."""
        rows = self._rows("SELECT name, value FROM fact WHERE account = ? AND substr(name, 1, ?) = ?", len(start), start)
        return {name.removeprefix(start): value for name, value in rows}

    def chat(self, chat: str) -> Chat | None:
        """A chat."""
        rows = self._rows("SELECT info, active_ms, unread FROM chat WHERE account = ? AND id = ?", chat)
        return Chat(_CHAT.decode(rows[0][0]), rows[0][1], rows[0][2]) if rows else None

    def put_chat(self, chat: Chat) -> None:
        """Keep a chat."""
        self._run(
            "INSERT INTO chat VALUES (?, ?, ?, ?, ?) ON CONFLICT (account, id) DO UPDATE SET"
            " info = excluded.info, active_ms = excluded.active_ms, unread = excluded.unread",
            chat.info.provider_id, msgspec.json.encode(chat.info), chat.active_ms, chat.unread,
        )  # fmt: skip

    def drop_chat(self, chat: str) -> None:
        """The chat and its messages are gone."""
        self._run("DELETE FROM chat WHERE account = ? AND id = ?", chat)
        self._run("DELETE FROM message WHERE account = ? AND chat = ?", chat)

    def chats(self, below: tuple[int, str] | None, count: int) -> list[Chat]:
        """Chats, most recently active first."""
        active_ms, chat = below or (1 << 62, "")
        rows = self._rows(
            "SELECT info, active_ms, unread FROM chat WHERE account = ? AND (active_ms, id) < (?, ?)"
            " ORDER BY active_ms DESC, id DESC LIMIT ?",
            active_ms, chat, count,
        )  # fmt: skip
        return [Chat(_CHAT.decode(info), active, unread) for info, active, unread in rows]

    def message(self, chat: str, message: str) -> MessageArrived | None:
        """A message as it stands."""
        rows = self._rows("SELECT event FROM message WHERE account = ? AND chat = ? AND id = ?", chat, message)
        return _MESSAGE.decode(rows[0][0]) if rows else None

    def message_anywhere(self, message: str) -> MessageArrived | None:
        """A message by its id alone."""
        rows = self._rows("SELECT event FROM message WHERE account = ? AND id = ? LIMIT 1", message)
        return _MESSAGE.decode(rows[0][0]) if rows else None

    def raw_message(self, message: str) -> dict[str, Any] | None:
        """What a message says, as WhatsApp has it: one that is on its way, or a stored one."""
        if (sending := self.sending(message)) is not None:
            return dict(sending.composed.get("message") or {})
        known = self.message_anywhere(message)
        return None if known is None or known.raw is None else msgspec.json.decode(known.raw).get("message")

    def put_message(self, message: MessageArrived) -> None:
        """Keep a message, or what became of it."""
        self._run(
            "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (account, chat, id) DO UPDATE SET event = excluded.event",
            message.chat, message.provider_id, message.at_ms, message.order, int(message.is_own), msgspec.json.encode(message),
        )  # fmt: skip

    def messages(self, chat: str, below: tuple[int, int] | None, count: int, *, theirs: bool = False) -> list[MessageArrived]:
        """Messages of a chat, newest first. theirs: only those of others."""
        at_ms, rank = below or (1 << 62, 1 << 62)
        rows = self._rows(
            "SELECT event FROM message WHERE account = ? AND chat = ? AND (at_ms, rank) < (?, ?)"
            f"{' AND is_own = 0' if theirs else ''} ORDER BY at_ms DESC, rank DESC LIMIT ?",
            chat, at_ms, rank, count,
        )  # fmt: skip
        return [_MESSAGE.decode(event) for (event,) in rows]

    def oldest(self, chat: str) -> MessageArrived | None:
        """The oldest message of a chat."""
        rows = self._rows("SELECT event FROM message WHERE account = ? AND chat = ? ORDER BY at_ms, rank LIMIT 1", chat)
        return _MESSAGE.decode(rows[0][0]) if rows else None

    def next_rank(self) -> int:
        """The order of a message among those of one second: WhatsApp tells none, so it is that of arrival, kept."""
        rank = int(self.fact("rank") or 0) + 1
        self.set_fact("rank", str(rank))
        return rank

    def person(self, person: str) -> tuple[str | None] | None:
        """A person's name, in a tuple; None for somebody unknown."""
        rows = self._rows("SELECT name FROM person WHERE account = ? AND id = ?", person)
        return rows[0] if rows else None

    def put_person(self, person: str, name: str | None) -> None:
        """Keep a person; without a name the known one stays."""
        self._run(
            "INSERT INTO person VALUES (?, ?, ?) ON CONFLICT (account, id) DO UPDATE SET name = coalesce(excluded.name, name)",
            person, name,
        )  # fmt: skip

    def meaning(self, jid: str) -> str:
        """The address a person or chat is known by here."""
        rows = self._rows("SELECT means FROM alias WHERE account = ? AND id = ?", jid)
        return rows[0][0] if rows else jid

    def aliases(self, person: str) -> tuple[str, ...]:
        """Further addresses of a person."""
        return tuple(each for (each,) in self._rows("SELECT id FROM alias WHERE account = ? AND means = ? ORDER BY id", person))

    def put_alias(self, jid: str, means: str) -> None:
        """An address means another."""
        self._run(
            "INSERT INTO alias VALUES (?, ?, ?) ON CONFLICT (account, id) DO UPDATE SET means = excluded.means", jid, means
        )

    def rename_aliases(self, means: str, now: str) -> None:
        """All that an address stood for is another's."""
        self._run("UPDATE alias SET means = ?2 WHERE account = ?1 AND means = ?3", now, means)

    def drop_person(self, person: str) -> None:
        """This address is nobody's own."""
        self._run("DELETE FROM person WHERE account = ? AND id = ?", person)

    def sendings(self, chat: str) -> list[Sending]:
        """What is on its way into a chat."""
        rows = self._rows("SELECT id FROM sending WHERE account = ? AND chat = ?", chat)
        return [found for (each,) in rows if (found := self.sending(each)) is not None]

    def redirect(self, sending: Sending) -> None:
        """It is on its way into another chat."""
        self._run(
            "UPDATE sending SET chat = ?2, effects = ?3 WHERE account = ?1 AND id = ?4",
            sending.chat, msgspec.json.encode(sending.effects), sending.id,
        )  # fmt: skip

    def is_used(self, jid: str) -> bool:
        """Whether something is known under this very address."""
        return bool(self._rows("SELECT 1 FROM chat WHERE account = ? AND id = ?", jid)) or self.person(jid) is not None

    def sending(self, message: str) -> Sending | None:
        """What is on its way."""
        rows = self._rows("SELECT chat, token, composed, effects FROM sending WHERE account = ? AND id = ?", message)
        if not rows:
            return None
        chat, token, composed, effects = rows[0]
        return Sending(message, chat, token, msgspec.json.decode(composed), _EVENTS.decode(effects))

    def put_sending(self, sending: Sending, at_ms: int) -> None:
        """It is about to be sent."""
        self._run(
            "INSERT OR REPLACE INTO sending VALUES (?, ?, ?, ?, ?, ?, ?)", sending.id, sending.chat, sending.token,
            msgspec.json.encode(sending.composed), msgspec.json.encode(sending.effects), at_ms,
        )  # fmt: skip

    def drop_sending(self, message: str) -> None:
        """It is known what became of it."""
        self._run("DELETE FROM sending WHERE account = ? AND id = ?", message)

    def erase(self) -> None:
        """Nothing is known of the account any more."""
        for table in TABLES:
            self._run(f"DELETE FROM {table} WHERE account = ?")

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return list(self._db.execute(sql, (self.account, *values)))

    def _run(self, sql: str, *values: Any) -> None:
        self._db.execute(sql, (self.account, *values))


def changed(known: ChatInfo, info: ChatInfo) -> ChatInfo | None:
    """The chat with what is newly said of it; None when nothing is new."""
    fresh = {name: getattr(info, name) for name in info.__struct_fields__ if getattr(info, name) is not UNSET}
    merged = msgspec.structs.replace(known, **fresh)
    return None if merged == known else merged
