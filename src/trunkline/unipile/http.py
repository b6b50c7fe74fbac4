"""Sending a request to the remote API and bringing its answer back, within a time.

Reads are repeated with full jitter after 429, 5xx and broken connections, as long as the time allows; the peer's `Retry-After`
wins. A write is repeated only when it is certain that it never began: the connection could not be made, or the answer was 429,
or a 503 that says the account had no session. Every other broken end of a write is `Unclear`: unclear.py finds out. No redirect
is followed, no proxy of the environment is asked, and no body larger than ANSWER_MOST_BYTES is read.
"""

import asyncio
import random
import ssl
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx2

from trunkline.model.errors import NetworkFailed, NotReached, TrunklineError
from trunkline.model.times import Clock
from trunkline.operations.wire import Request
from trunkline.unipile.broken import reason_of
from trunkline.unipile.errors import error_of, lost_answer, never_began
from trunkline.unipile.form import FilePart
from trunkline.unipile.remote import Remote

ANSWER_MOST_BYTES = 64 * 1024 * 1024
PIECE_S = 30.0
"""How long each piece of a file may take to come."""
CONNECT_S = 10.0
"""How long the connection may take, and as long again its encryption."""
BACKOFF_BASE_S = 0.5
BACKOFF_CAP_S = 20.0
RETRY_AFTER_MOST_S = 86_400.0
TRIES_MOST = 5
_AGAIN = frozenset({429, 500, 502, 503, 504})
_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)

Sleep = Callable[[float], Any]


class Unclear(Exception):
    """A write whose outcome is not known: it may have been done. reason: a sentence on what broke."""

    def __init__(self, reason: str = "The Unipile server's answer was lost."):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Answered:
    """An answer, whole."""

    status: int
    headers: httpx2.Headers
    body: bytes

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Failure:
    """Why one try failed, whether another may follow, and the peer's word on when (seconds)."""

    error: Exception
    may_repeat: bool
    retry_after: float | None = None


class Progress:
    """How far a try has come, by the client's own account of it: httpcore's `trace` extension."""

    def __init__(self) -> None:
        self._event = ""

    async def __call__(self, event: str, info: dict[str, Any]) -> None:
        """Take note of what begins or ends."""
        self._event = event

    @property
    def is_connecting(self) -> bool:
        """Whether it came no farther than the connection, so that nothing of the request can have been read."""
        return self._event.startswith("connection.")


