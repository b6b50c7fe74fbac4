"""From a network's file to the wire's attachment."""

from msgspec import UNSET

from trunkline.contract.events import FileInfo
from trunkline.model.attachment import Attachment, Audio, Document, Image, LinkedinPost, Size, Video, VideoMeeting
from trunkline.operations.files import plain_name
from trunkline.store.attachments import AttachmentRow

_FALLBACK = {"img": "image/jpeg", "video": "video/mp4", "audio": "audio/ogg"}


def attachment_of(attachment_id: str, file: FileInfo) -> Attachment:
    """The wire's attachment; its bytes come by the attachment route."""
    unavailable = file.ref is None
    size = UNSET if file.size is None else file.size
    mimetype = file.media_type or UNSET
    pixels = Size(width=file.width, height=file.height)
    if file.type == "img":
        return Image(
            id=attachment_id, unavailable=unavailable, file_size=size, mimetype=mimetype, size=pixels, sticker=file.sticker
        )
    if file.type == "video":
        return Video(id=attachment_id, unavailable=unavailable, file_size=size, mimetype=mimetype, size=pixels, gif=file.gif)
    if file.type == "audio":
        return Audio(
            id=attachment_id,
            unavailable=unavailable,
            file_size=size,
            mimetype=mimetype,
            voice_note=file.voice_note,
            duration=UNSET if file.seconds is None else file.seconds,
        )
    if file.type == "linkedin_post":
        return LinkedinPost(id=attachment_id, unavailable=unavailable, file_size=size, mimetype=mimetype)
    if file.type == "video_meeting":
        return VideoMeeting(
            id=attachment_id,
            unavailable=unavailable,
            starts_at=file.starts_at_ms,
            expires_at=file.expires_at_ms,
        )
    name = plain_name(file.file_name) or "file"
    return Document(id=attachment_id, unavailable=unavailable, file_size=size, mimetype=mimetype, file_name=name)


def row_of(attachment_id: str, message_id: str, file: FileInfo) -> AttachmentRow:
    """Where its bytes come from."""
    return AttachmentRow(
        id=attachment_id,
        message_id=message_id,
        ref=file.ref,
        media_type=file.media_type or _FALLBACK.get(file.type, "application/octet-stream"),
        file_name=plain_name(file.file_name) or None,  # whoever saves the file by it must stay where they are
        size=file.size,
    )
