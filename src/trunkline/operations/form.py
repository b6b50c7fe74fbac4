"""Nested names in queries and forms: `linkedin[follow_up][text]=Hello`. Source: unipile-v1 2.3, 7.3."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trunkline.model.errors import InvalidArgument
from trunkline.operations.values import quoted

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_DEPTH = 6


def nest(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Names and values as a tree: each leaf the list of its values, in order. `name[]` is `name`.

    Raises InvalidArgument when a name is both a value and a branch, or nested too deep. Names that are no names are skipped.
    """
    tree: dict[str, Any] = {}
    for name, value in pairs:
        path = _path(name)
        if path:
            _branch(tree, path, name).setdefault(path[-1], []).append(value)
    return tree


def flatten(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The pairs that `nest` reads back."""
    for name, value in values.items():
        yield from _pairs(name, value)


def _path(name: str) -> list[str]:
    if "[" not in name and "]" not in name:  # as nearly all are
        return [name] if name else []
    found = _NAME.match(name)
    if found is None:
        return []
    path = [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]
    while path[-1] == "" and len(path) > 1:
        path.pop()
    return path


def _branch(tree: dict[str, Any], path: list[str], name: str) -> dict[str, Any]:
    if len(path) > _DEPTH:
        raise InvalidArgument(f"{quoted(name)} is nested too deep; at most {_DEPTH} levels are read.")
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
        if not isinstance(tree, dict):
            raise InvalidArgument(f"{quoted(name)} is given with and without brackets; use one of them.")
    if isinstance(tree.get(path[-1]), dict):
        raise InvalidArgument(f"{quoted(name)} is given with and without brackets; use one of them.")
    return tree


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner)
    elif isinstance(value, list):
        for item in value:
            yield from _pairs(name, item)
    else:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)
