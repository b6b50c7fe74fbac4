"""Reading what was said before, files and pictures."""

from collections.abc import AsyncIterator

import msgspec

from trunkline.contract.events import HistoryPage
from trunkline.model.errors import InvalidArgument, NotFound, TrunklineError
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.jids import is_jid
from trunkline.networks.whatsapp.keyless import keyless
from trunkline.networks.whatsapp.linked import troubles
from trunkline.networks.whatsapp.linked.changing import key_of
from trunkline.networks.whatsapp.linked.process import CallFailed
from trunkline.networks.whatsapp.linked.session import LinkedSession
from trunkline.networks.whatsapp.passing import chunks

_MOST_AT_ONCE = 1_000
_ASKED_AT_ONCE = 50
_ASKS = 20
_ASKS_PER_MS = 600_000
"""How often the phone is asked for older messages: history reads are what networks punish first. Our guess."""
_DOWNLOAD_S = 55.0


class ReadsHistory(LinkedSession):
    """history"""

    async def history(self, chat: str, cursor: str | None, count: int) -> HistoryPage:
        """Messages going backwards: what was pushed to us, then what the phone still gives."""
        chat = (await self._chat(chat)).info.provider_id
        count = max(1, min(count, _MOST_AT_ONCE))
        below = None if cursor is None else _place(cursor)
        found = await self._link.books(lambda books: books.messages(chat, below, count + 1))
        if len(found) <= count and await self._ask_phone(chat):
            found = await self._link.books(lambda books: books.messages(chat, below, count + 1))
        shown = found[:count]
        more = f"{shown[-1].at_ms}.{shown[-1].order}" if len(found) > count else None
        return HistoryPage(messages=tuple(keyless(msgspec.structs.replace(each, live=False)) for each in shown), cursor=more)

    async def _ask_phone(self, chat: str) -> bool:
        """Ask for messages before the oldest that is known; gives whether some came. No answer is none: a phone may be off."""
        oldest = await self._link.books(lambda books: books.oldest(chat))
        if oldest is None or not await self._may_ask(chat):
            return False
        try:
            ask = await self._link.socket(
                "fetchMessageHistory", "ask for older messages", _ASKED_AT_ONCE, key_of(oldest), oldest.at_ms // 1000
            )
        except TrunklineError:
            return False
        if not await self._link.answered(str(ask), self._link.options.history_ms / 1000):
            await self._link.books(lambda books: books.set_fact("phone silent", str(self._link.clock())))
            return False
        fresh = await self._link.books(lambda books: books.oldest(chat))
        if fresh is None or fresh.provider_id == oldest.provider_id:
            await self._link.books(lambda books: books.set_fact(f"whole {chat}", oldest.provider_id))
            return False
        return True

    async def _may_ask(self, chat: str) -> bool:
        now = self._link.clock()

        def work(books: Books) -> bool:
            if books.fact(f"whole {chat}") is not None:
                return False
            if now - int(books.fact("phone silent") or 0) < _ASKS_PER_MS:
                return False
            asked = [at for at in msgspec.json.decode(books.fact("asked") or "[]") if at > now - _ASKS_PER_MS]
            if len(asked) >= _ASKS:
                return False
            books.set_fact("asked", msgspec.json.encode([*asked, now]).decode())
            return True

        return await self._link.books(work)


class FetchesFiles(LinkedSession):
    """files"""

    async def fetch_file(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a message's file. Once WhatsApp has them no more, the phone is asked to give them again."""
        chat, _, number = ref.partition("|")
        # A ref may have been given while the chat was still another's, by the hidden number of the same person.
        message = await self._link.books(lambda books: books.message(books.meaning(chat), number))
        if message is None or message.raw is None:
            raise NotFound("This file is not here any more.")
        async with self._passing.path() as path:
            await self._load("download", message=msgspec.json.decode(message.raw), path=str(path))
            async for chunk in chunks(path):
                yield chunk

    async def _load(self, method: str, **params: object) -> object:
        try:
            return await self._link.ask(method, _DOWNLOAD_S, **params)
        except CallFailed as error:
            raise troubles.not_loaded(error) from None


class FetchesPictures(FetchesFiles):
    """pictures"""

    async def fetch_picture(self, ref: str) -> AsyncIterator[bytes]:
        """Somebody's or a group's picture, by their address."""
        if not is_jid(ref):
            raise NotFound("There is no such picture.")
        async with self._passing.path() as path:
            if not await self._load("picture", person=ref, path=str(path)):
                raise NotFound("They have no picture, or do not show it to this account.")
            async for chunk in chunks(path):
                yield chunk


def _place(cursor: str) -> tuple[int, int]:
    at_ms, _, order = cursor.partition(".")
    if not at_ms.isdigit() or not order.isdigit():
        raise InvalidArgument("The cursor is not one of this history. Begin without a cursor.")
    return int(at_ms), int(order)
