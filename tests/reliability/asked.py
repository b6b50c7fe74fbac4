"""Writes whose every trace at the network can be told apart, and what the record must say of them."""

import hashlib
from base64 import b64decode
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import msgspec
from tests.hub.sending_world import NONE

from .nursery import Told
from .served import Gone, Served

TEXTS = ("plain", "Grüße 👋🏽", "two\nlines", "עברית and عربي", "🎉" * 7, "x" * 400, "\ttab 'quote' \"double\" \\ \u2028")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PNG_CONTENT = hashlib.sha256(b64decode(PNG)).hexdigest()
Trace = tuple[Any, ...]
"""How a write shows in the record: kind, place, content."""


@dataclass
class Asked:
    """One write, asked for under one key until it is answered."""

    key: str
    account_type: str
    name: str
    values: dict[str, Any]
    trace: Trace
    told: Told | None = None
    tries: int = 0

    @property
    def is_sent(self) -> bool:
        """Whether the caller was told so."""
        return self.told is not None and self.told.error is None

    async def ask(self, server: Served, *, wait_ms: int = 20_000) -> Told | None:
        """Ask once more; None when the server ended first."""
        self.tries += 1
        try:
            told = await server.ask(self.name, self.values, key=self.key, wait_ms=wait_ms)
        except Gone:
            return None
        assert not str(told.error).startswith("a bug"), told
        self.told = told
        return told


@dataclass
class Places:
    """Where can be written, and to whom: (public id, provider id) of two 1:1 chats of each account; people for groups."""

    chats: dict[str, list[tuple[str, str]]]
    accounts: dict[str, str]
    people: dict[str, tuple[str, ...]]

    @classmethod
    async def of(cls, server: Served) -> "Places":
        """Look them up."""
        listed = (await server.json("list_all_chats", {"limit": 250}))["items"]
        chats: dict[str, list[tuple[str, str]]] = {}
        for chat in listed:
            if chat["type"] == 0 and not chat["read_only"] and "subject" not in chat:
                chats.setdefault(chat["account_type"], []).append((chat["id"], chat["provider_id"]))
        accounts = {one["type"]: one["id"] for one in (await server.json("list_accounts"))["items"]}
        people: dict[str, tuple[str, ...]] = {}
        for person in await server.json("people"):
            if not person["is_self"] and person["distance"] == 1:
                account_type = person["account"].partition(":")[0]
                people[account_type] = (*people.get(account_type, ()), person["provider_id"])
        return cls({name: found[:2] for name, found in chats.items()}, accounts, {n: p[:2] for n, p in people.items()})


@dataclass
class Maker:
    """Makes writes by chance: mostly sends, some with files, some groups."""

    places: Places
    random: Random
    accounts: tuple[str, ...]
    count: int = 0
    made: list[Asked] = field(default_factory=list)

    def make(self) -> Asked:
        """One more."""
        self.count += 1
        account_type = self.random.choice(self.accounts)
        text = f"{self.count} {self.random.choice(TEXTS)}"
        chance = self.random.random()
        if chance < 0.1 and account_type not in NONE:
            made = self._group(account_type, text)
        else:
            made = self._message(account_type, text, has_file=chance > 0.85)
        self.made.append(made)
        return made

    def _message(self, account_type: str, text: str, *, has_file: bool) -> Asked:
        chat, provider_chat = self.random.choice(self.places.chats[account_type])
        values: dict[str, Any] = {"chat_id": chat, "text": text}
        files: tuple[tuple[str, str], ...] = ()
        if has_file and account_type not in ("INSTAGRAM", "MESSENGER"):
            name = f"{self.count}.png"
            files = ((name, PNG_CONTENT),)
            values["attachments"] = [f"data:image/png;name={name};base64,{PNG}"]
        return Asked(f"key {self.count}", account_type, "send_message_in_chat", values, ("send", provider_chat, text, files))

    def _group(self, account_type: str, text: str) -> Asked:
        people = self.places.people[account_type]
        values = {
            "account_id": self.places.accounts[account_type],
            "attendees_ids": list(people),
            "text": text,
            "subject": f"Group {self.count}",
        }
        trace = ("start", people, text, f"Group {self.count}")
        return Asked(f"key {self.count}", account_type, "start_new_chat", values, trace)


@dataclass(frozen=True)
class Verdict:
    """What the record says of all that was asked."""

    asked: int
    sent: int
    unknown: int
    lost: list[Asked]
    doubled: list[Trace]
    altered: list[Trace]


async def judge(server: Served, made: list[Asked]) -> Verdict:
    """Compare what was asked with the sandbox's record."""
    record = await server.json("record", {"outcome": "accepted"})
    arrived = Counter(trace_of(one) for one in record)
    wanted = {asked.trace for asked in made}
    return Verdict(
        asked=len(made),
        sent=sum(asked.is_sent for asked in made),
        unknown=sum(asked.told is not None and asked.told.error == "OutcomeUnknown" for asked in made),
        lost=[asked for asked in made if asked.is_sent and not arrived[asked.trace]],
        doubled=[trace for trace, count in arrived.items() if count > 1],
        altered=[trace for trace in arrived if trace not in wanted],
    )


def trace_of(arrived: dict[str, Any]) -> Trace:
    """How an entry of the record is told apart."""
    command = arrived["command"]
    if arrived["kind"] == "start":
        return ("start", tuple(command["people"]), command["text"], command["title"])
    files = tuple((file["file_name"], file["content"]) for file in command.get("files", ()))
    return (arrived["kind"], arrived["chat"], command.get("text"), files)


def body_of(told: Told) -> Any:
    """The decoded answer."""
    return msgspec.json.decode(told.body)
