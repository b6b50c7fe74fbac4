"""The record of everything that arrived at the network: the referee of every claim of reliability.

A row is committed with what it did, before the network answers. `outcome`: `accepted`; `repeated` (a token that is
remembered: nothing was done again); `ignored` (taken and silently dropped, as WhatsApp does with a late edit); `refused`.
"""

from typing import Literal

import msgspec

from trunkline.contract.commands import Command
from trunkline.networks.sandbox.world.change import Change, Read
from trunkline.networks.sandbox.world.database import Row

Outcome = Literal["accepted", "repeated", "ignored", "refused"]


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that arrived. `kind` is a key of accept.commands.TAKEN_BY: send, edit, set_chat ...

    chat, provider_id: what it made or touched. command: as it came. reason: of a refusal.
    """

    n: int
    at_ms: int
    account_type: str
    identity: str
    kind: str
    outcome: Outcome
    token: str | None
    chat: str | None
    provider_id: str | None
    command: msgspec.Raw
    reason: str | None = None


class _Doc(msgspec.Struct, frozen=True):
    command: msgspec.Raw
    reason: str | None = None


def write(
    change: Change, account: int, kind: str, command: Command, outcome: Outcome, *,
    token: str | None = None, chat: str | None = None, provider_id: str | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """Note what arrived."""
    doc = msgspec.json.encode(_Doc(msgspec.Raw(msgspec.json.encode(command)), reason))
    change.run(
        "INSERT INTO record (at_ms, account, kind, outcome, token, chat, provider_id, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        change.now_ms, account, kind, outcome, token, chat, provider_id, doc,
    )  # fmt: skip


def read(
    fetch: Read, *, account: int | None = None, kind: str | None = None, outcome: str | None = None, after: int = 0
) -> list[Arrived]:
    """What arrived, oldest first; narrowed by account, kind and outcome, after the entry number `after`."""
    rows = fetch(
        "SELECT r.n, r.at_ms, a.account_type, a.identity, r.kind, r.outcome, r.token, r.chat, r.provider_id, r.doc"
        " FROM record r JOIN account a ON a.key = r.account WHERE r.n > ?1 AND (?2 IS NULL OR r.account = ?2)"
        " AND (?3 IS NULL OR r.kind = ?3) AND (?4 IS NULL OR r.outcome = ?4) ORDER BY r.n",
        after, account, kind, outcome,
    )  # fmt: skip
    return [_arrived(row) for row in rows]


def _arrived(row: Row) -> Arrived:
    *columns, doc = row
    names = ("n", "at_ms", "account_type", "identity", "kind", "outcome", "token", "chat", "provider_id")
    inner = msgspec.json.decode(doc, type=_Doc)
    return msgspec.convert(dict(zip(names, columns, strict=True)) | {"command": inner.command, "reason": inner.reason}, Arrived)
