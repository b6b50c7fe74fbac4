"""Requests of every kind, right, nearly right and mad: each answer is one that the description declares, and as it says."""

import random
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from trunkline.operations.accounts import DeleteAccount
from trunkline.operations.administration import ControlNetwork, MakeBackup
from trunkline.operations.catalog import ALL, OperationType
from trunkline.operations.declaration import gives_bytes, route_of
from trunkline.operations.parameter import Parameter, Shape, parameters_of
from trunkline.surfaces.rest.openapi import document

from .conftest import World

DESCRIBED = document()
LEFT_OUT = {ControlNetwork, MakeBackup, DeleteAccount}
"""Played elsewhere: they would take the world away, or fill the disk."""
OPERATIONS = tuple(each for each in ALL if each not in LEFT_OUT)
MAD: tuple[Any, ...] = (
    "", " ", "0", "-1", "true", "null", "..", "%", "a/b", "x" * 600, "\u0000", "\ud800", "é👍\u202e", None, True, 0, -1, 1.5,
    1e300, 10**30, [], {}, [[]], {"a": {"b": []}}, ["x", 1], "2026-03-01T08:15:30.000Z", "upload:none", "data:,x", "aGVsbG8=",
)  # fmt: skip


def good(one: Parameter, ids: list[str], dice: random.Random) -> Any:
    """A value that may well be right."""
    if one.words:
        return [dice.choice(one.words)] if one.shape is Shape.LIST else dice.choice(one.words)
    if one.wire_time:
        return "2026-03-01T08:15:30.000Z"
    plain = {Shape.NUMBER: dice.randint(-1, 260), Shape.SWITCH: dice.random() < 0.5, Shape.LIST: [dice.choice(ids)],
             Shape.FILE: "aGVsbG8gd29ybGQ=", Shape.STRUCT: {}, Shape.OBJECT: {}}  # fmt: skip
    return plain.get(one.shape, dice.choice([*ids, "Hello", "instant"]))


async def ask(world: World, operation: OperationType, ids: list[str], dice: random.Random) -> tuple[str, Any]:
    """One request to the operation: where it went in the description, and the answer."""
    route = route_of(operation)
    values = {
        name: dice.choice(MAD) if dice.random() < 0.2 else good(one, ids, dice)
        for name, one in parameters_of(operation).items()
        if (one.required and dice.random() < 0.95) or dice.random() < 0.3
    }
    path = route.path
    for name in route.path_names:
        text = str(values.pop(name, dice.choice(ids))).encode("utf-8", "surrogatepass")
        path = path.replace("{" + name + "}", quote(text, safe="").replace(".", "%2E") or "%20")
    url = f"/api/v1{path}"
    if route.in_query:
        pairs = [f"{quote(name)}={quote(str(value).encode('utf-8', 'surrogatepass'))}" for name, value in values.items()]
        return route.path, await world.http.request(route.method, f"{url}?{'&'.join(pairs)}")
    if route.form and dice.random() < 0.4:
        fields = {name: str(value).encode("utf-8", "replace").decode() for name, value in values.items()}
        files = {"attachments": ("a.txt", b"hello")} if dice.random() < 0.5 else None
        return route.path, await world.http.request(route.method, url, data=fields, files=files)
    try:
        return route.path, await world.http.request(route.method, url, json=values)
    except UnicodeEncodeError:  # half of a surrogate pair, which this client cannot even write
        return route.path, await world.http.request(route.method, url, content=b'{"text":"\\ud800"}')


def wrong(operation: OperationType, path: str, answer: Any) -> list[str]:
    """What the description does not allow in the answer."""
    described = DESCRIBED["paths"][path][route_of(operation).method.lower()]["responses"].get(str(answer.status_code))
    if described is None:
        return [f"{answer.status_code} is not declared: {answer.text[:300]}"]
    if answer.status_code < 300 and gives_bytes(operation):
        return []
    schema = described["content"]["application/json"]["schema"] | {"components": DESCRIBED["components"]}
    return [error.message[:300] for error in Draft202012Validator(schema).iter_errors(answer.json())]


@pytest.mark.parametrize("cases", [pytest.param(1_500, marks=pytest.mark.slow), pytest.param(10_000, marks=pytest.mark.heavy)])
async def test_every_answer_to_any_request_is_declared(world: World, cases: int) -> None:
    ids: list[str] = ["none"]
    for provider in ("WHATSAPP", "LINKEDIN", "SLACK"):
        ids.append((await world.connect(provider=provider, way="instant")).json()["account_id"])
        await world.until_connected(ids[-1])
    for path in ("chats", "messages", "chat_attendees"):
        ids += [item["id"] for item in (await world.http.get(f"/api/v1/{path}?limit=8")).json()["items"]]
    seen: set[int] = set()
    for case in range(cases):
        dice = random.Random(case)
        operation = dice.choice(OPERATIONS)
        path, answer = await ask(world, operation, ids, dice)
        assert wrong(operation, path, answer) == [], (case, operation.__name__)
        seen.add(answer.status_code)
    assert {200, 201, 400, 404, 422} <= seen
    assert not {500, 502} & seen
