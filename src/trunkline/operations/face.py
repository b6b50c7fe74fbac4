"""How an error shows on a route: status, type and title. The status is a matter of error and operation together, since Unipile
answers 501 on some routes and 403 on others when a network cannot do something (unipile-v1 4.4)."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.errors import TrunklineError, Unsupported, WrongAccount
from trunkline.operations.declaration import Operation, Route, route_of


class Face(Struct, frozen=True, kw_only=True):
    """The error envelope of the wire (unipile-v1 4.1)."""

    title: str
    type: str
    status: int
    detail: str | UnsetType = UNSET
    instance: str | UnsetType = UNSET


def face_of(error: TrunklineError, operation: type[Operation[Any]] | None = None) -> Face:
    """What a caller of the operation sees of the error; None: outside of any operation."""
    status, shown = _status(error, route_of(operation) if operation is not None else None), type(error)
    if isinstance(error, Unsupported) and status == WrongAccount.status:
        return Face(title=WrongAccount.title, type=WrongAccount.type, status=status, detail=error.text)
    return Face(title=shown.title, type=shown.type, status=status, detail=error.text)


def status_for(error: TrunklineError, operation: type[Operation[Any]] | None = None) -> int:
    """The HTTP status alone. Of the statuses from 500 on, only those that the route declares."""
    return face_of(error, operation).status


def declared_failures(route: Route) -> frozenset[int]:
    """The statuses from 500 on that a route may answer. 503 is on every one; 504 needs a network, 501 says it cannot."""
    return frozenset({503} | ({504} if route.reaches_network else set()) | ({501} if route.cannot == 501 else set()))


def _status(error: TrunklineError, route: Route | None) -> int:
    if route is None:
        return error.status
    wanted = route.cannot if isinstance(error, Unsupported) else error.status
    return wanted if wanted < 500 or wanted in declared_failures(route) else 503
