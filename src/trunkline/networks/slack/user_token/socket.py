"""Socket Mode: one connection per app-level token, however many accounts use that app.

Slack deals the events of an app out over all of its connections, so that two accounts with a connection each would each hear
half of it. slack_sdk's own socket client is not used: it acknowledges before anything is stored and reconnects without an end.
Source: docs.slack.dev/apis/events-api/using-socket-mode, seen 2026-11-22.
"""

import asyncio
import json
import logging
from typing import Any

import aiohttp

from trunkline.model.errors import NetworkFailed, NotReached, Restricted, TrunklineError
from trunkline.networks.slack.user_token.client import Client
from trunkline.networks.slack.user_token.feed import Fanout, Subscription

log = logging.getLogger(__name__)

HEARTBEAT_S = 20.0
LARGEST_BYTES = 16 * 1024 * 1024
SHORTEST_S = 1.0
"""A connection that Slack wants renewed sooner than that is no connection: the hub's own backoff goes on from there."""
RENEWED = frozenset({"warning", "refresh_requested"})
"""Reasons for which Slack ends a connection that is to be followed by another at once."""


class Socket:
    """The connection of one app."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._fanout = Fanout()
        self._acks: asyncio.Queue[str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._hello: asyncio.Future[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody listens."""
        return not self._fanout.subscriptions

    async def subscribe(self, team: str) -> Subscription:
        """Listen; returns once Slack has said hello. Raises what the connection fails with."""
        if self._task is None or self._task.done():
            self._hello = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._run(self._hello), name="slack socket")
        assert self._hello is not None
        subscription = Subscription(team)
        self._fanout.subscriptions.append(subscription)
        try:
            await asyncio.shield(self._hello)
        except BaseException:
            await self.unsubscribe(subscription)
            raise
        return subscription

    async def unsubscribe(self, subscription: Subscription) -> None:
        """Stop listening; the last one ends the connection."""
        if subscription in self._fanout.subscriptions:
            self._fanout.subscriptions.remove(subscription)
        if self.is_idle:
            await self.close()

    async def close(self) -> None:
        """End the connection."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._client.close()

    async def _run(self, hello: asyncio.Future[None]) -> None:
        error: TrunklineError
        try:
            while True:
                await self._connection(hello)
        except asyncio.CancelledError:
            hello.cancel()
            raise
        except TrunklineError as met:
            error = met
        except (aiohttp.ClientError, TimeoutError, OSError) as met:
            error = NotReached(f"Slack's socket could not be opened ({type(met).__name__}); it is tried again by itself.")
        except Exception as met:
            log.exception("a socket of Slack ended in a bug")
            error = NetworkFailed(f"Slack's socket ended unexpectedly ({type(met).__name__}).")
        if not hello.done():
            hello.set_exception(error)
            hello.exception()  # nobody may be waiting
        self._fanout.end(error)

    async def _connection(self, hello: asyncio.Future[None]) -> None:
        """One connection; returns when Slack asks for the next one. Raises when it breaks."""
        url = (await self._client.call("apps.connections.open")).get("url")
        if not isinstance(url, str) or not url.startswith(("wss://", "ws://")):
            raise NetworkFailed("Slack gave no address for its socket.")
        began = asyncio.get_running_loop().time()
        async with self._client.http.ws_connect(
            url, heartbeat=HEARTBEAT_S, max_msg_size=LARGEST_BYTES, timeout=aiohttp.ClientWSTimeout(ws_close=2)
        ) as socket:
            acker = asyncio.create_task(self._acknowledge(socket), name="slack acks")
            try:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT and self._is_over(_decoded(message.data), hello):
                        if asyncio.get_running_loop().time() - began < SHORTEST_S:
                            raise NetworkFailed("Slack ends each socket as soon as it begins; it is tried again by itself.")
                        return
            finally:
                acker.cancel()
                await asyncio.gather(acker, return_exceptions=True)
        raise NetworkFailed("Slack closed the socket; it is opened again by itself.")

    def _is_over(self, said: Any, hello: asyncio.Future[None]) -> bool:
        """Take one message of the socket; whether Slack asks for a new connection."""
        if not isinstance(said, dict):
            return False
        kind = said.get("type")
        if kind == "hello" and not hello.done():
            hello.set_result(None)
        if kind == "disconnect":
            if said.get("reason") in RENEWED:
                return True
            if said.get("reason") == "link_disabled":
                raise Restricted("Socket Mode is switched off for the Slack app. Switch it on in the app's settings.")
            raise NetworkFailed("Slack ended the socket; it is opened again by itself.")
        envelope = said.get("envelope_id")
        if isinstance(envelope, str):
            given = 0
            if kind == "events_api":
                given = self._fanout.give(said.get("payload"), lambda: self._acks.put_nowait(envelope))
            if not given:  # nobody here is concerned
                self._acks.put_nowait(envelope)
        return False

    async def _acknowledge(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            envelope = await self._acks.get()
            await socket.send_str(json.dumps({"envelope_id": envelope}))


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
