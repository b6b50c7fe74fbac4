"""What the description promises is what comes: lists and objects of the whole simulated world, and errors beside them."""

from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from trunkline.model.networks import ACCOUNT_TYPES
from trunkline.surfaces.rest.openapi import document

from .conftest import World

DESCRIBED = document()


def wrong(path: str, method: str, status: int, body: Any) -> list[str]:
    """What the description does not allow in an answer."""
    answer = DESCRIBED["paths"][path][method]["responses"][str(status)]
    schema = answer["content"]["application/json"]["schema"] | {"components": DESCRIBED["components"]}
    return [error.message for error in Draft202012Validator(schema).iter_errors(body)]


async def test_every_answer_is_as_described(world: World) -> None:
    for provider in ACCOUNT_TYPES:
        connected = await world.connect(provider=provider, way="instant")
        assert wrong("/accounts", "post", 201, connected.json()) == []
        await world.until_connected(connected.json()["account_id"])
    waiting = await world.connect(provider="WHATSAPP")
    assert wrong("/accounts", "post", 202, waiting.json()) == []
    seen = 0
    for path in (
        "/accounts",
        "/chats",
        "/messages",
        "/chat_attendees",
        "/connections",
        "/connections/accounts",
        "/networks",
        "/status",
    ):
        answer = await world.http.get(f"/api/v1{path}?limit=250")
        assert wrong(path, "get", answer.status_code, answer.json()) == []
        seen += len(answer.json().get("items", ()))
    assert seen > 100
    chats = (await world.http.get("/api/v1/chats?limit=250")).json()["items"]
    for chat in chats:
        for path in ("/chats/{chat_id}", "/chats/{chat_id}/messages", "/chats/{chat_id}/attendees"):
            answer = await world.http.get("/api/v1" + path.replace("{chat_id}", chat["id"]))
            assert wrong(path, "get", 200, answer.json()) == []
    for path, status in (("/chats/none", 404), ("/messages?limit=0", 400), ("/accounts/none", 404)):
        answer = await world.http.get(f"/api/v1{path}")
        assert answer.status_code == status
        assert wrong("/chats", "get", status, answer.json()) == []
