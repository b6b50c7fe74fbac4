"""Bytes in and bytes out."""

from collections.abc import AsyncIterator

import msgspec
import puremagic
import pytest

from trunkline.contract.commands import OutgoingFile, SendMessage
from trunkline.contract.events import PersonInfo
from trunkline.model.errors import MediaRefused, NetworkRefusal, NotFound

from .bench import Bench
from .listening import started
from .test_sending import connected

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 700
"""Longer than one chunk, with every byte in it."""


def is_png(data: bytes) -> bool:
    """Whether it is the picture. Apart from its test, which would compare two long files line by line to tell a difference."""
    return data == PNG


@pytest.mark.needs("send.attachments", "files")
async def test_a_sent_file_comes_back_byte_for_byte(bench: Bench) -> None:
    """style.md 5: attachment bytes in equal bytes out."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    file = bench.outgoing(PNG, "picture (1) é.png", "image/png")
    await session.send(SendMessage(chat=chat, files=(file,)), "token-1")
    await listening.until(lambda _: any(message.files for message in listening.messages()))
    (message,) = [message for message in listening.messages() if message.files]
    (info,) = message.files
    assert (info.type, info.media_type, info.file_name, info.size) == ("img", "image/png", "picture (1) é.png", len(PNG))
    assert info.ref is not None
    assert is_png(await whole(session.fetch_file(info.ref)))


@pytest.mark.needs("send.voice", "files")
async def test_a_sent_voice_note_comes_back_as_one(bench: Bench) -> None:
    """unipile-v1 5.4: `audio` with `voice_note`; 7.3: one `voice_message`."""
    assert bench.sheet.send is not None
    assert bench.sheet.send.voice is not None
    session = bench.session()
    listening = await started(session)
    file = bench.outgoing(b"a voice", "voice.m4a", "audio/mp4")
    await session.send(SendMessage(chat=await bench.direct(), files=(as_voice(file),)), "token-1")
    await listening.until(lambda _: any(message.files for message in listening.messages()))
    (info,) = listening.messages()[-1].files
    assert (info.type, info.voice_note, info.file_name) == ("audio", True, "voice.m4a")
    assert info.ref is not None
    assert await whole(session.fetch_file(info.ref)) == b"a voice"


@pytest.mark.needs("files")
async def test_a_received_file_comes_byte_for_byte(bench: Bench) -> None:
    """style.md 5: attachment bytes in equal bytes out."""
    session = bench.session()
    listening = await started(session)
    await bench.writes(await bench.direct(), "With a file", PNG)
    message = await listening.until_message("With a file")
    (info,) = message.files
    assert info.ref is not None
    assert is_png(await whole(session.fetch_file(info.ref)))


@pytest.mark.needs("files")
async def test_a_file_that_is_gone_says_so(bench: Bench) -> None:
    """contract/session.py: NotFound when the network has them no more."""
    session, _ = await connected(bench)
    with pytest.raises(NotFound):
        await whole(session.fetch_file("no-such-file"))


@pytest.mark.needs("send.attachments")
async def test_a_file_the_network_does_not_take_is_refused(bench: Bench) -> None:
    """networks.md 4.3; unipile-v1 4.2 unsupported_media_type."""
    assert bench.sheet.send is not None
    assert bench.sheet.send.attachments is not None
    if "*/*" in bench.sheet.send.attachments.types:
        return
    session, chat = await connected(bench)
    file = bench.outgoing(b"MZ", "setup.exe", "application/x-msdownload")
    with pytest.raises(MediaRefused):
        await session.send(SendMessage(chat=chat, files=(file,)), "token-1")
    assert await bench.arrived() == []


@pytest.mark.needs("send.max_attachments")
async def test_more_files_than_the_network_takes_are_refused(bench: Bench) -> None:
    """networks.md 4.3."""
    assert bench.sheet.send is not None
    assert bench.sheet.send.max_attachments is not None
    session, chat = await connected(bench)
    files = tuple(bench.outgoing(PNG, f"{n}.png", "image/png") for n in range(bench.sheet.send.max_attachments.value + 1))
    with pytest.raises(NetworkRefusal):
        await session.send(SendMessage(chat=chat, files=files), "token-1")
    assert await bench.arrived() == []


@pytest.mark.needs("pictures")
async def test_peoples_pictures_are_pictures(bench: Bench) -> None:
    """unipile-v1 7.19: bytes of an image type."""
    session, _ = await connected(bench)
    people: list[PersonInfo] = [member for info in (await session.chats(None)).chats for member in info.members]
    refs = {person.picture for person in people if isinstance(person.picture, str)}
    assert refs
    for ref in refs:
        data = await whole(session.fetch_picture(ref))
        assert puremagic.from_string(data, mime=True).startswith("image/")


def as_voice(file: OutgoingFile) -> OutgoingFile:
    """A file to be sent as a voice note."""
    return msgspec.structs.replace(file, role="voice")


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    """All bytes of a file."""
    return b"".join([chunk async for chunk in chunks])
