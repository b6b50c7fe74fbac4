"""A session of the linked device: what every account can do. What the abilities add is in `sending.py` and its kin."""

from collections.abc import AsyncIterator

import msgspec

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, Media
from trunkline.contract.events import ChatPage, MessageArrived, PersonInfo, Update
from trunkline.model.errors import InvalidArgument, NotPossible
from trunkline.networks.whatsapp.books import Chat
from trunkline.networks.whatsapp.linked.link import Link
from trunkline.networks.whatsapp.passing import Passing

_CHATS_AT_ONCE = 50


class LinkedSession:
    """One account. Its connection is the link's, which other sessions of the account share."""

    def __init__(self, link: Link, keeper: Keeper, media: Media, passing: Passing, sheet: Capabilities) -> None:
        self._link = link
        self._keeper = keeper
        self._media = media
        self._passing = passing
        self._sheet = sheet
        self._is_user = False

    async def connect(self) -> PersonInfo:
        """Reach WhatsApp and say who we are."""
        if not self._is_user:
            self._is_user = True
            self._link.users += 1
        own = await self._link.connect(self._keeper)
        if not str(self._link.creds.get("platform") or "").startswith("smb"):
            self._sheet = msgspec.structs.replace(self._sheet, label=None)
        return own

    @property
    def capabilities(self) -> Capabilities:
        """The account's sheet: labels exist on WhatsApp Business only."""
        return self._sheet

    def listen(self, position: str | None) -> AsyncIterator[Update]:
        """What happens from `position` on; it was stored while nobody listened."""
        return self._link.listen(position)

    async def chats(self, cursor: str | None) -> ChatPage:
        """The account's chats as they are known here."""
        below = None if cursor is None else _chat_place(cursor)
        found = await self._link.books(lambda books: books.chats(below, _CHATS_AT_ONCE + 1))
        shown = found[:_CHATS_AT_ONCE]
        more = f"{shown[-1].active_ms}.{shown[-1].info.provider_id}" if len(found) > _CHATS_AT_ONCE else None
        return ChatPage(
            chats=tuple(
                msgspec.structs.replace(each.info, unread_count=each.unread, active_at_ms=each.active_ms) for each in shown
            ),
            cursor=more,
        )

    async def close(self) -> None:
        """Let go of the connection; the last session of the account ends it."""
        if self._is_user:
            self._is_user = False
            await self._link.release()

    def _is_own(self, jid: str) -> bool:
        """Whether it is an address of our own user, the phone number's or the hidden one."""
        return jid in (self._link.own.provider_id, *self._link.own.also)

    async def _chat(self, chat: str) -> Chat:
        """A chat, by whichever address of it. Raises NotPossible where the account has none."""
        known = await self._link.books(lambda books: books.chat(chat) or books.chat(books.meaning(chat)))
        if known is None:
            raise NotPossible(f"The account has no chat {chat}.")
        return known

    async def _message(self, chat: str, message: str) -> MessageArrived:
        """A message. Raises NotPossible where it is not there, or no more."""
        known = await self._link.books(
            lambda books: books.message(chat, message) or books.message(books.meaning(chat), message)
        )
        if known is None or known.deleted:
            raise NotPossible("The chat has no such message, or it was deleted. Nothing was done.")
        return known


def _chat_place(cursor: str) -> tuple[int, str]:
    active, _, chat = cursor.partition(".")
    if not active.isdigit():
        raise InvalidArgument("The cursor is not one of this list. Begin without a cursor.")
    return int(active), chat
