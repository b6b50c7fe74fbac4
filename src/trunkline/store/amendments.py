"""Edits and deletions, kept under the network's id, also while their message has not arrived."""

from msgspec import Struct

from trunkline.store.engine import Reader, Transaction


class Amendment(Struct, frozen=True, kw_only=True):
    """What is known to have happened to a message after it was sent; times in milliseconds, UTC."""

    edited_at: int | None
    text: str | None
    removed_at: int | None


async def of_message(reader: Reader, chat_no: int, provider_id: str) -> Amendment | None:
    """The newest edit and the deletion of a message."""
    row = await reader.row(
        "SELECT edited_at, text, removed_at FROM amendment WHERE chat_no = $1 AND provider_id = $2", chat_no, provider_id
    )
    return None if row is None else Amendment(edited_at=row[0], text=row[1], removed_at=row[2])


async def note_edit(tx: Transaction, chat_no: int, provider_id: str, at: int, text: str | None) -> None:
    """Note an edit; the latest stays. Two at one moment: the text that sorts last stays, whichever comes first.

    Of a deleted message no text is kept.
    """
    await tx.run(
        "INSERT INTO amendment (chat_no, provider_id, edited_at, text) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (chat_no, provider_id) DO UPDATE SET edited_at = excluded.edited_at, text = excluded.text"
        " WHERE amendment.removed_at IS NULL AND (amendment.edited_at IS NULL OR excluded.edited_at > amendment.edited_at"
        " OR (excluded.edited_at = amendment.edited_at AND COALESCE(excluded.text, '') > COALESCE(amendment.text, '')))",
        chat_no,
        provider_id,
        at,
        text,
    )


async def note_removal(tx: Transaction, chat_no: int, provider_id: str, at: int) -> None:
    """Note a deletion, which is for good. The text of an earlier edit is forgotten with it."""
    await tx.run(
        "INSERT INTO amendment (chat_no, provider_id, removed_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (chat_no, provider_id) DO UPDATE SET removed_at = excluded.removed_at, text = NULL",
        chat_no,
        provider_id,
        at,
    )
