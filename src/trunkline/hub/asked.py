"""What a handler is given: the operation, what it can reach, and the hub's parts."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from trunkline.hub.lives import Lives
from trunkline.hub.logins import Logins
from trunkline.hub.options import HubOptions
from trunkline.hub.outgoing.way_out import Outgoing
from trunkline.hub.reach import Reach
from trunkline.hub.supervisor import Supervisor
from trunkline.hub.wakes import Wakes
from trunkline.hub.webhooks.service import Webhooks
from trunkline.model.page import DEFAULT_LIMIT
from trunkline.operations.declaration import Operation
from trunkline.store.store import Store

Asked_ = TypeVar("Asked_", bound=Operation[Any])


@dataclass(frozen=True)
class Parts:
    """The hub's parts."""

    store: Store
    lives: Lives
    wakes: Wakes
    supervisor: Supervisor
    options: HubOptions
    logins: Logins
    outgoing: Outgoing
    webhooks: Webhooks


@dataclass(frozen=True)
class Asked(Generic[Asked_]):
    """One call on its way to a plan."""

    operation: Asked_
    reach: Reach
    position: str | None
    """Where the page goes on, as an earlier answer of ours said."""
    parts: Parts

    @property
    def store(self) -> Store:
        """The store."""
        return self.parts.store

    @property
    def limit(self) -> int:
        """The page's size."""
        return getattr(self.operation, "limit", None) or DEFAULT_LIMIT
