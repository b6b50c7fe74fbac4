"""Runs attempts and their twins, over MCP and over REST, and tells where the two answers differ."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode

from trunkline.operations.declaration import route_of
from trunkline.operations.wire import segment

from .attempts import Attempt, Cell, Twins, attempt_of, twin_of
from .town import Town
from .wire import Answer, Line, Pairs, Tools

Surface = Literal["mcp", "rest"]

REST = "/api/v1"


@dataclass(frozen=True)
class Difference:
    """An id that can be told apart from one that never was."""

    cell: Cell
    attempt: Answer
    twin: Answer


async def differences(town: Town, surface: Surface, cells: Iterable[Cell]) -> list[Difference]:
    """Where the answers to what is foreign, gone or guessed are not those to what never existed: status, headers, body."""
    twins = Twins(seed=1)
    found = []
    async with Line(town.server.port, town.ada.api_key) as line:
        for cell in cells:
            attempt = await attempt_of(town, cell)
            twin = twin_of(attempt, twins)
            answers = [struck_out(await tried(line, surface, each), each) for each in (attempt, twin)]
            if answers[0] != answers[1]:
                found.append(Difference(cell, *answers))
    return found


async def tried(line: Line, surface: Surface, attempt: Attempt) -> Answer:
    """The answer to an attempt of Ada's."""
    if surface == "mcp":
        return await Tools(line).call(attempt.cell.tool, {"PCID": attempt.pcid, **attempt.arguments})
    return await line.ask(*_request(attempt))


def struck_out(answer: Answer, attempt: Attempt) -> Answer:
    """The answer without the caller's own odd ids, which it may repeat."""
    body = answer.body
    for number, odd in enumerate(attempt.odd):
        for form in {odd, quote(odd, safe=""), json.dumps(odd)[1:-1]}:
            body = body.replace(form.encode(), b"<%d>" % number)
    return answer._replace(body=body)


def _request(attempt: Attempt) -> tuple[str, str, bytes, Pairs]:
    route = route_of(attempt.cell.operation)
    left = dict(attempt.arguments)
    path = route.path.format_map({name: segment(left.pop(name)) for name in route.path_names})
    headers = (("Trunkline-PCID", attempt.pcid), ("Content-Type", "application/json"))
    if route.in_query:
        query = urlencode([(name, _as_text(value)) for name, value in left.items()])
        return route.method, f"{REST}{path}{'?' if query else ''}{query}", b"", headers
    return route.method, f"{REST}{path}", json.dumps(left).encode(), headers


def _as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | int) else str(value)
