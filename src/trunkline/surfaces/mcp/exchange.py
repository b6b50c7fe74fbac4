"""One HTTP request to the MCP endpoint, as the tool handler behind the SDK sees it."""

import secrets
from typing import Any

from mcp.server.context import ServerRequestContext
from starlette.types import Scope

from trunkline.gateway.caller import Caller
from trunkline.surfaces.door.delivery import Delivery

_KEY = "trunkline.exchange"


class Exchange:
    """Who asks, and what the answer needs beside what the SDK writes."""

    def __init__(self, caller: Caller, delivery: Delivery, base_url: str, inline_bytes: int):
        self.caller = caller
        self.delivery = delivery
        self.base_url = base_url
        """The server's address as the caller wrote it."""
        self.inline_bytes = inline_bytes
        """How large a file may be inside an answer."""
        self.pieces: dict[str, bytes] = {}

    def place(self, text: bytes) -> str:
        """Keep ready JSON for the answer; gives the word that stands in its place until the SDK has encoded the rest."""
        word = secrets.token_hex(16)
        self.pieces[word] = text
        return word

    def open(self, scope: Scope) -> Scope:
        """The request's scope with this in it."""
        return {**scope, _KEY: self}


def exchange_of(context: ServerRequestContext[Any, Any]) -> Exchange:
    """The exchange that a handler is called in."""
    assert context.request is not None, "tools are served over HTTP alone; stdio is a pipe to it"
    found = context.request.scope[_KEY]
    assert isinstance(found, Exchange)
    return found
