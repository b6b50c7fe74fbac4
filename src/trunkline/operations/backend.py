"""What stands behind the gateway: plan a call inside a scope, then run the plan. Data goes down, nothing calls back up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from msgspec import Struct

from trunkline.model.blob import Blob
from trunkline.operations.declaration import Operation
from trunkline.operations.effects import Effect, Kind


@dataclass(frozen=True)
class Scope:
    """What a connection reaches: accounts of one person, maybe fewer. None means all."""

    owner: int
    """Internal number of the person whose accounts these are."""
    roads: frozenset[str]
    accounts: frozenset[str] | None = None
    chats: frozenset[str] | None = None
    connection: int | None = None
    """Internal number of the connection, by which a backend finds what it keeps for it; None for an administrator's own."""


@dataclass(frozen=True)
class Act:
    """What a call would do, ids resolved. The judge decides on this alone (security.md 4.3)."""

    kind: Kind
    effect: Effect
    target: str | None = None
    """Chat id; None for a list or a chat still to be made."""
    carries: frozenset[str] = frozenset()
    """Chats whose content is inside the call itself (a forward)."""
    new_people: int = 0
    new_hosts: frozenset[str] = frozenset()
    access: bool = False
    """Opens a door or spends money."""
    bits: int = 0
    """What a SIGNAL can carry."""


class Call(Struct, frozen=True, kw_only=True):
    """One judged write. The backend commits it (store.calls.begin) in the transaction of its effect or before it."""

    principal: int
    connection: int
    key_id: str | None
    surface: str
    operation: str
    fingerprint: bytes
    """SHA-256 over the canonical JSON of operation, connection and resolved arguments, files by hash."""
    idempotency_key: str | None = None
    target: str | None = None
    verdict: str = "allow"
    at_ms: int
    deadline_ms: int
    """When the caller stops waiting, on the server's clock."""


@dataclass(frozen=True)
class Page:
    """A list's answer: `items` is the ready JSON of the array, `position` where the next page goes on (None: the end)."""

    object: str
    items: bytes
    position: str | None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further top keys of our own lists."""


@dataclass(frozen=True)
class Answer:
    """What a plan gives: ready JSON bytes, a page or a file. `sources`: ids of the chats whose text is in it."""

    body: bytes | Page | Blob
    sources: frozenset[str] = frozenset()
    call: int | None = None
    """Number of the call row, for writes."""
    replayed: bool = False
    paused: bool = False
    """Whether it waits at a checkpoint."""


class Plan(Protocol):
    """A call with its ids resolved, not yet run."""

    @property
    def act(self) -> Act:
        """What would happen."""
        ...

    async def run(self, call: Call | None) -> Answer:
        """Do it. `call` is None for reads. Raises TrunklineError."""
        ...


class Backend(Protocol):
    """Who does it: the hub, or a client of a Unipile-v1 API."""

    async def plan(self, operation: Operation[Any], scope: Scope, position: str | None) -> Plan:
        """Resolve ids inside the scope. Raises NotFound alike for a foreign and a missing id; nothing is done yet."""
        ...
