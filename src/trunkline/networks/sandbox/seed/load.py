"""The seed `messages:N`: N messages in many 1:1 chats over the seven networks, made cheaply and without files."""

from collections.abc import Iterator

import msgspec

from trunkline.contract.events import ChatInfo, MessageArrived, PersonInfo
from trunkline.networks.sandbox.seed.profiles import profile
from trunkline.networks.sandbox.seed.story import Role
from trunkline.networks.sandbox.world import chats, people
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.people import Person
from trunkline.networks.sandbox.world.provider_ids import direct_chat_id, message_id

PER_CHAT = 250
_GAP_MS = 7 * 60_000
_WORDS = (
    "the", "plan", "for", "tomorrow", "looks", "good", "and", "we", "meet", "at", "the", "station", "with", "coffee",
    "before", "nine", "please", "bring", "your", "notes", "about", "last", "week", "since", "nobody", "found", "the", "old",
    "map", "yet", "maybe", "it", "is", "in", "the", "kitchen", "or", "under", "that", "green", "chair", "near",
    "window",
)  # fmt: skip


def pour(change: Change, own_users: list[Account], count: int) -> None:
    """Make `count` messages in chats of 250, one person each, the accounts in turn."""
    for number, start in enumerate(range(0, count, PER_CHAT)):
        _chat(change, own_users[number % len(own_users)], number, min(PER_CHAT, count - start))
    for account in own_users:
        change.run("UPDATE account SET counter = ? WHERE key = ?", count + 1, account.key)


def _chat(change: Change, account: Account, number: int, count: int) -> None:
    person = profile(account.account_type, account.number, Role(f"load {number}", f"Person {number}", picture=False))
    people.add(change, account.key, Person(person))
    chat = direct_chat_id(account.account_type, account.identity, person.provider_id)
    last_ms = change.now_ms - number * 1_000
    info = ChatInfo(provider_id=chat, type=0, name=None, peer=person.provider_id)
    chats.add(change, account.key, info, (account.identity, person.provider_id), active_ms=last_ms)
    change.db.executemany(
        "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?)",
        _messages(account, person, chat, last_ms=last_ms, first=number * PER_CHAT, count=count),
    )


def _messages(
    account: Account, person: PersonInfo, chat: str, *, last_ms: int, first: int, count: int
) -> Iterator[tuple[int, str, int, int, str, int, bytes]]:
    own = PersonInfo(provider_id=account.identity, name=account.name, is_self=True)
    other = PersonInfo(provider_id=person.provider_id, name=person.name)
    encoder = msgspec.json.Encoder()
    for n in range(count):
        number, at_ms = first + n + 1, last_ms - (count - 1 - n) * _GAP_MS
        provider_id, order = message_id(account.account_type, chat, at_ms, number, None)
        is_own = number % 3 == 0
        message = MessageArrived(
            chat=chat, provider_id=provider_id, at_ms=at_ms, order=order, sender=own if is_own else other, is_own=is_own,
            text=_text(number),
        )  # fmt: skip
        yield account.key, chat, at_ms, order, provider_id, int(is_own), encoder.encode(message)


def _text(number: int) -> str:
    start = number * 7 % len(_WORDS)
    length = 4 + number * 13 % 17
    words = (_WORDS[(start + step * (1 + number % 5)) % len(_WORDS)] for step in range(length))
    return f"{' '.join(words).capitalize()} ({number})"
