"""Photos and documents: what is brought, what a message may carry, what goes together in an album."""

import hashlib
from collections.abc import Sequence
from typing import Any

from telethon.tl import types

from trunkline.model.image_size import image_size
from trunkline.networks.telegram.fake.asking import Asking
from trunkline.networks.telegram.fake.connection import Refuse

_PHOTO_MOST, _SIDES_MOST, _RATIO_MOST = 10_000_000, 10_000, 20
_PHOTO_EXTENSIONS = ("jpg", "jpeg", "png", "webp")


def media_of(asking: Asking, media: Any) -> Any:
    """An uploaded photo or document as a message's media."""
    if not isinstance(media, types.InputMediaUploadedDocument | types.InputMediaUploadedPhoto):
        raise Refuse(400, "MEDIA_INVALID")
    parts = asking.key.parts.pop(media.file.id, {})
    if sorted(parts) != list(range(media.file.parts)):
        raise Refuse(400, "FILE_PARTS_INVALID")
    data = b"".join(parts[number] for number in sorted(parts))
    if isinstance(media.file, types.InputFile) and hashlib.md5(data).hexdigest() != media.file.md5_checksum:
        raise Refuse(400, "MD5_CHECKSUM_INVALID")
    if isinstance(media, types.InputMediaUploadedPhoto):
        return _photo_media(asking, data, media.file.name)
    attributes = list(media.attributes)
    film = next((each for each in attributes if isinstance(each, types.DocumentAttributeVideo)), None)
    if film is not None and not (film.round_message or media.force_file or media.nosound_video):
        attributes.append(types.DocumentAttributeAnimated())
    return document_media(asking.world, data, media.mime_type, attributes)


def document_media(world: Any, data: bytes, media_type: str, attributes: list[Any], data_center: int = 2) -> Any:
    """A stored file as a message's media."""
    number = world.number()
    document = types.Document(
        id=number, access_hash=number * 31, file_reference=world.reference, date=world.date(), mime_type=media_type,
        size=len(data), dc_id=data_center, attributes=attributes,
    )  # fmt: skip
    world.documents[number], world.files[number] = document, data
    return types.MessageMediaDocument(document=document)


def grouped(asking: Asking, parts: Sequence[Any]) -> list[Any]:
    """The media of an album: photos and videos, or documents alone; neither voice notes nor round videos.

    Source: core.telegram.org/api/files, 2026-11-22.
    """
    found = [_stored(asking, each.media) for each in parts]
    kinds = {kind_of(each) for each in found}
    if not (kinds <= {"photo", "video"} or kinds == {"file"}):
        raise Refuse(400, "MEDIA_GROUPED_INVALID")
    return found


def kind_of(media: Any) -> str:
    """What somebody sees: photo, video, gif, voice, round or file."""
    if isinstance(media, types.MessageMediaPhoto):
        return "photo"
    for each in media.document.attributes:
        match each:
            case types.DocumentAttributeAnimated():
                return "gif"
            case types.DocumentAttributeAudio(voice=True):
                return "voice"
    film = next((each for each in media.document.attributes if isinstance(each, types.DocumentAttributeVideo)), None)
    if film is None:
        return "file"
    return "round" if film.round_message else "video"


def kinds_in(answer: Any) -> list[str]:
    """The kinds of the media in an answer of type Updates."""
    said = [getattr(each, "message", None) for each in getattr(answer, "updates", ())]
    media = [getattr(message, "media", None) for message in said]
    return [kind_of(each) for each in media if each is not None]


def _photo_media(asking: Asking, data: bytes, name: str) -> Any:
    """A photo in one size. The real network makes it anew, smaller where it is large; here it stays as it came."""
    if asking.server.hits("cannot_process_photo"):
        raise Refuse(400, "IMAGE_PROCESS_FAILED")
    if name.rpartition(".")[2].lower() not in _PHOTO_EXTENSIONS:
        raise Refuse(400, "PHOTO_EXT_INVALID")
    size, world = image_size(data), asking.world
    shorter, longer = sorted((size.width, size.height))
    if not shorter or len(data) > _PHOTO_MOST or shorter + longer > _SIDES_MOST or longer > _RATIO_MOST * shorter:
        raise Refuse(400, "PHOTO_INVALID_DIMENSIONS")
    number = world.number()
    sizes = [types.PhotoSize("y", size.width, size.height, len(data))]
    photo = types.Photo(number, number * 31, world.reference, world.date(), sizes, 2)
    world.documents[number], world.files[number] = photo, data
    return types.MessageMediaPhoto(photo=photo)


def _stored(asking: Asking, media: Any) -> Any:
    if not isinstance(media, types.InputMediaDocument | types.InputMediaPhoto):
        raise Refuse(400, "MEDIA_INVALID")
    known = asking.world.documents.get(media.id.id)
    if known is None or known.access_hash != media.id.access_hash:
        raise Refuse(400, "MEDIA_EMPTY")
    if isinstance(known, types.Photo) is not isinstance(media, types.InputMediaPhoto):
        raise Refuse(400, "MEDIA_INVALID")
    if isinstance(known, types.Photo):
        return types.MessageMediaPhoto(photo=known)
    return types.MessageMediaDocument(document=known)
