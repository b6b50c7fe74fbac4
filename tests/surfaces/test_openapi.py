"""The description of the REST API: whole, and right about every answer that a test here meets."""

import json

import httpx2
import msgspec
import pytest

from trunkline.operations.catalog import ALL, OperationType
from trunkline.operations.declaration import gives_bytes, name_of, results_of, route_of
from trunkline.operations.parameter import parameters_of
from trunkline.operations.wire import read_request
from trunkline.surfaces.rest.openapi import document

from .conftest import Served


async def test_it_is_served_without_a_key_for_it_tells_nothing_of_this_server(served: Served) -> None:
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False) as http:
        answer = await http.get("/openapi.json")
        refused = await http.post("/openapi.json")
    assert (answer.status_code, answer.json()) == (200, json.loads(json.dumps(document())))
    assert refused.status_code == 404


def test_every_route_is_described_once() -> None:
    described = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    routes = {(route_of(each).method, path) for each in ALL for path in (route_of(each).path, route_of(each).alias) if path}
    assert described == routes
    names = [one["operationId"] for methods in document()["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    wanted: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                wanted.add(value["$ref"].removeprefix("#/components/schemas/"))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(whole)
    assert wanted <= set(whole["components"]["schemas"])
    assert {"Message", "Chat", "Account", "Checkpoint", "Error"} <= wanted


def test_500_and_502_are_never_answers() -> None:
    for path, methods in document()["paths"].items():
        for one in methods.values():
            assert not {"500", "502"} & set(one["responses"]), path


@pytest.mark.parametrize("operation", ALL, ids=name_of)
def test_every_operation_shows_a_body_that_it_takes_and_an_answer_that_it_gives(operation: OperationType) -> None:
    route = route_of(operation)
    described = document()["paths"][route.path][route.method.lower()]
    if not route.in_query and set(parameters_of(operation)) - set(route.path_names):
        example = described["requestBody"]["content"]["application/json"]["example"]
        assert example
        read_request(operation, dict.fromkeys(route.path_names, "17"), body=example)
    if gives_bytes(operation):
        return
    shown = [
        answer["content"]["application/json"]["example"]
        for status, answer in described["responses"].items()
        if status.startswith("2")
    ]
    kinds = {kind.__name__: kind for kind in results_of(operation)}
    for example in shown:
        msgspec.convert(example, kinds[example["object"]] if len(kinds) > 1 else results_of(operation)[0], strict=True)
    assert shown


def test_words_that_lost_their_emoji_in_the_published_tools_have_it_here() -> None:
    """tools.json stays as it was published."""
    (reaction,) = [
        one["requestBody"]["content"]["application/json"]["schema"]["properties"]["reaction"]
        for one in [document()["paths"]["/messages/{message_id}/reaction"]["post"]]
    ]
    assert reaction["description"] == "The emoji to react with (native emoji, e.g. 👍)."
