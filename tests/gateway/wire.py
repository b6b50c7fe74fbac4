"""Asking as surfaces do, for tests."""

from typing import Any

from msgspec import json

from trunkline.gateway.caller import Caller, Reply, Surface
from trunkline.operations.declaration import Operation

from .conftest import World


async def asked(world: World, operation: Operation[Any], caller: Caller | None = None, surface: Surface = "rest") -> Any:
    """The decoded answer to the caller, or to the local user."""
    reply = await world.gate.answer(caller or world.admin, operation, pcid=None, surface=surface)
    return decoded(reply)


def decoded(reply: Reply) -> Any:
    """The JSON of a reply."""
    assert isinstance(reply.body, bytes)
    return json.decode(reply.body)
