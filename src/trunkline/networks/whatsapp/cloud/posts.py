"""What Meta posts to this server: proven by the signature over the raw body, routed by number, stored, then answered.

A post of a number that is connected here is 200 once it stands in the number's books. One of a number that was connected here
before, or cannot be stored, is 503: Meta repeats it, for up to seven days. One of a number that nobody here knows is 200 and
forgotten: another server's number of the same app shall not hold up ours.

Several apps may hear one business account: each posts what happens to its numbers, signed with its own secret. A number
believes its own app alone. What another account's app says of it is 200 and forgotten once the own app has told of the number
since, and 503 until then: it may be the own app's, under a secret that was reset. Meta repeats whatever is not 200, ever more
slowly, and gives it up after seven days; so a refused post of an app that nobody here has (401) makes no storm, and one of an
account that is only being connected is not lost. Source: hookdeck.com, guide to WhatsApp webhooks, seen 2026-11-23.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from trunkline.contract.connector import Posted
from trunkline.model.errors import TrunklineError
from trunkline.model.times import Clock
from trunkline.networks._graph.webhooks import SIGNATURE, Repeats, secrets_of
from trunkline.networks.whatsapp.cloud.number import Number

log = logging.getLogger(__name__)

_SAID_AGAIN_MS = 3_600_000
"""How often at most the log tells of posts that are not proven."""
ACCEPTED = Posted(status=200)
FORGED = Posted(status=401, body=b"The signature is wrong.")
LATER = Posted(status=503, body=b"Not stored; deliver it again.")
MALFORMED = Posted(status=400, body=b"This is no event.")

OBJECT = "whatsapp_business_account"
IsKnown = Callable[[str], Awaitable[bool]]
"""Whether a number of this id (Meta's) was ever connected here."""


class Posts:
    """What is posted for all numbers of the road."""

    def __init__(self, clock: Clock, is_known: IsKnown) -> None:
        self._users: dict[Number, int] = {}
        self._is_known = is_known
        self._repeats = Repeats(clock)
        self._clock = clock
        self._said_ms: int | None = None

    @property
    def numbers(self) -> list[Number]:
        """Those that are connected."""
        return list(self._users)

    def join(self, number: Number) -> None:
        """A session of a number is connected."""
        self._users[number] = self._users.get(number, 0) + 1

    def leave(self, number: Number) -> None:
        """One less."""
        left = self._users.pop(number, 1) - 1
        if left > 0:
            self._users[number] = left

    def close(self) -> None:
        """Take nothing any more."""
        self._users.clear()

    async def receive(self, headers: Mapping[str, str], body: bytes) -> Posted:
        """Take a post. headers: names in lower case."""
        proven = secrets_of(headers, body, {each.secret for each in self.numbers})
        if not proven:
            return self._refused(body)
        ours = [each for each in self.numbers if each.secret in proven]
        for each in ours:
            each.unproven.cleared()
        try:
            payload = _read(body)
        except (ValueError, RecursionError):
            return MALFORMED
        if not isinstance(payload, dict):
            return MALFORMED
        signed = headers[SIGNATURE].encode() + body
        if payload.get("object") != OBJECT or self._repeats.is_one(signed):
            return ACCEPTED
        if not await self._take(payload, ours):
            return LATER
        self._repeats.take(signed)
        return ACCEPTED

    def _refused(self, body: bytes) -> Posted:
        """What is not proven is not even read: whether a number of ours is named is all that is looked for."""
        if not self.numbers:
            return LATER
        named = [each for each in self.numbers if f'"{each.id}"'.encode() in body]
        for each in named:
            each.unproven.came(self._clock())
        if named and (self._said_ms is None or self._clock() - self._said_ms >= _SAID_AGAIN_MS):
            self._said_ms = self._clock()
            log.warning(
                "a post to the callback address of WhatsApp Business names the number of account %s and is signed with no"
                " account's app secret; if the secret was reset at Meta, nothing arrives until the account is connected again:"
                " trunkline connect whatsapp-business --reconnect %s",
                named[0].account.account_id,
                named[0].account.account_id,
            )
        return FORGED

    async def _take(self, payload: dict[str, Any], numbers: list[Number]) -> bool:
        """Whether all of it is stored. What is stored twice changes nothing."""
        is_whole = True
        told: dict[Number, int] = {}
        changes: dict[Number, list[tuple[str, Any]]] = {}
        for field, value in _changes(payload):
            named = _number_id(value)
            targets = numbers if named is None else [each for each in numbers if each.id == named]
            if not targets and named is not None:
                is_whole &= await self._may_let_go(named, value)
            elif named is not None:
                told |= {each: max(told.get(each, 0), _newest_ms(value)) for each in targets}
            for each in targets:
                changes.setdefault(each, []).append((field, value))
        for number, taken in changes.items():
            try:
                await number.take(taken)
            except TrunklineError:
                is_whole = False
                told.pop(number, None)
        for number, newest in told.items():
            # Meta's clock may be ahead of this machine's.
            number.unproven.heard(max(self._clock(), newest))
        return is_whole

    async def _may_let_go(self, named: str, value: Any) -> bool:
        """Whether a number that the post's app does not speak for needs it no more: told by its own, or known to nobody."""
        others = [each for each in self.numbers if each.id == named]
        late = [each for each in others if not each.unproven.is_heard_since(_newest_ms(value))]
        for each in late:
            each.unproven.came(self._clock())
        return not late if others else not await self._is_known(named)


def _read(body: bytes) -> Any:
    """The JSON of a body. Half of a surrogate pair, which no store takes, becomes a replacement character.

    Raises ValueError, RecursionError.
    """
    payload = json.loads(body)
    text = json.dumps(payload, ensure_ascii=False)
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return payload if whole == text else json.loads(whole)


def _changes(payload: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for entry in _list(payload.get("entry")):
        for change in _list(entry.get("changes") if isinstance(entry, dict) else None):
            if isinstance(change, dict):
                yield str(change.get("field") or ""), change.get("value")


def _number_id(value: Any) -> str | None:
    """The number that a change is about; None where it is about all of the business."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    found = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    return str(found) if found else None


def _newest_ms(value: Mapping[str, Any]) -> int:
    """When the newest of what a change tells happened; 0 where it does not say."""
    parts = [each for name in ("messages", "statuses", "message_echoes") for each in _list(value.get(name))]
    times = [str(each.get("timestamp")) for each in parts if isinstance(each, dict)]
    return max((int(each) * 1000 for each in times if each.isascii() and each.isdigit() and len(each) < 12), default=0)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
