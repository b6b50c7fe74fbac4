"""From the arguments of a tool call to an operation. Strict: unknown arguments are refused by name, types are not guessed."""

from collections.abc import Mapping
from typing import Any, TypeVar

from trunkline.model.errors import InvalidArgument, MissingArgument
from trunkline.operations.declaration import Operation, name_of, route_of
from trunkline.operations.files import MAX_FILE_BYTES
from trunkline.operations.parameter import parameters_of
from trunkline.operations.reading import Reader, refuse_unknown
from trunkline.operations.values import check_storable

PCID = "PCID"
_PCIDS = "PCIDs come from trunkline_list_connections on /mcp, or from the person who set you up."

Asked = TypeVar("Asked", bound=Operation[Any])


def read_arguments(
    operation: type[Asked], arguments: Mapping[str, Any] | None, *, max_file_bytes: int = MAX_FILE_BYTES
) -> Asked:
    """The operation a tool call asks for. The argument PCID is left to `read_pcid`; null counts as left out.

    Raises CallerErrors of model/errors.py, each with a sentence that a model can act on, and EmptyMessage.
    """
    given = _arguments(operation, arguments)
    known = (PCID,) if route_of(operation).takes_pcid else ()
    refuse_unknown(given, parameters_of(operation), name_of(operation), also=known)
    return operation(**Reader(max_file_bytes=max_file_bytes).struct(operation, given, name_of(operation)))


def read_pcid(operation: type[Operation[Any]], arguments: Mapping[str, Any] | None) -> str | None:
    """The PCID of a tool call; None for an operation that takes none. Raises MissingArgument or InvalidArgument."""
    if not route_of(operation).takes_pcid:
        return None
    pcid = _arguments(operation, arguments).get(PCID)
    if pcid is None:
        raise MissingArgument(f"PCID is missing; {name_of(operation)} needs it. {_PCIDS}")
    if not isinstance(pcid, str) or not 0 < len(pcid) <= 512:
        raise InvalidArgument(f"PCID must be a text of 1 to 512 characters. {_PCIDS}")
    check_storable(pcid, PCID)
    return pcid


def _arguments(operation: type[Operation[Any]], arguments: Mapping[str, Any] | None) -> Mapping[str, Any]:
    given = {} if arguments is None else arguments
    if not isinstance(given, Mapping):
        raise InvalidArgument(f"The arguments of {name_of(operation)} must be an object of names and values.")
    return given
