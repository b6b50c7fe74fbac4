"""Files on their way out: as a photo, a video or a file, alone or in an album.

A photo or video that Telegram cannot take as one after all goes as a file: its refusal is certain, nothing was sent.
"""

from enum import StrEnum
from typing import Any

from telethon import functions, types

from trunkline.contract.commands import OutgoingFile, SendMessage
from trunkline.model.errors import MediaRefused, NetworkError, NotReached
from trunkline.networks.telegram.convert.films import film_of
from trunkline.networks.telegram.convert.photos import PHOTO_BYTES_MOST, PHOTO_TYPES, photo_name
from trunkline.networks.telegram.user.desk import Desk

_FILM_TYPE = "video/mp4"
"""The one kind of video that Telegram's apps play: core.telegram.org/bots/api, sendVideo, 2026-11-23."""
_ROUND_PIXELS = 384


class Way(StrEnum):
    """What a file is on Telegram."""

    PHOTO = "photo"
    VIDEO = "video"
    FILE = "file"
    VOICE = "voice"
    ROUND = "round"


async def ways_of(desk: Desk, files: tuple[OutgoingFile, ...]) -> tuple[Way, ...]:
    """How each goes. Telegram groups documents with documents alone: where one file must be one, all are."""
    ways = []
    for file in files:
        way = await _way(desk, file)
        if way is Way.FILE:
            return (Way.FILE,) * len(files)
        ways.append(way)
    return tuple(ways)


async def media_request(desk: Desk, command: SendMessage, ways: tuple[Way, ...], token: str, reply: Any) -> Any:
    """The request that says the files, brought to Telegram before.

    Raises MediaRefused where Telegram does not take them so, NotReached.
    """
    peer, text = await desk.peer(command.chat), command.text or ""
    if len(command.files) == 1:
        media = await _uploaded(desk, command.files[0], ways[0])
        return functions.messages.SendMediaRequest(peer, media, text, reply_to=reply, random_id=desk.random_id(token))
    parts = []
    for part, (file, way) in enumerate(zip(command.files, ways, strict=True)):
        known = await desk.call(functions.messages.UploadMediaRequest(peer, await _uploaded(desk, file, way)))
        said = "" if part else text
        parts.append(types.InputSingleMedia(_stored(known), said, random_id=desk.random_id(token, part)))
    return functions.messages.SendMultiMediaRequest(peer, parts, reply_to=reply)


async def _way(desk: Desk, file: OutgoingFile) -> Way:
    if file.role != "attachment":
        return Way.VOICE if file.role == "voice" else Way.ROUND
    if file.media_type in PHOTO_TYPES and file.size <= PHOTO_BYTES_MOST:
        return Way.FILE if photo_name(await desk.media.read(file.content)) is None else Way.PHOTO
    if file.media_type == _FILM_TYPE:
        return Way.FILE if film_of(await desk.media.read(file.content)) is None else Way.VIDEO
    return Way.FILE


async def _uploaded(desk: Desk, file: OutgoingFile, way: Way) -> Any:
    """The InputMedia of a file."""
    data = await desk.media.read(file.content)
    if not data:
        raise MediaRefused("Telegram takes no empty files. Nothing was sent.")
    name = photo_name(data) if way is Way.PHOTO else None
    try:
        brought = await desk.line.upload(data, name or file.file_name)
    except NetworkError as error:
        raise NotReached(f"The file could not be brought to Telegram. Nothing was sent. {error.text}") from None
    if name is not None:
        return types.InputMediaUploadedPhoto(brought)
    attributes: list[Any] = [types.DocumentAttributeFilename(file.file_name)]
    match way:
        case Way.VOICE:
            attributes.append(types.DocumentAttributeAudio(duration=0, voice=True))
        case Way.VIDEO | Way.ROUND:
            attributes.append(_moving(data, is_round=way is Way.ROUND))
    # Without nosound_video Telegram makes a video that has no sound an animated picture.
    return types.InputMediaUploadedDocument(
        brought, file.media_type, attributes, force_file=way is Way.FILE, nosound_video=way is Way.VIDEO
    )


def _moving(data: bytes, *, is_round: bool) -> Any:
    film = film_of(data)
    if is_round or film is None:
        seconds = 0 if film is None else film.seconds
        return types.DocumentAttributeVideo(duration=seconds, w=_ROUND_PIXELS, h=_ROUND_PIXELS, round_message=True)
    return types.DocumentAttributeVideo(duration=film.seconds, w=film.width, h=film.height, supports_streaming=True)


def _stored(known: Any) -> Any:
    """A file that Telegram knows, as a part of an album."""
    photo, document = getattr(known, "photo", None), getattr(known, "document", None)
    if isinstance(photo, types.Photo):
        return types.InputMediaPhoto(types.InputPhoto(photo.id, photo.access_hash, photo.file_reference))
    if isinstance(document, types.Document):
        return types.InputMediaDocument(types.InputDocument(document.id, document.access_hash, document.file_reference))
    raise MediaRefused("Telegram did not take a file of the album. Nothing was sent.")
