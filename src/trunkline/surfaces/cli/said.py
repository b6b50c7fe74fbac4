"""What was said, as a person reads it: the text of a message with what else there is to know of it."""

from collections.abc import Iterator

from msgspec import UNSET

from trunkline.model.attachment import Attachment, Audio, Document, Image, LinkedinPost, Video, VideoMeeting
from trunkline.model.message import Message, Quoted
from trunkline.surfaces.cli import sizes
from trunkline.surfaces.cli.plain import line

_QUOTE_LENGTH = 60
_STATES = {"queued": "waiting to be sent", "sending": "being sent", "held": "held", "unknown": "perhaps sent"}


def said(message: Message) -> str:
    """One or several lines. Not yet made plain."""
    return "\n".join(_lines(message))


def _lines(message: Message) -> Iterator[str]:
    if message.quoted is not UNSET:
        yield f"> {_quoted(message.quoted)}"
    if isinstance(message.subject, str) and message.subject:
        yield f"Subject: {message.subject}"
    marks = "".join(f" ({mark})" for mark in _marks(message))
    if message.text or not message.attachments:
        yield (message.text or "") + marks if not message.deleted else f"(deleted){marks}"
    for attachment in message.attachments:
        yield f"[{described(attachment)}]"
    if message.reactions:
        yield " ".join(_reactions(message))


def _marks(message: Message) -> Iterator[str]:
    if message.edited:
        yield "edited"
    if message.is_forwarded is not UNSET and message.is_forwarded:
        yield "forwarded"
    if message.send_state is not UNSET:
        yield _STATES.get(message.send_state, message.send_state)


def described(attachment: Attachment) -> str:
    """`picture, 12 kB`, `file route.pdf, 639 B`, `voice note 0:12`."""
    words = [_kind(attachment)]
    if attachment.file_size is not UNSET:
        words.append(sizes.shown(attachment.file_size))
    if attachment.unavailable:
        words.append("no longer available")
    return ", ".join(words)


def _kind(attachment: Attachment) -> str:
    match attachment:
        case Image():
            return "sticker" if attachment.sticker else "picture"
        case Video():
            return "moving picture" if attachment.gif else "video"
        case Audio():
            length = "" if attachment.duration is UNSET else f" {sizes.duration(attachment.duration)}"
            return ("voice note" if attachment.voice_note else "sound") + length
        case Document():
            return f"file {attachment.file_name}"
        case LinkedinPost():
            return "shared post"
        case VideoMeeting():
            return "meeting"


def _quoted(quoted: Quoted) -> str:
    text = line(quoted.text or "") or ", ".join(f"[{described(each)}]" for each in quoted.attachments)
    return text if len(text) <= _QUOTE_LENGTH else f"{text[: _QUOTE_LENGTH - 1]}…"


def _reactions(message: Message) -> Iterator[str]:
    """Each emoji once, with how many gave it."""
    counted: dict[str, int] = {}
    for reaction in message.reactions:
        counted[reaction.value] = counted.get(reaction.value, 0) + 1
    for value, number in counted.items():
        yield value if number == 1 else f"{value} {number}"
