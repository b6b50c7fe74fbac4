"""history, files, pictures."""

from collections.abc import AsyncIterator
from typing import Any

from telethon import functions, types

from trunkline.contract.events import HistoryPage, MessageArrived
from trunkline.model.errors import NetworkFailed, NotFound, NotPossible
from trunkline.networks.telegram.convert.files import FileRef, read_ref, ref_in
from trunkline.networks.telegram.convert.ids import is_id, message_id
from trunkline.networks.telegram.convert.messages import arrived_anyhow
from trunkline.networks.telegram.user.session import BaseSession

_AT_ONCE = 100
"""Messages in one answer of messages.getHistory; Telegram gives no more."""
_CHUNK = 512 * 1024
"""Bytes in one answer of upload.getFile."""


class ReadsHistory(BaseSession):
    """history"""

    async def history(self, chat: str, cursor: str | None, count: int) -> HistoryPage:
        """Messages going backwards. Marks nothing read."""
        desk = self._desk
        peer = await desk.peer(chat)
        offset = _offset(cursor)
        found: list[MessageArrived] = []
        while len(found) < count:
            wanted = min(_AT_ONCE, count - len(found))
            answer = await desk.call(
                functions.messages.GetHistoryRequest(
                    peer, offset_id=offset, offset_date=None, add_offset=0, limit=wanted, max_id=0, min_id=0, hash=0
                )
            )
            messages = [each for each in answer.messages if type(each).__name__ != "MessageEmpty"]
            await desk.remember_quoted(messages)
            found += [arrived_anyhow(each, desk.known) for each in messages]
            desk.note(*await desk.first_of_topics(messages))
            if len(answer.messages) < wanted:
                return HistoryPage(messages=tuple(found))
            offset = answer.messages[-1].id
        return HistoryPage(messages=tuple(found), cursor=str(offset))


class FetchesFiles(BaseSession):
    """files, pictures"""

    async def fetch_file(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a file. Its reference ends after a while: then it is had anew from its message."""
        wanted = read_ref(ref)
        try:
            first = await self._part(_location(wanted), wanted.data_center, 0)
        except NotFound:
            wanted = await self._renewed(wanted)
            first = await self._part(_location(wanted), wanted.data_center, 0)
        async for chunk in self._parts(_location(wanted), wanted.data_center, first):
            yield chunk

    async def fetch_picture(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a person's or a chat's picture."""
        name, _, number = ref.partition("/")
        if not (is_id(name) and number.isascii() and number.isdigit()):
            raise NotFound("The network no longer has this picture.")
        peer = await self._desk.peer(name)
        location = types.InputPeerPhotoFileLocation(peer, int(number), big=True)
        first = await self._part(location, None, 0)
        async for chunk in self._parts(location, None, first):
            yield chunk

    async def _parts(self, location: Any, data_center: int | None, first: bytes) -> AsyncIterator[bytes]:
        part, at = first, 0
        while part:
            yield part
            if len(part) < _CHUNK:
                return
            at += len(part)
            part = await self._part(location, data_center, at)

    async def _part(self, location: Any, data_center: int | None, at: int) -> bytes:
        request = functions.upload.GetFileRequest(location, offset=at, limit=_CHUNK)
        answer = await self._desk.line.call_elsewhere(request, data_center)
        if not isinstance(answer, types.upload.File):
            raise NetworkFailed("Telegram keeps this file where it cannot be fetched from here.")
        return bytes(answer.bytes)

    async def _renewed(self, ref: FileRef) -> FileRef:
        try:
            message = await self._desk.message(ref.chat, message_id(ref.chat, ref.message))
        except NotPossible:
            raise NotFound("The network no longer has this file.") from None
        found = ref_in(ref.chat, message)
        if found is None or found.id != ref.id:
            raise NotFound("The network no longer has this file.")
        return found


def _location(ref: FileRef) -> Any:
    kind = types.InputPhotoFileLocation if ref.kind == "photo" else types.InputDocumentFileLocation
    return kind(ref.id, ref.access_hash, ref.reference, ref.thumb)


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit()):
        raise NetworkFailed("The stored place in the history is none of Telegram's.")
    return int(cursor)
