"""A session of a business number: what every account can do. What it writes is in `sending.py`, its files in `files.py`."""

from collections.abc import AsyncIterator

import msgspec

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, Media
from trunkline.contract.events import ChatPage, MessageArrived, PersonInfo, Update
from trunkline.contract.session import Concern
from trunkline.model.errors import InvalidArgument, NotPossible
from trunkline.networks.whatsapp.books import Chat
from trunkline.networks.whatsapp.cloud.number import Number
from trunkline.networks.whatsapp.cloud.road import Road

_CHATS_AT_ONCE = 50


class CloudSession:
    """One account."""

    def __init__(self, road: Road, number: Number, keeper: Keeper, media: Media, sheet: Capabilities) -> None:
        self._road = road
        self._number = number
        self._keeper = keeper
        self._media = media
        self._sheet = sheet
        self._is_user = False

    async def connect(self) -> PersonInfo:
        """Check token and number, and take what is posted from now on."""
        own = await self._number.connect(self._keeper)
        if not self._is_user:
            self._is_user = True
            self._road.posts.join(self._number)
        return own

    @property
    def capabilities(self) -> Capabilities:
        """The account's sheet."""
        return self._sheet

    def listen(self, position: str | None) -> AsyncIterator[Update]:
        """What was posted from `position` on."""
        return self._number.listen(position)

    def concern(self) -> Concern | None:
        """That what is posted for the number is refused (contract/session.py, RaisesConcern)."""
        return self._number.unproven.concern(self._number.account.account_id)

    async def chats(self, cursor: str | None) -> ChatPage:
        """The chats that were heard of here: the API has no list of them."""
        below = None if cursor is None else _place(cursor)
        found = await self._number.books(lambda books: books.chats(below, _CHATS_AT_ONCE + 1))
        shown = found[:_CHATS_AT_ONCE]
        more = f"{shown[-1].active_ms}.{shown[-1].info.provider_id}" if len(found) > _CHATS_AT_ONCE else None
        infos = (msgspec.structs.replace(each.info, unread_count=each.unread, active_at_ms=each.active_ms) for each in shown)
        return ChatPage(chats=tuple(infos), cursor=more)

    async def close(self) -> None:
        """Take no more posts, once nobody else does: Meta repeats them."""
        if self._is_user:
            self._is_user = False
            self._road.posts.leave(self._number)

    async def _chat(self, chat: str) -> Chat:
        """A chat. Raises NotPossible where the account has none."""
        known = await self._number.books(lambda books: books.chat(chat))
        if known is None:
            raise NotPossible("The account has no such chat. Nothing was done.")
        return known

    async def _message(self, chat: str, message: str) -> MessageArrived:
        """A message. Raises NotPossible where it is not there, or no more."""
        known = await self._number.books(lambda books: books.message(chat, message))
        if known is None or known.deleted:
            raise NotPossible("The chat has no such message, or it was deleted. Nothing was done.")
        return known


def _place(cursor: str) -> tuple[int, str]:
    active, _, chat = cursor.partition(".")
    if not active.isdigit():
        raise InvalidArgument("The cursor is not one of this list. Begin without a cursor.")
    return int(active), chat
