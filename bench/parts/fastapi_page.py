"""Rivals of a framework, a program: routes of FastAPI that answer with the page in a file.

    python fastapi_page.py PAGE

`/models`: the page as Python objects, validated and written by pydantic models, as its tutorial has it. `/ready`: the page's
bytes as they are. Neither reads a database or checks a key. Prints the port; runs on uvicorn with the settings of Trunkline.
"""

import asyncio
import json
import socket
import sys
from pathlib import Path
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel


class Reaction(BaseModel):
    """An emoji on a message."""

    value: str
    sender_id: str
    is_sender: bool


class Attachment(BaseModel):
    """A file in a message."""

    id: str
    type: str
    unavailable: bool = False
    file_size: int | None = None
    mimetype: str | None = None


class Message(BaseModel):
    """A message, with the fields that the contract has on each."""

    object: Literal["Message"]
    id: str
    account_id: str
    chat_id: str
    chat_provider_id: str
    provider_id: str
    sender_id: str
    sender_attendee_id: str
    text: str | None
    attachments: list[Attachment]
    timestamp: str
    is_sender: Literal[0, 1]
    reactions: list[Reaction]
    seen: Literal[0, 1]
    seen_by: dict[str, bool | str]
    hidden: Literal[0, 1]
    deleted: Literal[0, 1]
    edited: Literal[0, 1]
    is_event: Literal[0, 1]
    delivered: Literal[0, 1]
    behavior: Literal[0] | None
    original: str
    sender_name: str | None = None


class MessageList(BaseModel):
    """A page of messages."""

    object: Literal["MessageList"]
    items: list[Message]
    cursor: str | None


def build(page: bytes) -> FastAPI:
    """The app with both routes."""
    app, objects = FastAPI(), json.loads(page)

    @app.get("/models", response_model=MessageList)
    async def models() -> Any:
        return objects

    @app.get("/ready")
    async def ready() -> Response:
        return Response(page, media_type="application/json")

    return app


def main(page: Path) -> None:
    """Serve until ended."""
    config = uvicorn.Config(
        build(page.read_bytes()), http="httptools", ws="none", lifespan="on", log_config=None, access_log=False,
        proxy_headers=False, server_header=False, timeout_keep_alive=75,
    )  # fmt: skip
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
