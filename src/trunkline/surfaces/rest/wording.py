"""The server's sentences for a program on REST: they name tools, a program here has routes."""

import re
from collections.abc import Mapping

from trunkline.operations.catalog import ALL
from trunkline.operations.declaration import route_of
from trunkline.operations.missing import ELSEWHERE, OVER_REST
from trunkline.operations.schema import tool_name

_ROUTES: Mapping[str, str] = {tool_name(each): f"{route_of(each).method} {route_of(each).path}" for each in ALL}
_TOOL = re.compile(rf"\b({'|'.join(sorted(map(re.escape, _ROUTES), key=len, reverse=True))})\b")


def for_a_program(sentence: str) -> str:
    """The sentence with routes in the place of tools."""
    for only_elsewhere in (ELSEWHERE, OVER_REST):
        sentence = sentence.replace(only_elsewhere, "")
    return _TOOL.sub(lambda found: _ROUTES[found[0]], sentence)
