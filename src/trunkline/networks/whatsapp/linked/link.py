"""The live connection of one account, shared by its sessions: what arrives is stored, acknowledged, and told to listeners."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import apsw

from trunkline.contract.connector import Keeper, OpenAccount
from trunkline.contract.events import GapFound, PersonInfo, Update
from trunkline.model.errors import Disconnected, NetworkFailed, NotReached, TrunklineError
from trunkline.model.times import Clock
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.ledger import Ledger
from trunkline.networks.whatsapp.linked import arriving, completing, troubles
from trunkline.networks.whatsapp.linked.left import Left
from trunkline.networks.whatsapp.linked.lines import Incoming
from trunkline.networks.whatsapp.linked.process import CallFailed, Inlet, SideProcess
from trunkline.networks.whatsapp.linked.sealed import Sealed
from trunkline.networks.whatsapp.options import Options

T = TypeVar("T")

_AT_ONCE = 50
_OPEN_S = 40.0
_CLOSE_S = 2.0
_LOG_OUT_S = 3.0
_DRAIN_S = 2.0
_KEPT_MS = 30 * 24 * 3_600_000
"""How long WhatsApp keeps what a device has not fetched. Source: faq.whatsapp.com, "About linked devices" (30 days for messages
not delivered), seen 2026-11-22."""


_LOG_MS = 14 * 24 * 3_600_000
"""How long an update is kept that was taken, for a server that goes on from a backup."""


class Link:
    """One account's connection."""

    def __init__(
        self, account: OpenAccount, process: SideProcess, ledger: Ledger, options: Options, clock: Clock, *, left: Left
    ):
        self.account = account
        self.left = left
        self.options = options
        self.clock = clock
        self.users = 0
        self.log_end = 0
        self._process = process
        self._ledger = ledger
        self._opening = asyncio.Lock()
        self._opened: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._inlet: Inlet | None = None
        self._helpers: set[asyncio.Task[None]] = set()
        self._trouble: TrunklineError | None = NetworkFailed("WhatsApp is not connected.")
        self._bell = asyncio.Event()
        self._answered: dict[str, asyncio.Event] = {}
        self._sealed: Sealed | None = None
        self._is_leaving = False
        self.own = PersonInfo(provider_id=account.identity, is_self=True)

    @property
    def creds(self) -> dict[str, Any]:
        """The credentials; empty before the first connect."""
        return {} if self._sealed is None else self._sealed.creds

    @property
    def is_open(self) -> bool:
        """Whether it is connected."""
        return self._trouble is None

    async def connect(self, keeper: Keeper) -> PersonInfo:
        """Have it open. Raises what ended it."""
        async with self._opening:
            if self._trouble is None:
                return self.own
            await self._end()
            sealed = self._sealed = Sealed(keeper)
            keys = await sealed.load()
            self._know_own(sealed.creds)
            inlet = self._inlet = await self._process.attach(self.account.account_id)
            self._opened = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._take_all(inlet), name="whatsapp account")
            try:
                await self.left.take_over(self._ledger, self.own, self.clock)
                due = await self._begin()
                await self._open(sealed, keys)
                async with asyncio.timeout(_OPEN_S):
                    await self._opened
            except (TimeoutError, CallFailed) as error:
                await self._end()
                raise NetworkFailed("WhatsApp did not answer.") from error
            except BaseException:
                await self._end()
                raise
            self._trouble = None
            self._help(completing.fetch_groups, self)
            self._help(completing.fetch_history, self, due)
            return self.own

    async def call(self, method: str, what: str, call_s: float | None = None, **params: Any) -> Any:
        """Call the side process. what: for the error's sentence. Raises our errors."""
        try:
            return await self.ask(method, call_s=call_s, **params)
        except CallFailed as error:
            raise troubles.failed(error, what) from None

    async def ask(self, method: str, call_s: float | None = None, **params: Any) -> Any:
        """Call the side process. Raises CallFailed beside our errors."""
        if self._trouble is not None:
            if isinstance(self._trouble, NetworkFailed):
                raise NotReached("WhatsApp is not connected just now. Nothing was done; it is tried again by itself.")
            raise type(self._trouble)(self._trouble.text)
        return await self._process.call(self.account.account_id, method, params, call_s=call_s)

    async def socket(self, name: str, what: str, *args: Any) -> Any:
        """Call a function of Baileys."""
        return await self.call("socket", what, name=name, args=list(args))

    async def books(self, work: Callable[[Books], T]) -> T:
        """Read or write the books, in one transaction; what was logged is told to listeners."""
        now = self.clock()

        def run(db: apsw.Connection) -> tuple[T, int]:
            books = Books(db, self.account.account_id)
            result = work(books)
            books.flush(now)
            return result, books.log_end()

        result, end = await self._ledger.run(run)
        if end != self.log_end:
            self.log_end = end
            self._ring()
        return result

    def listen(self, position: str | None) -> AsyncIterator[Update]:
        """Updates from a position on, until trouble ends it."""
        return self._updates(self.log_end if position is None else int(position))

    async def answered(self, ask: str, wait_s: float) -> bool:
        """Wait until an asked-for part of the history has come; False when it did not."""
        try:
            async with asyncio.timeout(wait_s):
                await self._answered.setdefault(ask, asyncio.Event()).wait()
        except TimeoutError:
            return False
        finally:
            self._answered.pop(ask, None)
        return True

    async def ended(self) -> TrunklineError:
        """Wait until the connection has ended; gives why."""
        while self._trouble is None:
            await self._bell.wait()
        return self._trouble

    @property
    def bell(self) -> asyncio.Event:
        """Set once more was written down than when it was asked for, or the connection has ended."""
        return self._bell

    async def log_out(self) -> bool:
        """Tell WhatsApp to unlink this device, where it is connected; gives whether it was told to.

        It is for good: listeners hear nothing of the end that follows, and wait until they are closed.
        """
        if self._trouble is not None:
            return False
        self._is_leaving = True
        try:
            await self.ask("socket", call_s=_LOG_OUT_S, name="logout", args=[])
        except (CallFailed, TrunklineError):
            return False
        return True

    async def release(self) -> None:
        """One session less; the last one closes it."""
        self.users = max(0, self.users - 1)
        if self.users == 0:
            await self.close()

    async def close(self) -> None:
        """End the connection."""
        async with self._opening:
            await self._end()

    async def _updates(self, seq: int) -> AsyncIterator[Update]:
        now = self.clock()
        is_lost = await self.books(partial(Books.let_go, taken=min(seq, self.log_end), before_ms=now - _LOG_MS))
        if seq > self.log_end or is_lost:
            reason = "The record of what happened before was lost."
            seq = min(seq, self.log_end)
            yield Update(events=(GapFound(chat=None, from_ms=0, to_ms=now, reason=reason),), position=str(seq))
        while True:
            bell, trouble = self._bell, self._trouble
            found = await self.books(partial(Books.updates_after, seq=seq, count=_AT_ONCE))
            for number, events in found:
                seq = number
                yield Update(events=events, position=str(number))
            if found:
                continue
            if trouble is not None and not self._is_leaving:
                raise type(trouble)(trouble.text)
            await bell.wait()

    def _know_own(self, creds: dict[str, Any]) -> None:
        me = creds.get("me") or {}
        if me.get("id"):
            self.own = arriving.own_person(me)
            if self.account.identity and self.own.provider_id != self.account.identity:
                raise Disconnected("The stored credentials are of another WhatsApp account. A person must link it again.")

    async def _begin(self) -> dict[str, str]:
        """Note that we are here, and what WhatsApp cannot have kept for us meanwhile; gives the history that is still due."""
        now = self.clock()
        own = self.own

        def work(books: Books) -> dict[str, str]:
            last = books.fact("alive")
            if last is not None and now - int(last) > _KEPT_MS:
                reason = "The device was away for more than 30 days; WhatsApp keeps messages for it no longer than that."
                books.log(GapFound(chat=None, from_ms=int(last), to_ms=now, reason=reason))
            books.set_fact("alive", str(now))
            books.put_person(own.provider_id, own.name or None)
            for other in own.also:
                books.put_alias(other, own.provider_id)
            return books.facts(arriving.HISTORY_DUE)

        return await self.books(work)

    async def _open(self, sealed: Sealed, keys: dict[str, Any]) -> None:
        params: dict[str, Any] = {"creds": sealed.creds, "keys": keys, "ackMs": self.options.ack_ms}
        params["left"] = str(self.left.path)
        if self.options.web_socket_url:
            params["url"] = self.options.web_socket_url
        await self._process.call(self.account.account_id, "open", params)

    async def _take_all(self, inlet: Inlet) -> None:
        """Take lines in order until the side is gone: store, then acknowledge."""
        trouble: TrunklineError = NetworkFailed("WhatsApp's side process ended.")
        try:
            while (line := await inlet.lines.get()) is not None:
                lines = [line]
                while len(lines) < _AT_ONCE and not inlet.lines.empty():
                    more = inlet.lines.get_nowait()
                    if more is None:
                        inlet.lines.put_nowait(None)
                        break
                    lines.append(more)
                await self._take(lines)
        except TrunklineError as error:
            trouble = error
        except Exception as error:
            trouble = NetworkFailed(f"What WhatsApp sent could not be stored ({type(error).__name__}).")
        self._fail(trouble)

    async def _take(self, lines: list[Incoming]) -> None:
        waiting: list[Incoming] = []
        for line in lines:
            if line.kind == "state":
                await self._store(waiting)
                waiting = []
                assert self._sealed is not None
                await self._sealed.take(line.data)
                self._know_own(self._sealed.creds)
            elif line.name == "connection.update":
                await self._store(waiting)
                waiting = []
                self._connection(line.data)
            elif line.name == "want":
                self._help(completing.give, self, line.data)
            else:
                waiting.append(line)
        await self._store(waiting)
        self._process.acknowledge(self.account.account_id, lines[-1].seq)

    async def _store(self, lines: list[Incoming]) -> None:
        if not lines:
            return
        own, now = self.own, self.clock()

        def work(books: Books) -> set[str]:
            for line in lines:
                arriving.take(books, own, line.name, line.data, now)
                books.flush(now)
            books.set_fact("alive", str(now))
            return set(books.made_groups)

        for chat in await self.books(work):
            self._help(completing.fetch_group, self, chat)
        for line in lines:
            if line.name == "history.part" and (ask := line.data.get("peerDataRequestSessionId")):
                self._answered.setdefault(ask, asyncio.Event()).set()

    def _connection(self, data: dict[str, Any]) -> None:
        if data.get("connection") == "open" and self._opened is not None and not self._opened.done():
            self._opened.set_result(None)
        if data.get("connection") == "close":
            raise troubles.closed(data.get("code"), self.account.account_id)

    def _fail(self, trouble: TrunklineError) -> None:
        self._trouble = NetworkFailed("WhatsApp is not connected.") if self._is_leaving else trouble
        if self._opened is not None and not self._opened.done():
            self._opened.set_exception(trouble)
            self._opened.exception()
        self._ring()

    def _ring(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()

    def _help(self, work: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        task = asyncio.create_task(completing.quietly(work, *args), name="whatsapp help")
        self._helpers.add(task)
        task.add_done_callback(self._helpers.discard)

    async def _end(self) -> None:
        """Close what is open and store what had come. The trouble stays as it is, or says that nothing is open."""
        if self._trouble is None:
            self._trouble = NetworkFailed("WhatsApp is not connected.")
        taking, self._task, inlet, self._inlet = self._task, None, self._inlet, None
        for helper in self._helpers:
            helper.cancel()
        await asyncio.gather(*self._helpers, return_exceptions=True)
        if taking is None or inlet is None:
            return
        try:
            if self._process.pid is not None:
                with contextlib.suppress(CallFailed, TrunklineError):
                    await self._process.call(self.account.account_id, "close", {}, call_s=_CLOSE_S)
            inlet.lines.put_nowait(None)
            await asyncio.wait([taking], timeout=_DRAIN_S)
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
            self._process.detach(self.account.account_id, inlet)
            self._ring()
