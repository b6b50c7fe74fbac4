"""Calls to the Graph API over httpx, with our errors, at Meta's pace. No call is ever repeated here.

A read or write that could not be made is NotReached; a write whose answer was lost is NetworkFailed: nobody knows what became
of it. No redirect is followed: a token goes to the host it was meant for or nowhere.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx2

from trunkline.model.errors import NetworkFailed, NotFound, NotReached, Throttled
from trunkline.model.times import Clock
from trunkline.networks._graph.pace import Pace
from trunkline.networks._graph.refusals import Table, error_of

Json = dict[str, Any]
OpenHttp = Callable[[], httpx2.AsyncClient]

TIMEOUT_S = 30.0
CONNECT_S = 10.0
UPLOAD_S = 600.0
ANSWER_MOST_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_MEDIA_HOSTS = ("fbcdn.net", "fbsbx.com", "facebook.com", "whatsapp.net", "cdninstagram.com")
"""Where Meta's media lie. Source: developers.facebook.com, Cloud API media reference (lookaside.fbsbx.com), seen 2026-11-22."""


def open_http() -> httpx2.AsyncClient:
    """Connections of one road; proxies are taken from the environment."""
    return httpx2.AsyncClient(follow_redirects=False, timeout=httpx2.Timeout(TIMEOUT_S, connect=CONNECT_S))


class Lines:
    """The connections that the accounts of a road share, made at the first use."""

    def __init__(self, opens: OpenHttp = open_http) -> None:
        self._opens = opens
        self._http: httpx2.AsyncClient | None = None

    def http(self) -> httpx2.AsyncClient:
        """The connections."""
        if self._http is None or self._http.is_closed:
            self._http = self._opens()
        return self._http

    async def close(self) -> None:
        """Let go of them."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()


@dataclass(frozen=True)
class Product:
    """What stands on the Graph API. name: for sentences; table: its own error codes."""

    name: str
    table: Table = field(default_factory=dict)


class GraphClient:
    """One token's calls. base_url: with the version, without a slash at its end."""

    def __init__(self, base_url: str, token: str, product: Product, clock: Clock, lines: Lines) -> None:
        self.base_url = base_url
        self._token = token
        self._product = product
        self._pace = Pace(clock)
        self._lines = lines

    async def get(self, path: str, **query: str) -> Json:
        """Read an object or an edge."""
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: Json) -> Json:
        """Write. Raises what the answer means (refusals.py), Throttled, NotReached; NetworkFailed where nobody knows."""
        return await self._call("POST", path, json=body)

    async def upload(self, path: str, fields: Mapping[str, str], file: tuple[str, bytes, str]) -> Json:
        """Put a file (name, bytes, media type) there. Nobody sees it before it is sent, so that every failure is certain."""
        try:
            return await self._call("POST", path, timeout_s=UPLOAD_S, data=dict(fields), files={"file": file})
        except NetworkFailed:
            raise NotReached(
                f"The file could not be uploaded to {self._product.name}. Nothing was sent; try again later."
            ) from None

    async def download(self, url: str) -> AsyncIterator[bytes]:
        """The bytes at an address of Meta's. Raises NotFound for another host or no file, NetworkFailed if they break off."""
        if not self._is_metas(url):
            raise NotFound(f"The file lies outside of {self._product.name}; it cannot be fetched here.")
        request = self._lines.http().build_request("GET", url, headers=self._headers(), timeout=self._timeout(TIMEOUT_S))
        try:
            async with aclosing(await self._lines.http().send(request, stream=True)) as answer:
                if answer.status_code != HTTPStatus.OK:
                    raise NotFound(f"{self._product.name} has the file no more.")
                async for chunk in answer.aiter_bytes(CHUNK_BYTES):
                    yield chunk
        except httpx2.HTTPError as error:
            raise NetworkFailed("The file broke off; try again.") from error

    async def _call(self, method: str, path: str, *, timeout_s: float = TIMEOUT_S, **request: Any) -> Json:
        if (wait := self._pace.wait_ms()) > 0:
            raise Throttled(f"{self._product.name} takes no more calls now. Nothing was done.", retry_after_ms=wait)
        built = self._lines.http().build_request(
            method, f"{self.base_url}/{path}", headers=self._headers(), timeout=self._timeout(timeout_s), **request
        )
        try:
            async with asyncio.timeout(timeout_s), aclosing(await self._lines.http().send(built, stream=True)) as answer:
                body = await _capped(answer)
        except _NEVER_LEFT as error:
            raise NotReached(f"{self._product.name} could not be reached. Nothing was done; try again later.") from error
        except (httpx2.HTTPError, TimeoutError) as error:
            raise NetworkFailed(f"{self._product.name} gave no whole answer ({type(error).__name__}).") from None
        return self._judged(answer.status_code, answer.headers, body)

    def _judged(self, status: int, headers: Mapping[str, str], body: bytes) -> Json:
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if status < HTTPStatus.MULTIPLE_CHOICES and isinstance(answer, dict) and "error" not in answer:
            self._pace.passed()
            return answer
        error = error_of(status, answer, self._product.table, name=self._product.name)
        if isinstance(error, Throttled) and error.retry_after_ms is None:
            error.retry_after_ms = self._pace.close({name.lower(): value for name, value in headers.items()})
        raise error

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._token}"}

    def _timeout(self, timeout_s: float) -> httpx2.Timeout:
        return httpx2.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))

    def _is_metas(self, url: str) -> bool:
        """Whether an address is on a host of Meta's media, or where the API is."""
        there, api = urlsplit(url), urlsplit(self.base_url)
        if (there.scheme, there.netloc) == (api.scheme, api.netloc):
            return True
        host = there.hostname or ""
        return there.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in _MEDIA_HOSTS)


async def _capped(answer: httpx2.Response) -> bytes:
    pieces, size = [], 0
    async for chunk in answer.aiter_bytes():
        size += len(chunk)
        if size > ANSWER_MOST_BYTES:
            raise httpx2.ReadError("the answer is too large")
        pieces.append(chunk)
    return b"".join(pieces)
