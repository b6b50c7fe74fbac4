"""Which operation a method and path ask for."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from trunkline.operations.catalog import OperationType
from trunkline.operations.declaration import route_of


class Found(NamedTuple):
    """An operation and the values in its path."""

    operation: OperationType
    values: Mapping[str, str]


class Routes:
    """A table of routes. Where a word and a parameter both fit a segment, the word is meant."""

    def __init__(self, operations: Iterable[OperationType]):
        self._by_shape: dict[tuple[str, int], list[tuple[tuple[str, ...], OperationType]]] = {}
        for operation in operations:
            route = route_of(operation)
            for path in (route.path, route.alias):
                if path is not None:
                    segments = tuple(path.strip("/").split("/"))
                    self._by_shape.setdefault((route.method, len(segments)), []).append((segments, operation))
        for candidates in self._by_shape.values():
            candidates.sort(key=lambda candidate: [segment.startswith("{") for segment in candidate[0]])

    def find(self, method: str, raw_path: str) -> Found | None:
        """The operation for a path below the base URL, still percent-encoded: an encoded slash belongs to its segment."""
        asked = raw_path.strip("/").split("/") if not raw_path.endswith("/") else []
        for segments, operation in self._by_shape.get((method, len(asked)), ()):
            values = _match(segments, asked)
            if values is not None:
                return Found(operation, values)
        return None


def _match(segments: tuple[str, ...], asked: list[str]) -> dict[str, str] | None:
    values = {}
    for segment, given in zip(segments, asked, strict=True):
        if segment.startswith("{"):
            if not given:
                return None
            values[segment[1:-1]] = unquote(given, errors="surrogateescape")
        elif segment != given:
            return None
    return values
