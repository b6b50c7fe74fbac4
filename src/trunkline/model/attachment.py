"""Attachments as the wire shows them. Source: unipile-v1 5.4."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType


class Size(Struct, frozen=True):
    """Pixels; 0 where the network does not say."""

    width: int = 0
    height: int = 0


class _Attachment(Struct, frozen=True, kw_only=True, tag_field="type"):
    id: str
    unavailable: bool = False
    file_size: int | UnsetType = UNSET
    """Bytes."""
    mimetype: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    url_expires_at: int | UnsetType = UNSET
    """Milliseconds since 1970, UTC."""


class Image(_Attachment, frozen=True, kw_only=True, tag="img"):
    """A picture or sticker."""

    size: Size = Size()
    sticker: bool = False


class Video(_Attachment, frozen=True, kw_only=True, tag="video"):
    """A video or an animated picture."""

    size: Size = Size()
    gif: bool = False


class Audio(_Attachment, frozen=True, kw_only=True, tag="audio"):
    """A sound file or voice note; `duration` in seconds."""

    voice_note: bool = False
    duration: float | UnsetType = UNSET


class Document(_Attachment, frozen=True, kw_only=True, tag="file"):
    """Any other file."""

    file_name: str


class LinkedinPost(_Attachment, frozen=True, kw_only=True, tag="linkedin_post"):
    """A shared LinkedIn post."""


class VideoMeeting(_Attachment, frozen=True, kw_only=True, tag="video_meeting"):
    """A meeting; times in milliseconds since 1970, UTC."""

    starts_at: int | None = None
    expires_at: int | None = None
    time_range: int | None = None


Attachment = Image | Video | Audio | Document | LinkedinPost | VideoMeeting
AttachmentType = Literal["img", "video", "audio", "file", "linkedin_post", "video_meeting"]
