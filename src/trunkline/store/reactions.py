"""Reactions by person, kept also while their message has not arrived, so that any order of arrival ends alike.

Where a person has one reaction at most, the latest thing they did decides: its time is kept in a row of its own, with the value
"", and what is older counts no more. Where they may have several, the latest thing decides for each emoji.
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
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


_PLACE = "chat_no = $1 AND provider_id = $2 AND sender = $3"
_PUT = (
    "INSERT INTO reaction (chat_no, provider_id, sender, value, at, removed, is_own) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    " ON CONFLICT (chat_no, provider_id, sender, value) DO UPDATE SET at = excluded.at, removed = excluded.removed"
    " WHERE excluded.at > reaction.at OR (excluded.at = reaction.at AND excluded.removed < reaction.removed)"
)


async def note(tx: Transaction, made: ReactionMade, *, several: bool) -> bool:
    """Note a reaction unless something newer is known of the person; gives whether what stands may have changed, or its order.

    several: the network lets a person have more than one; otherwise a new one replaces their old. Taking off "" takes off all.
    """
    rows = await tx.fetch(
        f"SELECT value, at, removed FROM reaction WHERE {_PLACE}", made.chat_no, made.provider_id, made.sender
    )
    known = {row[0]: _State(row[1], bool(row[2])) for row in rows}
    if several and made.value:
        return await _note_one_of_several(tx, made, known)
    return await _note_only_one(tx, made, known)


class _State(NamedTuple):
    at: int
    removed: bool


async def _note_one_of_several(tx: Transaction, made: ReactionMade, known: Mapping[str, _State]) -> bool:
    if "" in known and made.at <= known[""].at:
        return False
    stood = made.value in known and not known[made.value].removed
    changed = await tx.run(_PUT, *_row(made))
    return changed > 0 and (stood or not made.removed)


async def _note_only_one(tx: Transaction, made: ReactionMade, known: Mapping[str, _State]) -> bool:
    """Of two things at one moment a reaction stays before a taking off, and the emoji that sorts last before others."""
    stands = {value: state.at for value, state in known.items() if not state.removed}
    if "" in known:
        latest = known[""].at
        stayed = max((value for value, at in stands.items() if at == latest), default="")
        if (made.at, "" if made.removed else made.value) <= (latest, stayed):
            return False
    await tx.run(f"DELETE FROM reaction WHERE {_PLACE} AND at <= $4", made.chat_no, made.provider_id, made.sender, made.at)
    await tx.run(_PUT, *_row(msgspec.structs.replace(made, value="", removed=True)))
    if not made.removed:
        await tx.run(_PUT, *_row(made))
    return bool(stands) or not made.removed


def _row(made: ReactionMade) -> tuple[object, ...]:
    return made.chat_no, made.provider_id, made.sender, made.value, made.at, int(made.removed), int(made.is_own)


async def of_message(reader: Reader, chat_no: int, provider_id: str) -> tuple[Reaction, ...]:
    """The reactions that stand on a message, oldest first."""
    rows = await reader.fetch(
        "SELECT value, sender, is_own FROM reaction WHERE chat_no = $1 AND provider_id = $2 AND removed = 0"
        " ORDER BY at, sender, value",
        chat_no,
        provider_id,
    )
    return tuple(Reaction(value=row[0], sender_id=row[1], is_sender=bool(row[2])) for row in rows)
