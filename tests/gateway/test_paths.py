"""S14: nothing that a caller writes is ever opened as a path."""

from pathlib import Path
from typing import Any

import pytest

from trunkline.model.blob import File
from trunkline.model.errors import TrunklineError
from trunkline.operations.chats import SendMessageInChat
from trunkline.operations.check import read_arguments

from .conftest import World
from .crafted_paths import CANARY, crafted
from .opened import OPENED
from .test_files import send, upload


@pytest.mark.parametrize("field", ["attachments", "voice_message", "video_message"])
async def test_no_text_in_a_file_field_is_opened(world: World, tmp_path: Path, field: str) -> None:
    """S14: whatever a caller writes there, only our own media folder and database are touched."""
    texts = list(crafted(tmp_path))
    assert len(texts) >= 500
    said, accepted = [], 0
    with OPENED.noted() as paths:
        for text in texts:
            value = [text] if field == "attachments" else text
            try:
                operation = read_arguments(SendMessageInChat, {"chat_id": "c", "text": "t", field: value})
                await world.gate.answer(world.me.caller, operation, pcid=None, surface="mcp")
                accepted += 1
            except TrunklineError as error:
                said.append(error.text)
    assert [path for path in paths if not path.startswith(str(world.folder / "media"))] == []
    assert [text for text in said if CANARY in text] == []
    assert all(CANARY.encode() not in file.data for sent in world.backend.sent for file in file_values(sent))
    assert accepted < len(texts) / 2


def file_values(operation: Any) -> list[File]:
    """The files in a send."""
    return [each for each in (*operation.attachments, operation.voice_message, operation.video_message) if each]


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/cron.d/evil", "..\\evil", "a\x00b", "\u202egnp.exe", "", ".", "..", "x" * 5000, "a\r\nb: c"]
)
async def test_the_name_of_an_upload_is_never_a_path(world: World, name: str) -> None:
    """S14: the sender's name is data; what is stored is named by us."""
    with OPENED.noted() as paths:
        ref = await upload(world, name=name)
        got = await send(world, SendMessageInChat(chat_id="c", attachments=(ref,)))
    assert [path for path in paths if not path.startswith(str(world.folder / "media"))] == []
    assert "/" not in got.attachments[0].file_name
    assert "\\" not in got.attachments[0].file_name
    assert 0 < len(got.attachments[0].file_name) <= 255
    assert {path.name for path in (world.folder / "media").iterdir()} == {path.name for path in world.folder.glob("media/*")}


def test_the_hook_sees_what_is_opened(tmp_path: Path) -> None:
    """Else the two tests above would pass whatever happens."""
    with OPENED.noted() as paths:
        (tmp_path / "seen").write_text("x")
    assert paths == [str(tmp_path / "seen")]
