"""Telegram's data centres: each has its own address and wants a key of its own. Accounts live in one, files lie in any.

Which address a centre has, the server says (help.getConfig). Source: core.telegram.org/api/datacenter, 2026-11-23.
"""

import asyncio
from typing import Any

from telethon import TelegramClient, functions
from telethon.client import telegrambaseclient

REACH_S = 15
"""How long reaching a data centre may take, with a new key and the login brought there."""
_IDLE_S = telegrambaseclient._DISCONNECT_EXPORTED_AFTER + 1
"""A connection to another centre is let go of after so long without a file."""


class Library(TelegramClient):  # type: ignore[misc]
    """Telethon's client without its own handling of updates: `mailbox.py` does that, with positions that are stored."""

    async def _update_loop(self) -> None:
        return

    async def _get_dc(self, dc_id: int, cdn: bool = False) -> Any:
        """The DcOption of a centre. Telethon would keep one server's answer for every account of the process.

        Raises ConnectionError where the server names none that can be reached from here.
        """
        config = await self._call(self._sender, functions.help.GetConfigRequest())
        for each in config.dc_options:
            if each.id == dc_id and not (each.ipv6 or each.cdn or each.media_only or each.tcpo_only):
                return each
        raise ConnectionError


class Elsewhere:
    """One account's connections to the centres where its files lie, each made at the first file and let go of when idle."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._idle: asyncio.TimerHandle | None = None
        self._tidying: asyncio.Task[None] | None = None

    async def ask(self, data_center: int, request: Any) -> Any:
        """Ask a centre. Raises what the library raises."""
        async with asyncio.timeout(REACH_S):
            sender = await self._library._borrow_exported_sender(data_center)
        try:
            return await self._library._call(sender, request)
        finally:
            await self._library._return_exported_sender(sender)
            self._wait_until_idle()

    def close(self) -> None:
        """The library is about to close them all."""
        if self._idle is not None:
            self._idle.cancel()

    def _wait_until_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(_IDLE_S, self._tidy)

    def _tidy(self) -> None:
        self._tidying = asyncio.create_task(self._library._clean_exported_senders(), name="telegram files")
