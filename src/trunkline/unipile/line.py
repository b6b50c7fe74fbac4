"""One connection's way to its Unipile API, and what is known of the ids there."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from trunkline.model.errors import NetworkFailed, NotFound, TrunklineError
from trunkline.model.times import Clock
from trunkline.operations.backend import Scope
from trunkline.operations.chats import GetChat
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.missing import no_such_chat, not_found
from trunkline.operations.wire import Request, read_result
from trunkline.unipile.http import RemoteHttp
from trunkline.unipile.quirks import request_of
from trunkline.unipile.remote import Remote

REMEMBERED_MOST = 20_000


@dataclass(frozen=True)
class Owner:
    """Whose a thing is. `chat_id` is None for attendees."""

    account_id: str
    chat_id: str | None = None


class Owners:
    """Owners of ids, by connection. An id never changes hands, so what was looked up once holds; the oldest are forgotten."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, str, str], Owner] = OrderedDict()

    def of(self, connection: int, kind: str, public_id: str) -> Owner | None:
        """Whose it is, where that is known."""
        return self._known.get((connection, kind, public_id))

    def note(self, connection: int, kind: str, public_id: str, owner: Owner) -> None:
        """Remember it."""
        self._known[connection, kind, public_id] = owner
        if len(self._known) > REMEMBERED_MOST:
            self._known.popitem(last=False)


@dataclass(frozen=True)
class Line:
    """What is needed to ask on behalf of one connection. `wait_ms`: how long a read may take."""

    connection: int
    scope: Scope
    remote: Remote
    http: RemoteHttp
    owners: Owners
    clock: Clock
    wait_ms: int

    async def read(self, operation: Operation[Any], request: Request | None = None, *, deadline_ms: int | None = None) -> Any:
        """The result of an operation that reads. Raises TrunklineError."""
        body = await self.http.ask(
            self.remote,
            request or request_of(operation),
            deadline_ms=self.clock() + self.wait_ms if deadline_ms is None else deadline_ms,
            missing=missing_of(operation),
        )
        try:
            return read_result(type(operation), body)
        except ValueError:
            raise NetworkFailed(
                "What answers at the Unipile server's address is no Unipile API. Nothing was changed; `trunkline doctor` tells"
                " more."
            ) from None


def missing_of(operation: Operation[Any]) -> TrunklineError:
    """What a 404 means: the id in the path, or one of the ids that were given."""
    if isinstance(operation, GetChat):
        return no_such_chat(operation)
    route = route_of(type(operation))
    named = [*route.path_names, "account_id", "chat_id", "quote_id", "thread_id", "sender_id"]
    given = [name for name in dict.fromkeys(named) if getattr(operation, name, None) is not None]
    if len(given) == 1:
        return not_found(given[0], getattr(operation, given[0]))
    return NotFound(f"The Unipile server knows no such {route.missing}: look at {', '.join(given)}." if given else None)
