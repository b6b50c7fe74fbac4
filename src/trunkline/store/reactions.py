"""Reactions by person. Rows outlive a taking off and may come before their message, so that any order of arrival ends alike."""

from msgspec import Struct

from trunkline.model.message import Reaction
from trunkline.store.engine import Reader, Transaction


class ReactionMade(Struct, frozen=True, kw_only=True):
    """One person put an emoji on a message or took it off, at a time of the network's."""

    chat_no: int
    provider_id: str
    sender: str
    value: str
    at: int
    removed: bool
    is_own: bool


async def note(tx: Transaction, made: ReactionMade, *, several: bool) -> bool:
    """Note a reaction unless something newer is known of the person; gives whether anything changed.

    several: the network lets a person have more than one; otherwise a new one replaces their old.
    """
    if not several and await _has_newer(tx, made):
        return False
    if not several and not made.removed:
        await tx.run(
            "UPDATE reaction SET removed = 1, at = $1 WHERE chat_no = $2 AND provider_id = $3 AND sender = $4 AND value <> $5",
            made.at,
            made.chat_no,
            made.provider_id,
            made.sender,
            made.value,
        )
    changed = await tx.run(
        "INSERT INTO reaction (chat_no, provider_id, sender, value, at, removed, is_own) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (chat_no, provider_id, sender, value) DO UPDATE SET at = excluded.at, removed = excluded.removed"
        " WHERE excluded.at > reaction.at OR (excluded.at = reaction.at AND excluded.removed < reaction.removed)",
        made.chat_no,
        made.provider_id,
        made.sender,
        made.value,
        made.at,
        int(made.removed),
        int(made.is_own),
    )
    return changed > 0


async def _has_newer(tx: Transaction, made: ReactionMade) -> bool:
    """Of two reactions of one person the later stays; at one moment the one whose emoji sorts last, whoever comes first."""
    row = await tx.row(
        "SELECT 1 FROM reaction WHERE chat_no = $1 AND provider_id = $2 AND sender = $3 AND value <> $4"
        " AND (at > $5 OR (at = $6 AND value > $7 AND removed = 0))",
        made.chat_no,
        made.provider_id,
        made.sender,
        made.value,
        made.at,
        made.at,
        made.value,
    )
    return row is not None


async def of_message(reader: Reader, chat_no: int, provider_id: str) -> tuple[Reaction, ...]:
    """The reactions that stand on a message, oldest first."""
    rows = await reader.fetch(
        "SELECT value, sender, is_own FROM reaction WHERE chat_no = $1 AND provider_id = $2 AND removed = 0"
        " ORDER BY at, sender, value",
        chat_no,
        provider_id,
    )
    return tuple(Reaction(value=row[0], sender_id=row[1], is_sender=bool(row[2])) for row in rows)


async def own_values(reader: Reader, chat_no: int, provider_id: str) -> tuple[str, ...]:
    """The emojis that our own user has on a message."""
    rows = await reader.fetch(
        "SELECT value FROM reaction WHERE chat_no = $1 AND provider_id = $2 AND removed = 0 AND is_own = 1 ORDER BY at",
        chat_no,
        provider_id,
    )
    return tuple(row[0] for row in rows)
