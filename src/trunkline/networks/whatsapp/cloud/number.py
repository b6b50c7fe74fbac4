"""One business number: its client, its books, who listens. What is posted of it is in the books before it is answered."""

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, TypeVar

import apsw
import msgspec

from trunkline.contract.connector import Keeper, OpenAccount
from trunkline.contract.events import GapFound, PersonInfo, UnknownHappened, Update
from trunkline.model.errors import (
    AccountError,
    Disconnected,
    NetworkError,
    NetworkFailed,
    Restricted,
    Throttled,
    TrunklineError,
)
from trunkline.model.times import Clock
from trunkline.networks._graph.client import GraphClient, Json, Lines
from trunkline.networks._graph.refusals import Refused
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.cloud.arriving import Verdict, take
from trunkline.networks.whatsapp.cloud.credentials import Credentials, unsealed
from trunkline.networks.whatsapp.cloud.people import jid_of
from trunkline.networks.whatsapp.cloud.refusals import NAME, PRODUCT
from trunkline.networks.whatsapp.cloud.unproven import Unproven
from trunkline.networks.whatsapp.ledger import Ledger
from trunkline.networks.whatsapp.options import Options

T = TypeVar("T")
log = logging.getLogger(__name__)

KEPT_MS = 7 * 24 * 3_600_000
"""How long Meta repeats a post that nobody took. Source: docs.360dialog.com, receiving messages, seen 2026-11-23."""
NUMBER_FACT = "phone number id"
_AT_ONCE = 50
_VERDICTS_MOST = 1_000
_FAILURES_MOST, _AGAIN_S = 3, 20.0
"""How many looks may fail in a row, and how long is waited after one."""
_CONNECT_AGAIN = "A person must connect the account again; retrying will not help."
_FIELDS = "id,display_phone_number,verified_name,status"
_STOPPED = frozenset({"BANNED", "DELETED", "MIGRATED"})
"""A number that is only flagged or restricted still receives and answers."""


class NotReachable(Disconnected):
    """The token is good and reaches no number of this id."""


class Profile(msgspec.Struct, frozen=True):
    """What Meta says of a number."""

    own: PersonInfo
    shown: str


async def read_profile(client: GraphClient, phone_number_id: str, **proof: str) -> Profile:
    """Ask for the number. Raises NotReachable where none has this id, Restricted where it may not send, and as `get`."""
    try:
        answer = await client.get(phone_number_id, fields=_FIELDS, **proof)
    except Refused as error:
        if not error.is_missing:
            raise
        raise NotReachable(f"The access token reaches no business number of this id any more. {_CONNECT_AGAIN}") from None
    shown = str(answer.get("display_phone_number") or "")
    digits = "".join(each for each in shown if each in "0123456789")
    try:
        address = jid_of(digits)
    except ValueError:
        raise NetworkFailed(f"{NAME} did not say which phone number it is.") from None
    if answer.get("status") in _STOPPED:
        raise Restricted("Meta has stopped this business number. A person must look at it in WhatsApp Manager.")
    name = str(answer.get("verified_name") or f"+{digits}")
    return Profile(PersonInfo(provider_id=address, name=name, is_self=True), f"+{digits}")


