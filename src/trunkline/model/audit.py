"""The audit trail: one row for every call, verdict and change of a grant (security.md 4.8). No text, PCID or key in it."""

from typing import Literal

from msgspec import Struct


class AuditRow(Struct, frozen=True, kw_only=True):
    """One thing that happened."""

    object: Literal["AuditRow"] = "AuditRow"
    sequence: int
    at: str
    principal: str | None
    key_id: str | None
    connection: int | None
    """Internal number of the connection, which stays when its PCID is gone."""
    surface: str
    operation: str
    target: str | None
    """Id of the chat it was about, where there is one."""
    verdict: str
    reasons: tuple[str, ...] = ()
    outcome: str
    """`ok`, or the `errors/...` type it ended with."""


class AuditList(Struct, frozen=True, kw_only=True):
    """A page of the audit trail, newest first."""

    object: Literal["AuditList"] = "AuditList"
    items: tuple[AuditRow, ...]
    cursor: str | None = None
