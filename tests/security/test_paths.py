"""S14 through a whole server: no text of a caller and no name of a sender is ever a path.

What this process opens is told by the interpreter. The gate's own test (tests/gateway/test_paths.py) tries every field with
every text; here the hub, the network and the answers are real, and names come in from outside too.
"""

import re
from collections.abc import AsyncIterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import anyio
import pytest
from tests.gateway.crafted_paths import CANARY, crafted
from tests.gateway.opened import OPENED

from .served import CEILING_S
from .town import Town, open_town
from .wire import Line, Tools

pytestmark = pytest.mark.slow

LEAST_TEXTS = 500
INCOMING = 60
FIELDS = ("attachments", "voice_message", "video_message")
DISPOSITION = re.compile(r"attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]*\Z")


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """One for all tests."""
    async with open_town(tmp_path_factory.mktemp("paths") / "data") as opened:
        yield opened


def outside(town: Town, paths: list[str]) -> list[str]:
    """Of what was opened, what is neither our media nor one of the two databases."""
    folder = str(town.server.folder)
    own = (f"{folder}/media", f"{folder}/trunkline.db", f"{folder}/sandbox.db")
    return [path for path in paths if not path.startswith(own)]


async def test_no_text_in_a_file_field_is_opened(town: Town, tmp_path: Path) -> None:
    """500 texts, each in one of the fields, over MCP: what they name is neither read nor sent."""
    texts = list(crafted(tmp_path))
    assert len(texts) >= LEAST_TEXTS
    sent = 0
    async with Line(town.server.port, town.ada.api_key) as line:
        with OPENED.noted() as paths:
            for field, text in zip(cycle(FIELDS), texts, strict=False):
                value = [text] if field == "attachments" else text
                arguments = {"PCID": town.ada.pcid, "chat_id": town.mine["chat"], "text": "t", field: value}
                answer = await Tools(line).call("send_message_in_chat", arguments)
                assert CANARY not in answer.body.decode(), answer
                sent += not answer.json["result"].get("isError")
    assert outside(town, paths) == []
    assert sent < len(texts) / 2
    print(f"S14: {len(texts)} texts in file fields, {sent} of them data, 0 opened")


async def test_the_name_of_a_file_that_comes_in_is_data(town: Town, tmp_path: Path) -> None:
    """What a sender called it names no file here, breaks no header, and leads nobody out of the folder it is saved to."""
    names = [text for text in islice(crafted(tmp_path), 0, None, 7) if text.isprintable()][:INCOMING]
    names += ["a\r\nSet-Cookie: x", 'x"; filename=evil.html', "\u202egnp.exe", "x" * 5_000, "..", ".", ""]
    chat = (await _get(town, f"/chats/{town.mine['chat']}"))["provider_id"]
    said = {"account": "WHATSAPP:1", "chat": chat, "file": "document"}
    with OPENED.noted() as paths:
        for number, name in enumerate(names):
            await town.server.control("write", **said, text=f"file {number}", file_name=name or None)
            message = await _message(town, f"file {number}")
            await _check_file(town, message)
    assert outside(town, paths) == []
    print(f"S14: {len(names)} crafted names of files that came in, 0 followed")


async def _check_file(town: Town, message: dict[str, Any]) -> None:
    (attachment,) = message["attachments"]
    assert not set(attachment["file_name"]) & set("/\\")
    async with Line(town.server.port, town.ada.api_key) as line:
        answer = await line.ask("GET", f"/api/v1/messages/{message['id']}/attachments/{attachment['id']}")
        assert answer.status == 200, answer
        headers = dict(answer.headers)
        assert DISPOSITION.match(headers["content-disposition"]), headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
        arguments = {"PCID": town.ada.pcid, "message_id": message["id"], "attachment_id": attachment["id"]}
        shown = (await Tools(line).ask("get_message_attachment", **arguments))["file_name"]
        assert 0 < len(shown) <= 255
        assert shown not in (".", "..")
        assert not set(shown) & set("/\\\0\r\n\u202e")


async def _message(town: Town, text: str) -> dict[str, Any]:
    """The message with this text, once it has come in."""
    with anyio.fail_after(CEILING_S):
        while True:
            items = (await _get(town, f"/chats/{town.mine['chat']}/messages?limit=1"))["items"]
            if items[0]["text"] == text:
                found: dict[str, Any] = items[0]
                return found
            await anyio.lowlevel.checkpoint()


async def _get(town: Town, path: str) -> Any:
    async with town.server.http(town.ada.api_key) as http:
        return (await http.get(f"/api/v1{path}")).raise_for_status().json()
