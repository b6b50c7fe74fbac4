"""Uploads: files handed in before the call that uses them, each bound to the principal who uploaded it."""

from msgspec import Struct

from trunkline.store.engine import Reader, Transaction


class UploadRow(Struct, frozen=True, kw_only=True):
    """One upload; `content` names its bytes in the media folder."""

    id: str
    content: str
    file_name: str
    media_type: str
    size: int


async def add(tx: Transaction, upload: UploadRow, principal: int, expires_at: int) -> None:
    """Keep a new upload until a time in milliseconds."""
    await tx.run(
        "INSERT INTO upload (id, principal, content, file_name, media_type, size, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        upload.id,
        principal,
        upload.content,
        upload.file_name,
        upload.media_type,
        upload.size,
        expires_at,
    )


async def find(reader: Reader, principal: int, upload_id: str, at_ms: int) -> UploadRow | None:
    """A principal's upload: somebody else's, an expired and a missing one are one and the same statement."""
    row = await reader.row(
        "SELECT id, content, file_name, media_type, size FROM upload WHERE id = $1 AND principal = $2 AND expires_at > $3",
        upload_id,
        principal,
        at_ms,
    )
    if row is None:
        return None
    return UploadRow(id=row[0], content=row[1], file_name=row[2], media_type=row[3], size=row[4])


async def forget_expired(tx: Transaction, at_ms: int) -> list[str]:
    """Drop the uploads whose time has passed; gives the names of bytes that no other upload holds.

    The bytes may still be needed by a message that waits to go out: whoever removes them looks there first.
    """
    rows = await tx.fetch("SELECT DISTINCT content FROM upload WHERE expires_at <= $1", at_ms)
    await tx.run("DELETE FROM upload WHERE expires_at <= $1", at_ms)
    return [row[0] for row in rows if await tx.row("SELECT 1 FROM upload WHERE content = $1 LIMIT 1", row[0]) is None]
