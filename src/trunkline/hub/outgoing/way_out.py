"""Posting to an address that somebody gave, so that nobody inside is ever reached by it (security.md 5.5).

A name is looked up once for each connection, every address it stands for must be public, and the connection is made to exactly
one of these, while certificate, SNI and Host keep the name. Connections are kept and used again, for a while: an address that
was public stays the one that is talked to, however the name changes meanwhile. No redirect is followed, nothing of the
environment is asked (proxies, netrc), time and bytes of an answer are limited.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx2

from trunkline import __version__
from trunkline.hub.outgoing.failures import Refused, Unreachable
from trunkline.hub.outgoing.headers import request_bytes
from trunkline.hub.outgoing.lookup import LookUp, SystemLookUp
from trunkline.hub.outgoing.public import is_public
from trunkline.hub.outgoing.retry_after import retry_after_ms
from trunkline.hub.outgoing.targets import Rules, Target
from trunkline.hub.outgoing.wire import Head, Wire
from trunkline.model.times import Clock

IDLE_S = 30.0
"""How long a connection waits for its next request."""
LASTS_S = 300.0
"""How long a connection is used at most, so that a name that moves is followed."""
IDLE_MOST = 128
"""Connections that wait at one time."""
USER_AGENT = f"Trunkline/{__version__}"

Endpoint = tuple[str, str, int]


@dataclass(frozen=True)
class Answered:
    """An answer came. `retry_after_ms`: when the other side wants to be asked again, where it says so."""

    status: int
    retry_after_ms: int | None


@dataclass(frozen=True)
class _Waiting:
    wire: Wire
    since: float
    made_at: float


class Outgoing:
    """Open for the life of the hub; `close` last. `Refused` and `Unreachable` are how a post fails.

    rules: where posts may go. trusted: the certificates that are trusted, made at the first need. look_up: how names become
    addresses.
    """

    def __init__(
        self,
        rules: Rules,
        clock: Clock,
        *,
        trusted: Callable[[], ssl.SSLContext] | None = None,
        look_up: LookUp | None = None,
    ):
        self.rules = rules
        self._clock = clock
        self._trusted = trusted or _system_trust
        self._tls: ssl.SSLContext | None = None
        self._own_look_up = SystemLookUp() if look_up is None else None
        self._look_up: LookUp = look_up or self._own_look_up or SystemLookUp()
        self._waiting: OrderedDict[Endpoint, list[_Waiting]] = OrderedDict()
        self._count = 0
        self._sweep: asyncio.TimerHandle | None = None

    def check_url(self, url: str, parameter: str) -> None:
        """Whether an address may be given at all. Raises InvalidArgument with one sentence that names the parameter."""
        self.rules.check(url, parameter)

    async def post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes, *, timeout_ms: int) -> Answered:
        """Post the body. timeout_ms: for all of it, from looking up the name to the last byte of the answer.

        Raises Refused when the address may not be posted to (nothing was connected), Unreachable when no usable answer came;
        the request may have been read all the same. Where a waiting connection turns out to be closed, with no byte of an
        answer, a fresh one carries the request again: give it an id that its receiver can know it by. A redirect is an answer
        like another. Callers see to it that one slow address does not fill all their time.
        """
        target = self.rules.read(url)
        request = request_bytes(target, headers, body, USER_AGENT)
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                head = await self._ask(target, request)
        except TimeoutError:
            raise Unreachable(f"No answer came within {timeout_ms / 1000:g} seconds.") from None
        return Answered(head.status, retry_after_ms(head.retry_after, self._clock))

    async def close(self) -> None:
        """End the connections."""
        for waiting in self._waiting.values():
            for each in waiting:
                each.wire.abort()
        self._waiting.clear()
        if self._sweep is not None:
            self._sweep.cancel()
        if self._own_look_up is not None:
            self._own_look_up.close()
        await asyncio.sleep(0)  # so that the transports let go of their sockets

    async def _ask(self, target: Target, request: bytes) -> Head:
        kept = self._take(target)
        if kept is not None:
            try:
                return await self._carry(target, kept, request)
            except Unreachable:
                if kept.wire.heard:
                    raise
                # It was closed while it waited, as servers do: nothing of an answer came, so a fresh connection carries it.
        return await self._carry(target, await self._connect(target), request)

    async def _carry(self, target: Target, carrier: _Waiting, request: bytes) -> Head:
        head = await carrier.wire.ask(request)
        if carrier.wire.usable:
            self._keep(target, carrier)
        else:
            carrier.wire.close()
        return head

    async def _connect(self, target: Target) -> _Waiting:
        addresses = await self._look_up(target.host, target.port)
        if not addresses:
            raise Unreachable("The name stands for no address.")
        if not self.rules.is_private(target) and not all(is_public(address) for address in addresses):
            raise Refused("stands for an address that is not of the public internet")
        loop = asyncio.get_running_loop()
        failure: Exception | None = None
        for address in addresses:
            try:
                _, wire = await loop.create_connection(
                    Wire,
                    address,
                    target.port,
                    ssl=self._context() if target.scheme == "https" else None,
                    server_hostname=target.host if target.scheme == "https" else None,
                )
            except OSError as error:
                failure = error
                continue
            return _Waiting(wire, loop.time(), loop.time())
        raise Unreachable(_said(failure)) from None

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = self._trusted()
        return self._tls

    def _take(self, target: Target) -> _Waiting | None:
        """A connection that waits, the one that was used last."""
        now = asyncio.get_running_loop().time()
        while waiting := self._waiting.get(target.endpoint):
            kept = waiting.pop()
            self._count -= 1
            if not waiting:
                del self._waiting[target.endpoint]
            if kept.wire.usable and _is_fresh(kept, now):
                return kept
            kept.wire.close()
        return None

    def _keep(self, target: Target, carrier: _Waiting) -> None:
        loop = asyncio.get_running_loop()
        self._waiting.setdefault(target.endpoint, []).append(_Waiting(carrier.wire, loop.time(), carrier.made_at))
        self._waiting.move_to_end(target.endpoint)
        self._count += 1
        while self._count > IDLE_MOST:
            self._drop_oldest()
        if self._sweep is None:
            self._sweep = loop.call_later(IDLE_S, self._close_idle)

    def _drop_oldest(self) -> None:
        endpoint, waiting = next(iter(self._waiting.items()))
        waiting.pop(0).wire.close()
        self._count -= 1
        if not waiting:
            del self._waiting[endpoint]

    def _close_idle(self) -> None:
        """Whoever posts nothing holds no connection."""
        loop = asyncio.get_running_loop()
        for endpoint, waiting in list(self._waiting.items()):
            fresh = [each for each in waiting if each.wire.usable and _is_fresh(each, loop.time())]
            for each in waiting:
                if each not in fresh:
                    each.wire.close()
            self._count -= len(waiting) - len(fresh)
            if fresh:
                self._waiting[endpoint] = fresh
            else:
                del self._waiting[endpoint]
        self._sweep = loop.call_later(IDLE_S, self._close_idle) if self._waiting else None


def _is_fresh(kept: _Waiting, now: float) -> bool:
    return now - kept.since < IDLE_S and now - kept.made_at < LASTS_S


def _system_trust() -> ssl.SSLContext:
    """The certificates that the rest of the program trusts."""
    return httpx2.create_ssl_context(trust_env=False)


def _said(failure: Exception | None) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return "The certificate there is not valid for the name, or is not trusted."
    if isinstance(failure, ssl.SSLError):
        return "No TLS connection could be made."
    return "No connection could be made."
