"""The files that seeded messages carry."""

from functools import partial

from trunkline.networks.sandbox.seed.documents import pdf, text
from trunkline.networks.sandbox.seed.pictures import STICKER_WEBP, photograph
from trunkline.networks.sandbox.seed.sounds import film, tone, voice_note
from trunkline.networks.sandbox.seed.story import SeedFile


def photo(name: str, file_name: str | None = None) -> SeedFile:
    """A photograph."""
    return SeedFile("img", "image/png", file_name or f"{name}.png", partial(photograph, name), width=160, height=120)


def sticker() -> SeedFile:
    """A sticker."""
    return SeedFile("img", "image/webp", "sticker.webp", lambda: STICKER_WEBP, width=1, height=1, sticker=True)


def voice(seconds: float) -> SeedFile:
    """A voice note."""
    return SeedFile("audio", "audio/ogg", "voice.ogg", partial(voice_note, seconds), seconds=seconds, voice_note=True)


def sound(file_name: str, seconds: float) -> SeedFile:
    """A sound file."""
    return SeedFile("audio", "audio/wav", file_name, partial(tone, seconds), seconds=seconds)


def video(file_name: str) -> SeedFile:
    """A film."""
    return SeedFile("video", "video/mp4", file_name, film, width=320, height=240)


def document(file_name: str, *lines: str) -> SeedFile:
    """A PDF document, or a text file by its name."""
    if file_name.endswith(".pdf"):
        return SeedFile("file", "application/pdf", file_name, partial(pdf, *lines))
    return SeedFile("file", "text/plain", file_name, partial(text, *lines))


def gone(file_name: str) -> SeedFile:
    """A document the network has deleted."""
    return SeedFile("file", "application/pdf", file_name, None)
