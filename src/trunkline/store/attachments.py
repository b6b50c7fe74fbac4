"""Where an attachment's bytes come from. What the wire shows of it stands in the message's document."""

from msgspec import Struct

from trunkline.store.engine import Reader, Transaction


class AttachmentRow(Struct, frozen=True, kw_only=True):
    """One attachment. ref: what the session needs to fetch it, None when it cannot be had; size in bytes."""

    id: str
    message_id: str
    ref: str | None
    media_type: str
    file_name: str | None
    size: int | None


async def add(tx: Transaction, row: AttachmentRow) -> None:
    """Add one."""
    await tx.run(
        "INSERT INTO attachment (id, message_id, ref, media_type, file_name, size) VALUES ($1, $2, $3, $4, $5, $6)",
        row.id,
        row.message_id,
        row.ref,
        row.media_type,
        row.file_name,
        row.size,
    )


async def find(reader: Reader, message_id: str, attachment_id: str) -> AttachmentRow | None:
    """An attachment of a message."""
    row = await reader.row(
        "SELECT id, message_id, ref, media_type, file_name, size FROM attachment WHERE id = $1 AND message_id = $2",
        attachment_id,
        message_id,
    )
    if row is None:
        return None
    return AttachmentRow(id=row[0], message_id=row[1], ref=row[2], media_type=row[3], file_name=row[4], size=row[5])
