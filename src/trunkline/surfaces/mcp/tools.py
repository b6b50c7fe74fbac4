"""Operations as tools: a fixed list, the same from every process."""

from collections.abc import Iterable, Mapping
from typing import Any

import mcp_types as types

from trunkline.operations.catalog import MESSAGING, OWN, OperationType
from trunkline.operations.schema import input_schema, tool, tool_name


class Toolset:
    """Some operations, by the names of their tools."""

    def __init__(self, operations: Iterable[OperationType]):
        self._operations = {tool_name(operation): operation for operation in operations}
        self._schemas: dict[str, Mapping[str, Any]] = {
            name: input_schema(operation) for name, operation in self._operations.items()
        }
        self.shown = [types.Tool.model_validate(tool(operation)) for operation in self._operations.values()]
        """As tools/list shows them."""

    def __contains__(self, name: str) -> bool:
        return name in self._operations

    def operation(self, name: str) -> OperationType:
        """The operation behind a tool of this set."""
        return self._operations[name]

    def input_schema(self, name: str) -> Mapping[str, Any] | None:
        """The schema that is shown for a tool, None where there is no such tool."""
        return self._schemas.get(name)


def messaging_tools() -> Toolset:
    """Exactly the 21 of the published list."""
    return Toolset(MESSAGING)


def all_tools() -> Toolset:
    """The 21 and Trunkline's own."""
    return Toolset((*MESSAGING, *OWN))
