"""The connection of a running login: made when it is first needed, and moved to the data centre that Telegram names."""

import asyncio
from typing import Any

from telethon import errors, types

from trunkline.model.errors import InvalidCredentials
from trunkline.networks.telegram.options import App
from trunkline.networks.telegram.user.client import Ended, Line, Wire
from trunkline.networks.telegram.user.refusals import Refused


class LoginLine:
    """At most one connection at a time."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._line: Line | None = None

    @property
    def line(self) -> Line:
        """The connection. Raises InvalidCredentials when the login is over."""
        if self._line is None:
            raise InvalidCredentials("This login is over. Begin it again.")
        return self._line

    async def reach(self, app: App) -> None:
        """Connect, where it is not done yet. Raises NotReached."""
        if self._line is None:
            line = Line(self._wire(), app)
            await line.open()
            self._line = line

    async def close(self) -> None:
        """Let go of the connection. Safe to call twice."""
        line, self._line = self._line, None
        if line is not None:
            await line.close()

    async def call(self, request: Any) -> Any:
        """Ask, and where Telegram says that the account or this address belongs to another data centre, ask there.

        Raises Refused, and as Line.call.
        """
        try:
            return await self._ask(request)
        except Refused as refused:
            if refused.moved_to is None:
                raise
            await self.line.move(refused.moved_to)
            return await self._ask(request)

    async def until_scanned(self, within_s: float) -> bool:
        """Whether a QR code was scanned in this time. Raises what ended the connection."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    arrival = await self.line.arrivals.get()
                    if isinstance(arrival, Ended):
                        raise arrival.error
                    if any(isinstance(each, types.UpdateLoginToken) for each in _updates_in(arrival)):
                        return True
        except TimeoutError:
            return False

    async def _ask(self, request: Any) -> Any:
        try:
            return await self.line.ask(request)
        except errors.RPCError as error:
            raise Refused(error) from None


def _updates_in(arrival: Any) -> list[Any]:
    return [arrival.update] if isinstance(arrival, types.UpdateShort) else list(getattr(arrival, "updates", ()))
