"""Knows whether the answer to a write has been handed, whole, to a client that was there (security.md R7)."""

import asyncio
import logging
from collections.abc import Callable

from starlette.types import Message, Receive, Send

from trunkline.surfaces.door.errors import log_unexpected
from trunkline.surfaces.door.gate import Gate

log = logging.getLogger(__name__)


class Delivery:
    """An ASGI `send` that tells the gateway once the last byte of the answer to `call` has left."""

    def __init__(self, send: Send, receive: Receive, gate: Gate, leave: Callable[[], None]):
        """leave: gives up the call's place (crowd.py). A client that has its answer may ask again before we have noted that."""
        self._send = send
        self._receive = receive
        self._gate = gate
        self._leave = leave
        self.call: int | None = None
        """Number of the call row; whoever answers the request sets it, for writes."""

    async def __call__(self, message: Message) -> None:
        """Pass a message on; at the last one, acknowledge."""
        call = self.call
        is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if is_last:
            self._leave()
        if call is None or not is_last:
            await self._send(message)
            return
        is_there = not await _has_gone(self._receive)
        await self._send(message)
        if is_there:
            try:
                await self._gate.answered(call)
            except Exception as error:
                # The answer is out. Unmarked, a repeat of the call gets the same answer once more, which is the safe side.
                log_unexpected(log, "answered", error)


async def _has_gone(receive: Receive) -> bool:
    """Whether the client has ended the connection, as far as the server below knows by now."""
    asking = asyncio.ensure_future(receive())
    await asyncio.sleep(0)
    if asking.done():
        return bool(asking.result()["type"] == "http.disconnect")
    asking.cancel()
    return False
