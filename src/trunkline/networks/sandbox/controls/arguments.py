"""What each control takes, and how accounts, people, chats and spans of time are named."""

import re
from typing import Any

from msgspec import Struct, field

from trunkline.model.errors import InvalidArgument
from trunkline.model.times import from_wire
from trunkline.networks.sandbox.world import accounts, chats, people
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Read
from trunkline.networks.sandbox.world.people import Person
from trunkline.networks.sandbox.world.provider_ids import direct_chat_id

_SPAN = re.compile(r"([+-]?)(\d{1,9})(ms|s|m|h|d)\Z")
_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Values(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A control without parameters."""


class Look(Values, frozen=True, kw_only=True):
    """account: `WHATSAPP`, `WHATSAPP:2` (the second own user) or a provider id; None: all. chat: as in Write."""

    account: str | None = None
    chat: str | None = None
    limit: int = 50


class Write(Values, frozen=True, kw_only=True):
    """Somebody writes. as: a person's name or provider id, or `me` (on another device; so when left out).

    account: needed where the person is on several networks. chat: provider id, title, or a person's name for a 1:1 chat; None:
    the 1:1 chat with whoever writes. file: photo, sticker, voice, sound, video or document; `data` (base64): own bytes.
    """

    as_: str = field(name="as", default="me")
    account: str | None = None
    chat: str | None = None
    text: str | None = None
    file: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    data: str | None = None
    quote: str | None = None
    thread: str | None = None


class Touch(Values, frozen=True, kw_only=True):
    """Somebody edits, deletes, reacts to or reads a message (provider id); as in Write. text: the new text or the emoji."""

    as_: str = field(name="as")
    account: str | None = None
    chat: str | None = None
    message: str
    text: str | None = None
    remove: bool = False


class Receive(Values, frozen=True, kw_only=True):
    """`count` messages arrive, spread over `chats` of the account's 1:1 chats, numbered from `first` on."""

    account: str
    count: int
    chats: int = 1
    first: int = 1
    text: str = "Message {n}"


class Title(Values, frozen=True, kw_only=True):
    """Somebody renames a group, or leaves it."""

    as_: str = field(name="as")
    account: str | None = None
    chat: str
    title: str | None = None


class Strange(Values, frozen=True, kw_only=True):
    """The network tells something nobody has a word for."""

    account: str
    kind: str = "sandbox.mystery"
    chat: str | None = None
    raw: dict[str, Any] = {}


class OneAccount(Values, frozen=True, kw_only=True):
    """One account."""

    account: str


class Clock(Values, frozen=True, kw_only=True):
    """by: a span such as `15m`, `-2h`, `1d`. to: a time `YYYY-MM-DDTHH:MM:SS.sssZ`. Neither: only show.

    real: the machine's time again.
    """

    by: str | int | None = None
    to: str | None = None
    real: bool = False


class Fault(Values, frozen=True, kw_only=True):
    """kind None: only list. ms: of those that take a time, a span or milliseconds. only: one kind of command.

    clear: a kind, or `all`.
    """

    kind: str | None = None
    account: str | None = None
    count: int = 1
    ms: str | int = 0
    only: str | None = None
    clear: str | None = None


class Seed(Values, frozen=True, kw_only=True):
    """small, empty or messages:N."""

    seed: str


class Record(Values, frozen=True, kw_only=True):
    """What arrived after entry number `after`; the newest `limit` of them when given."""

    account: str | None = None
    kind: str | None = None
    outcome: str | None = None
    after: int = 0
    limit: int | None = None


class Scan(Values, frozen=True, kw_only=True):
    """Which network's login; None: the oldest that waits."""

    account_type: str | None = None


def span_ms(value: str | int, name: str) -> int:
    """A span of time in milliseconds. Raises InvalidArgument."""
    if isinstance(value, int):
        return value
    found = _SPAN.match(value)
    if found is None:
        raise InvalidArgument(f"{name} must be a span such as 500ms, 90s, 15m, -2h or 1d, not {value!r}.")
    sign, number, unit = found.groups()
    return int(number) * _UNIT_MS[unit] * (-1 if sign == "-" else 1)


def time_ms(value: str, name: str) -> int:
    """A time in milliseconds. Raises InvalidArgument."""
    try:
        return from_wire(value)
    except ValueError:
        raise InvalidArgument(f"{name} must be a time YYYY-MM-DDTHH:MM:SS.sssZ, not {value!r}.") from None


def the_account(fetch: Read, name: str) -> Account:
    """The account of this name. Raises InvalidArgument when there is none."""
    account_type, _, number = name.partition(":")
    wanted = int(number) if number.isascii() and number.isdigit() else 1
    for account in accounts.all_accounts(fetch):
        if account.identity == name or (account.account_type == account_type.upper() and account.number == wanted):
            return account
    known = ", ".join(f"{account.account_type}:{account.number}" for account in accounts.all_accounts(fetch))
    raise InvalidArgument(f"The sandbox has no account {name!r}. It has: {known or 'none; seed it first'}.")


def who_where(fetch: Read, who: str, account: str | None) -> tuple[Account, Person]:
    """The person of this name or id, and the one account that sees them. `me` is the own user.

    Raises InvalidArgument when there is none, or several.
    """
    where = accounts.all_accounts(fetch) if account is None else [the_account(fetch, account)]
    if who == "me":
        if len(where) != 1:
            raise InvalidArgument("Say which account: the own user is on all of them.")
        return where[0], _own(fetch, where[0])
    found = [(place, person) for place in where for person in _people(fetch, place.key, who)]
    if not found:
        raise InvalidArgument(f"The sandbox has nobody named {who!r} there. The control `people` lists everybody.")
    if len(found) > 1:
        places = ", ".join(f"{place.account_type}:{place.number} {person.id}" for place, person in found)
        raise InvalidArgument(f"Several people are named {who!r}: {places}. Give the account, or the provider id.")
    return found[0]


def chat_id(fetch: Read, account: Account, name: str) -> str:
    """The chat of this provider id, title or other side. Raises InvalidArgument when there is none."""
    if chats.find(fetch, account.key, name) is not None:
        return name
    titled = [chat.id for chat in chats.listed(fetch, account.key) if chat.info.name == name]
    if len(titled) == 1:
        return titled[0]
    for person in _people(fetch, account.key, name):
        return direct_chat(fetch, account, person.id)
    raise InvalidArgument(f"{account.account_type} has no chat {name!r}. The control `chats` lists them.")


def direct_chat(fetch: Read, account: Account, person: str) -> str:
    """The id of the 1:1 chat with a person, whether it exists or not."""
    found = chats.with_peer(fetch, account.key, person)
    return found.id if found is not None else direct_chat_id(account.account_type, account.identity, person)


def _people(fetch: Read, account: int, name: str) -> list[Person]:
    found = people.find(fetch, account, name)
    return [found] if found is not None else people.named(fetch, account, name)


def _own(fetch: Read, account: Account) -> Person:
    own = people.find(fetch, account.key, account.identity)
    assert own is not None
    return own