class RemoteHttp:
    """One pool of connections for all remotes. jitter gives a number from 0 to 1."""

    def __init__(
        self,
        clock: Clock,
        new_client: Callable[[], httpx2.AsyncClient] | None = None,
        *,
        jitter: Callable[[], float] = random.random,
        sleep: Sleep = asyncio.sleep,
    ):
        self._clock = clock
        self._new_client = new_client or closed_client
        self._jitter = jitter
        self._sleep = sleep
        self._client: httpx2.AsyncClient | None = None

    async def ask(
        self,
        remote: Remote,
        request: Request,
        *,
        deadline_ms: int,
        missing: TrunklineError,
        form: list[FilePart] | None = None,
    ) -> bytes:
        """The body of the success. missing: what a 404 means. Raises TrunklineError; Unclear for a write that may be done."""
        is_read = request.method == "GET"
        attempt = 0
        while True:
            answered = await self._try(remote, request, form, deadline_ms, is_read=is_read)
            if isinstance(answered, Answered):
                if answered.is_success:
                    return answered.body
                answered = self._refused(answered, missing, is_read=is_read)
            wait = self._pause_s(attempt, answered.retry_after, deadline_ms)
            attempt += 1
            if not answered.may_repeat or wait is None or attempt == TRIES_MOST:
                raise answered.error
            await self._sleep(wait)

    async def open(self, remote: Remote, request: Request, *, deadline_ms: int, missing: TrunklineError) -> httpx2.Response:
        """An open answer whose bytes are still to come; whoever reads it closes it. Raises TrunklineError.

        deadline_ms: when it must have begun; each further piece may take PIECE_S.
        """
        attempt = 0
        while True:
            opened = await self._open(remote, request, deadline_ms, missing)
            if isinstance(opened, httpx2.Response):
                return opened
            wait = self._pause_s(attempt, opened.retry_after, deadline_ms)
            attempt += 1
            if not opened.may_repeat or wait is None or attempt == TRIES_MOST:
                raise opened.error
            await self._sleep(wait)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()

    def _pool(self) -> httpx2.AsyncClient:
        """Made at the first use: reading the certificates costs what a server without such a connection need not pay."""
        if self._client is None:
            self._client = self._new_client()
        return self._client

    async def _try(
        self, remote: Remote, request: Request, form: list[FilePart] | None, deadline_ms: int, *, is_read: bool
    ) -> Answered | Failure:
        pool, progress = self._pool(), Progress()
        left_s = max((deadline_ms - self._clock()) / 1000, 0.05)
        timeout = httpx2.Timeout(left_s, connect=min(CONNECT_S, left_s * 0.45), pool=left_s * 0.9)
        try:
            async with asyncio.timeout(left_s):
                response = await pool.send(self._build(remote, request, form, timeout, progress), stream=True)
                async with aclosing(response):
                    return Answered(response.status_code, response.headers, await _capped(response))
        except _NEVER_LEFT as error:
            return Failure(_not_reached(error), may_repeat=True)
        except (httpx2.HTTPError, TimeoutError) as error:
            if progress.is_connecting:
                return Failure(_not_reached(httpx2.ConnectTimeout(str(error))), may_repeat=True)
            if not is_read:
                return Failure(Unclear(reason_of(error)), may_repeat=False)
            return Failure(NetworkFailed(f"{reason_of(error)} Nothing was changed; try again later."), may_repeat=True)

    async def _open(
        self, remote: Remote, request: Request, deadline_ms: int, missing: TrunklineError
    ) -> httpx2.Response | Failure:
        pool, progress = self._pool(), Progress()
        left_s = max((deadline_ms - self._clock()) / 1000, 0.05)
        timeout = httpx2.Timeout(PIECE_S, connect=min(CONNECT_S, left_s * 0.45), pool=left_s * 0.9)
        try:
            async with asyncio.timeout(left_s):
                response = await pool.send(self._build(remote, request, None, timeout, progress), stream=True)
                if response.is_success:
                    return response
                async with aclosing(response):
                    answered = Answered(response.status_code, response.headers, await _capped(response))
        except (httpx2.HTTPError, TimeoutError) as error:
            ended = httpx2.ConnectTimeout(str(error)) if progress.is_connecting else error
            return Failure(_not_reached(ended), may_repeat=True)
        return self._refused(answered, missing, is_read=True)

    def _refused(self, answered: Answered, missing: TrunklineError, *, is_read: bool) -> Failure:
        """What an answer that is no success means: a write that broke behind the door may have been done."""
        retry_after = retry_after_s(answered.headers, self._clock)
        error: TrunklineError = error_of(answered.status, answered.body, _milliseconds(retry_after), missing)
        if is_read:
            return Failure(error, answered.status in _AGAIN, retry_after)
        if answered.status == 429 or never_began(answered.status, answered.body):
            return Failure(error, may_repeat=True, retry_after=retry_after)
        if answered.status in (408, 504) or (answered.status >= 500 and answered.status != 501):
            return Failure(Unclear(lost_answer(answered.status, answered.body)), may_repeat=False)
        return Failure(error, may_repeat=False)

    def _build(
        self, remote: Remote, request: Request, form: list[FilePart] | None, timeout: httpx2.Timeout, progress: Progress
    ) -> httpx2.Request:
        body: dict[str, Any] = {}
        if form is not None:
            body = {"files": form}
        elif request.body is not None:
            body = {"json": request.body}
        return self._pool().build_request(
            request.method,
            f"{remote.base_url}/api/v1{request.path}",
            params=list(request.query) or None,
            headers={
                "X-API-KEY": remote.api_key,
                "accept": "application/json",
                # After a write its connection ends: what something in between sends once more (an answer twice) would be
                # taken for the answer of the next call on it.
                **({} if request.method == "GET" else {"connection": "close"}),
            },
            timeout=timeout,
            extensions={"trace": progress},
            **body,
        )

    def _pause_s(self, attempt: int, retry_after: float | None, deadline_ms: int) -> float | None:
        """How long to wait before the next try, None when the time does not allow one."""
        wait = min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2**attempt) * self._jitter()
        if retry_after is not None:
            wait = retry_after * (1 + self._jitter() / 10)  # so that those who were sent away do not all come back at once
        return wait if self._clock() + wait * 1000 < deadline_ms else None


def closed_client() -> httpx2.AsyncClient:
    """A client that goes nowhere by itself: no redirects, no proxy or netrc of the environment."""
    limits = httpx2.Limits(max_connections=100)
    return httpx2.AsyncClient(verify=_trusted(), trust_env=False, follow_redirects=False, limits=limits)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted. Reading them takes longer than anything else here."""
    return httpx2.create_ssl_context(trust_env=False)


def retry_after_s(headers: httpx2.Headers, clock: Clock) -> float | None:
    """The peer's word on when to come back, in seconds: a number or a date (RFC 9110 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), RETRY_AFTER_MOST_S)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    now = datetime.fromtimestamp(clock() / 1000, UTC)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), RETRY_AFTER_MOST_S)


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


def _not_reached(error: Exception) -> NotReached:
    return NotReached(f"{reason_of(error)} Nothing was done; try again later.")


async def _capped(response: httpx2.Response) -> bytes:
    pieces, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > ANSWER_MOST_BYTES:
            raise httpx2.ReadError("the answer is too large")
        pieces.append(chunk)
    return b"".join(pieces)
