"""The file somebody attaches when a control makes them write."""

import hashlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable

from trunkline.contract.events import FileInfo
from trunkline.model.attachment import AttachmentType
from trunkline.model.errors import InvalidArgument
from trunkline.model.image_size import image_size
from trunkline.networks.sandbox.controls.arguments import Write
from trunkline.networks.sandbox.seed import files as samples
from trunkline.networks.sandbox.seed.story import SeedFile
from trunkline.networks.sandbox.world import files
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.files import Kept

_SAMPLES: dict[str, Callable[[str], SeedFile]] = {
    "photo": lambda name: samples.photo(name or "photo"),
    "sticker": lambda _: samples.sticker(),
    "voice": lambda _: samples.voice(3.0),
    "sound": lambda name: samples.sound(name or "sound.wav", 1.0),
    "video": lambda name: samples.video(name or "video.mp4"),
    "document": lambda name: samples.document(name or "document.pdf", "A document of the sandbox"),
}


def attached(change: Change, values: Write) -> tuple[FileInfo, ...]:
    """The file of a Write, kept in the world; none when none is asked for. Raises InvalidArgument."""
    if values.data is not None:
        return (_own(change, values, values.data),)
    if values.file is None:
        return ()
    if values.file not in _SAMPLES:
        raise InvalidArgument(f"file must be one of {', '.join(_SAMPLES)}, not {values.file!r}.")
    sample = _SAMPLES[values.file](values.file_name or "")
    assert sample.make is not None
    data = sample.make()
    kept = _keep(change, Kept("", sample.media_type, sample.file_name, data), data)
    return (
        FileInfo(
            type=sample.type, ref=kept, media_type=sample.media_type, file_name=sample.file_name, size=len(data),
            width=sample.width, height=sample.height, seconds=sample.seconds, sticker=sample.sticker,
            voice_note=sample.voice_note,
        ),
    )  # fmt: skip


def _own(change: Change, values: Write, text: str) -> FileInfo:
    try:
        data = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise InvalidArgument("data must be base64.") from None
    media_type, name = values.media_type or "application/octet-stream", values.file_name or "file.bin"
    kinds: dict[str, AttachmentType] = {"image": "img", "video": "video", "audio": "audio"}
    ref = _keep(change, Kept("", media_type, name, data), data)
    pixels = image_size(data)
    return FileInfo(
        type=kinds.get(media_type.partition("/")[0], "file"), ref=ref, media_type=media_type, file_name=name, size=len(data),
        width=pixels.width, height=pixels.height,
    )  # fmt: skip


def _keep(change: Change, file: Kept, data: bytes) -> str:
    ref = f"given-{hashlib.sha256(data).hexdigest()}"
    files.keep(change, Kept(ref, file.media_type, file.file_name, data))
    return ref
