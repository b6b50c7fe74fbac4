"""The real client library against somebody else's idea of WhatsApp's wire: what it can do, through the whole side process."""

import base64
import subprocess
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import anyio
import pytest

from trunkline.contract.commands import DeleteMessage, Done, EditMessage, React, SendMessage, SetChat
from trunkline.model.errors import NetworkError

from .crabline_server import FOLDER, IS_INSTALLED, NODE, PEER, Crabline, crabline

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not IS_INSTALLED, reason="script/test installs the counterpart"),
]


async def test_a_text_goes_out_and_one_comes_in(tmp_path: Path) -> None:
    """networks.md 3.2: handshake, incoming text, sent text with real encryption."""
    async with crabline(tmp_path) as peer:
        came = await peer.says(text="Grüße 👋🏽\nשלום")
        done = await surely(peer, lambda: peer.session.send(SendMessage(chat=PEER, text="Hello back"), "token-1"))
        page = await peer.session.history(PEER, None, 10)
        assert [(message.provider_id, message.text, message.is_own) for message in page.messages] == [
            (done.provider_id, "Hello back", True),
            (came, "Grüße 👋🏽\nשלום", False),
        ]
        sent = [line["body"]["attrs"]["id"] for line in peer.stanzas("message")]
        assert sent == [done.provider_id]


async def test_a_quote_and_a_reaction_are_taken(tmp_path: Path) -> None:
    """networks.md 3.2: recorded there, decrypted."""
    async with crabline(tmp_path) as peer:
        came = await peer.says(text="To be quoted")
        session = peer.session
        quoted = await surely(peer, lambda: session.send(SendMessage(chat=PEER, text="So be it", quote=came), "token-1"))
        await surely(peer, lambda: session.react(React(chat=PEER, message=came, value="👍")))
        assert quoted.provider_id in [line["body"]["attrs"]["id"] for line in peer.stanzas("message")]
        newest, first = (await session.history(PEER, None, 10)).messages
        assert (newest.quote and newest.quote.provider_id, newest.quote and newest.quote.text) == (came, "To be quoted")
        assert [each.value for each in first.reactions] == ["👍"]


async def test_an_edit_that_it_cannot_read_is_not_told_as_done(tmp_path: Path) -> None:
    """crabline 0.1.27 does not know the word `edit` of a stanza and closes, for edits and deletions: nobody knows then."""
    async with crabline(tmp_path) as peer:
        await peer.says(text="Hello")
        session = peer.session
        done = await surely(peer, lambda: session.send(SendMessage(chat=PEER, text="Befor"), "token-1"))
        for change in (
            session.edit(EditMessage(chat=PEER, message=str(done.provider_id), text="Before")),
            session.delete(DeleteMessage(chat=PEER, message=str(done.provider_id))),
        ):
            await again(peer)
            with pytest.raises(NetworkError):
                await change
        (newest, _) = (await session.history(PEER, None, 10)).messages
        assert (newest.text, newest.edited, newest.deleted) == ("Befor", False, False)


async def test_typing_and_reading_are_told(tmp_path: Path) -> None:
    """networks.md 3.2: typing and read receipts are recorded."""
    async with crabline(tmp_path) as peer:
        came = await peer.says(text="Read me")
        await peer.session.set_chat(SetChat(chat=PEER, switch="read", on=True))
        await surely(peer, lambda: peer.session.send(SendMessage(chat=PEER, text="Typed", typing_ms=1), "token-1"))
        read = [line["body"]["attrs"] for line in peer.stanzas("receipt") if line["body"]["attrs"].get("type") == "read"]
        assert [attributes["id"] for attributes in read] == [came]
        assert len(peer.stanzas("chatstate")) >= 2


async def test_a_voice_note_comes_in_byte_for_byte(tmp_path: Path) -> None:
    """networks.md 3.2: an incoming voice note is decrypted."""
    voice = b"OggS" + bytes(range(256)) * 40
    async with crabline(tmp_path) as peer:
        audio = {"contentBase64": base64.b64encode(voice).decode(), "mimeType": "audio/ogg; codecs=opus", "ptt": True}
        await peer.says(audio=audio)
        (message,) = (await peer.session.history(PEER, None, 1)).messages
        (file,) = message.files
        assert (file.type, file.voice_note, file.size) == ("audio", True, len(voice))
        await again(peer)
        assert b"".join([chunk async for chunk in peer.session.fetch_file(str(file.ref))]) == voice


async def test_a_group_message_names_its_sender(tmp_path: Path) -> None:
    """networks.md 3.2: incoming text in a group."""
    group = "120363000000000009@g.us"
    async with crabline(tmp_path) as peer:
        await peer.says(chatJid=group, text="In the group")
        (message,) = (await peer.session.history(group, None, 1)).messages
        assert (message.text, message.sender.provider_id) == ("In the group", PEER)


async def test_its_sudden_closes_lose_nothing(tmp_path: Path) -> None:
    """It closes at a privacy query after a send: a reconnect goes on, the next send is not sent twice."""
    async with crabline(tmp_path) as peer:
        await peer.says(text="Hello")
        numbers = []
        for number in range(4):
            command = SendMessage(chat=PEER, text=f"Number {number}")
            numbers.append((await surely(peer, partial(peer.session.send, command, f"{number}"))).provider_id)
        arrived = [line["body"]["attrs"]["id"] for line in peer.stanzas("message")]
        assert list(dict.fromkeys(arrived)) == numbers


def test_a_part_of_the_history_is_loaded_again_by_what_was_kept_of_its_notice() -> None:
    """side/history.js with the real client library: its notice survives JSON, and its own functions are where we call them."""
    done = subprocess.run([NODE, str(FOLDER / "history.mjs")], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


async def surely(peer: Crabline, work: Callable[[], Awaitable[Done]]) -> Done:
    """Do it, and again under the same id where the counterpart closed in the middle of it."""
    for _ in range(5):
        await again(peer)
        try:
            return await work()
        except NetworkError:
            continue
    raise AssertionError("the counterpart closes each time")


async def again(peer: Crabline) -> None:
    """Connect again where the counterpart has closed; it does so within moments of a send."""
    with anyio.move_on_after(0.3):
        await peer.connector.link("account").ended()
    await peer.session.connect()