class Number:
    """One account of this server. posts.py knows whether it is connected."""

    def __init__(self, account: OpenAccount, ledger: Ledger, options: Options, clock: Clock, lines: Lines) -> None:
        self.account = account
        self.options = options
        self.clock = clock
        self.own = PersonInfo(provider_id=account.identity, is_self=True)
        self.credentials: Credentials | None = None
        self.unproven = Unproven()
        self.awaited: set[str] = set()
        """Tokens of sends whose callers wait for Meta's verdict."""
        self._ledger = ledger
        self._lines = lines
        self._client: GraphClient | None = None
        self._start = self._end = 0
        self._bell = asyncio.Event()
        self._verdicts: OrderedDict[str, Verdict] = OrderedDict()
        self._trouble: AccountError | None = None
        self._is_doubted = False
        self._failures = 0

    @property
    def client(self) -> GraphClient:
        """Calls with the number's token. Raises Disconnected before the first connect."""
        if self._client is None:
            raise Disconnected
        return self._client

    @property
    def id(self) -> str:
        """Meta's id of the number."""
        return "" if self.credentials is None else self.credentials.phone_number_id

    @property
    def secret(self) -> str:
        """What its app signs with."""
        return "" if self.credentials is None else self.credentials.app_secret

    async def connect(self, keeper: Keeper) -> PersonInfo:
        """Check token and number. Raises what Meta says of them."""
        kept = await keeper.get("credentials")
        if kept is None:
            raise Disconnected(f"There is no access token. {_CONNECT_AGAIN}")
        before = self.secret
        try:
            self.credentials = unsealed(kept)
        except msgspec.DecodeError:
            raise Disconnected(f"What was kept of the login cannot be read. {_CONNECT_AGAIN}") from None
        if self.secret != before:
            self.unproven.renewed()
        self._client = GraphClient(self.options.graph, self.credentials.token, PRODUCT, self.clock, self._lines)
        self.own = await self._checked()
        self._trouble, self._is_doubted, self._failures = None, False, 0
        await self.books(partial(_begin, now=self.clock(), number=self.id, own=self.own))
        self._start = self._end
        return self.own

    async def books(self, work: Callable[[Books], T]) -> T:
        """Read or write the books, in one transaction; what was logged is told to the listener."""
        now = self.clock()

        def run(db: apsw.Connection) -> tuple[T, int]:
            books = Books(db, self.account.account_id)
            result = work(books)
            books.flush(now)
            return result, books.log_end()

        result, end = await self._ledger.run(run)
        if end != self._end:
            self._end = end
            self._ring()
        return result

    async def take(self, changes: list[tuple[str, Any]]) -> None:
        """Take what was posted (field, value). It stands in the books when this returns."""
        try:
            verdicts = await self.books(partial(self._take_all, changes=changes))
        except TrunklineError:
            raise
        except Exception as error:
            log.warning("account %s: a post could not be taken in whole (%s)", self.account.account_id, type(error).__name__)
            verdicts = await self._take_each(changes)
        for verdict in verdicts:
            self._verdicts |= {name: verdict for name in (verdict.message, verdict.token) if name}
            while len(self._verdicts) > _VERDICTS_MOST:
                self._verdicts.popitem(last=False)
            self._ring()
        if any(field == "account_update" for field, _ in changes):
            self._is_doubted = True
            self._ring()

    def _take_all(self, books: Books, changes: list[tuple[str, Any]]) -> list[Verdict]:
        own, awaited = self.own, frozenset(self.awaited)
        verdicts = [each for field, value in changes for each in take(books, own, field, value, awaited)]
        books.set_fact("alive", str(self.clock()))
        return verdicts

    async def _take_each(self, changes: list[tuple[str, Any]]) -> list[Verdict]:
        """Each change by itself; one that fails is kept raw, so that it blocks nothing else."""
        verdicts: list[Verdict] = []
        for change in changes:
            try:
                verdicts += await self.books(partial(self._take_all, changes=[change]))
            except TrunklineError:
                raise
            except Exception as error:
                kind = f"{change[0]}: {type(error).__name__}"
                kept = UnknownHappened(kind=kind, raw=json.dumps(change[1]))
                await self.books(lambda books, kept=kept: books.log(kept))  # type: ignore[misc]
        return verdicts

    async def verdict(self, message: str, wait_ms: int) -> TrunklineError | None:
        """Why Meta did not deliver a message of ours, where it says so within this time; None where it took it or is silent.

        message: its id, or the token of its send while the id is not known.
        """
        try:
            async with asyncio.timeout(wait_ms / 1000):
                while message not in self._verdicts:
                    await self._bell.wait()
        except TimeoutError:
            return None
        return self._verdicts[message].error

    def fail(self, error: TrunklineError) -> None:
        """A call has shown that the account is lost: the listening ends too."""
        if isinstance(error, AccountError):
            self._trouble = error
            self._ring()

    async def listen(self, position: str | None) -> AsyncIterator[Update]:
        """Updates from a position on. Meanwhile token and number are checked now and then: a lost one is told by nobody."""
        seq = await self.books(partial(_first, start=self._start)) if position is None else int(position)
        if seq > self._end:
            seq, now = self._end, self.clock()
            gap = GapFound(chat=None, from_ms=0, to_ms=now, reason="The record of what happened before was lost.")
            yield Update(events=(gap,), position=str(seq))
        is_taken = position is not None
        check_s = self.options.check_ms / 1000
        next_check = asyncio.get_running_loop().time() + check_s
        while True:
            bell = self._bell
            if self._trouble is not None:
                raise self._told(self._trouble)
            found = await self.books(partial(Books.updates_after, seq=seq, count=_AT_ONCE))
            for number, events in found:
                seq = number
                yield Update(events=events, position=str(number))
                if not is_taken:
                    is_taken = True
                    await self.books(lambda books: books.set_fact("taken", "1"))
            if self._is_doubted or asyncio.get_running_loop().time() >= next_check:
                await self._check()
                wait_s = min(check_s, _AGAIN_S) if self._failures else check_s
                next_check = asyncio.get_running_loop().time() + wait_s
            if found:
                continue
            try:
                async with asyncio.timeout_at(next_check):
                    await bell.wait()
            except TimeoutError:
                continue

    async def _check(self) -> None:
        """Look whether token and number are still good. A network that does not answer is asked again: people's posts arrive
        all the same, and would have to be repeated if each failure ended the listening.
        """
        self._is_doubted = False
        try:
            await self._checked()
        except Throttled:
            return
        except NetworkError:
            self._failures += 1
            if self._failures == _FAILURES_MOST:
                raise
            return
        self._failures = 0
        now = self.clock()
        await self.books(lambda books: books.set_fact("alive", str(now)))

    async def _checked(self) -> PersonInfo:
        try:
            own = (await read_profile(self.client, self.id)).own
        except Restricted as error:
            raise self._told(error) from None
        if own.provider_id != self.account.identity:
            raise Disconnected(f"The id is another phone number's than this account's. {_CONNECT_AGAIN}")
        return own

    def _told(self, error: AccountError) -> AccountError:
        """The error, new, with what to do: after a restriction the login is still good, and need not be typed again."""
        if not isinstance(error, Restricted):
            return type(error)(error.text)
        return Restricted(f"{error.text} When it is mended: `trunkline account restart {self.account.account_id}`.")

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()


def _begin(books: Books, now: int, number: str, own: PersonInfo) -> None:
    """Note that we are here, and what Meta cannot have kept for us meanwhile."""
    last = books.fact("alive")
    if last is None:
        books.set_fact("since", str(now))
        books.set_fact("began", str(books.log_end()))
    elif now - int(last) > KEPT_MS:
        reason = "This server was away for more than 7 days; Meta repeats what it has to tell no longer than that."
        books.log(GapFound(chat=None, from_ms=int(last), to_ms=now, reason=reason))
    books.set_fact("alive", str(now))
    books.set_fact(NUMBER_FACT, number)
    books.put_person(own.provider_id, own.name or None)
    books.trim(books.log_end())


def _first(books: Books, start: int) -> int:
    """Where a listening without a position begins: where the account began, as long as nothing of it was ever taken."""
    return start if books.fact("taken") else int(books.fact("began") or start)


def profile_params(profile: Profile, phone_number_id: str) -> Json:
    """What the wire shows of an account."""
    return {"im": {"id": profile.own.provider_id, "phone_number": profile.shown, "phone_number_id": phone_number_id}}
