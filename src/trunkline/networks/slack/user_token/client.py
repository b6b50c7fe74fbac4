"""Slack's Web API over slack_sdk's async client, with our errors, at our pace.

Traps (networks.md 1.2), each met here: slack_sdk sends many methods as GET, or arguments in the query of a POST; real Slack
takes a form body for every method, so that is what is sent. Its retry handlers would send a message twice: none are set. At the
level DEBUG its log shows texts: it gets a logger that writes nowhere.
"""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from trunkline.model.errors import NetworkFailed, NotFound, NotReached, Throttled
from trunkline.networks.slack.user_token.refusals import error_of
from trunkline.networks.slack.user_token.tiers import Pace

Json = dict[str, Any]
OpenHttp = Callable[[], aiohttp.ClientSession]

TIMEOUT_S = 30.0
UPLOAD_S = 600.0
CHUNK_BYTES = 64 * 1024
UNASKED_MS = 30_000
"""How long is waited where a 429 does not say."""

_SILENT = logging.Logger("trunkline.slack_sdk", level=logging.CRITICAL + 1)
_SILENT.addHandler(logging.NullHandler())


def open_http() -> aiohttp.ClientSession:
    """A session of its own per account; proxies are taken from the environment."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=True)


class FormClient(AsyncWebClient):
    """slack_sdk's client, every call a POST with a form body."""

    async def api_call(self, api_method: str, **arguments: Any) -> Any:
        """As the base class, but for where the arguments go."""
        if not arguments.get("json") and not arguments.get("files"):
            form = {**(arguments.pop("params", None) or {}), **(arguments.pop("data", None) or {})}
            arguments |= {"http_verb": "POST", "data": {name: _form_value(value) for name, value in form.items()}}
        return await super().api_call(api_method, **arguments)


class Client:
    """One token's calls. Opens its connections at the first one."""

    def __init__(self, base_url: str, token: str | None, pace: Pace, opens: OpenHttp = open_http) -> None:
        self.base_url = base_url
        self._token = token
        self._pace = pace
        self._opens = opens
        self._http: aiohttp.ClientSession | None = None
        self._library: FormClient | None = None

    @property
    def http(self) -> aiohttp.ClientSession:
        """The connections."""
        if self._http is None or self._http.closed:
            self._http = self._opens()
        return self._http

    async def call(self, method: str, **arguments: Any) -> Json:
        """Call a method; arguments that are None are left out.

        Raises what the answer means (refusals.py), Throttled, NotReached, and NetworkFailed where nobody knows what was done.
        """
        return (await self.call_with_headers(method, **arguments))[0]

    async def call_with_headers(self, method: str, **arguments: Any) -> tuple[Json, Mapping[str, str]]:
        """As `call`, with the answer's headers, their names in lower case."""
        self._pace.take(method)
        form = {name: value for name, value in arguments.items() if value is not None}
        try:
            response = await self._api().api_call(method, data=form)
        except aiohttp.ClientConnectorError as error:
            raise NotReached("Slack could not be reached. Nothing was sent; try again later.") from error
        except SlackClientError as error:
            response = getattr(error, "response", None)
            if response is None or not hasattr(response, "status_code"):
                raise NetworkFailed("Slack's answer could not be read.") from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise NetworkFailed(f"Slack gave no whole answer ({type(error).__name__}).") from None
        return self._judged(method, response.status_code, response.headers, response.data)

    async def patient(self, method: str, **arguments: Any) -> Json:
        """As `call`, waiting out what Slack's pace asks for: for reads that nobody waits for with a clock in hand."""
        while True:
            try:
                return await self.call(method, **arguments)
            except Throttled:
                await self._pace.pass_by(method)

    async def upload(self, url: str, data: bytes) -> None:
        """Put the bytes of a file where Slack said. Nothing is seen of them until the upload is completed."""
        try:
            async with self.http.post(url, data=data, timeout=aiohttp.ClientTimeout(total=UPLOAD_S)) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotReached("The file could not be uploaded to Slack. Nothing was sent; try again later.") from error
        if answer.status != HTTPStatus.OK:
            raise NotReached("Slack did not take the file's bytes. Nothing was sent; try again later.")

    async def download(self, url: str, *, with_token: bool) -> AsyncIterator[bytes]:
        """The bytes at an address. Raises NotFound when there are none, NetworkFailed when they break off.

        Redirects are not followed: a token goes to the host it was meant for or nowhere.
        """
        headers = {"authorization": f"Bearer {self._token}"} if with_token else {}
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_S, sock_read=TIMEOUT_S)
        try:
            async with self.http.get(url, headers=headers, timeout=timeout, allow_redirects=False) as answer:
                if answer.status != HTTPStatus.OK:
                    raise NotFound("Slack has the file no more.")
                async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NetworkFailed("The file broke off; try again.") from error

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.close()

    def _api(self) -> FormClient:
        """slack_sdk's client over our connections, which know of proxies by themselves."""
        if self._library is None or self._library.session is not self.http:
            made = FormClient(self._token, self.base_url, session=self.http, logger=_SILENT, retry_handlers=[])
            made.proxy = None
            self._library = made
        return self._library

    def _judged(self, method: str, status: int, headers: Mapping[str, str], answer: object) -> tuple[Json, Mapping[str, str]]:
        lower = {name.lower(): value for name, value in headers.items()}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            wait = _seconds_ms(lower.get("retry-after"))
            self._pace.close(method, wait)
            raise Throttled(f"Slack takes no more calls of {method} now. Nothing was done.", retry_after_ms=wait)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NetworkFailed(f"Slack has trouble of its own (HTTP {status} for {method}).")
        if not isinstance(answer, dict) or "ok" not in answer:
            raise NetworkFailed(f"Slack answered {method} with something that is no answer (HTTP {status}).")
        if answer["ok"] is not True:
            raise error_of(answer)
        return answer, lower


def _form_value(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _seconds_ms(text: str | None) -> int:
    return int(text) * 1000 if text is not None and text.isascii() and text.isdigit() else UNASKED_MS
