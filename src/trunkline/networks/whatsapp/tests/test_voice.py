"""Voice notes: Ogg/Opus goes as it is, other sound is converted where there is a converter, else refused in words."""

import base64
import os
import shutil
import sys
from pathlib import Path

import pytest

from trunkline.model.errors import MediaRefused
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import MAYA
from trunkline.networks.whatsapp.tests.server import LinkedServer
from trunkline.networks.whatsapp.voice import NO_CONVERTER, as_voice, is_opus

OPUS = b"OggS" + bytes(24) + b"OpusHead" + b"converted"
MP3 = b"ID3\x04" + bytes(400)
CONVERTS = f"#!{sys.executable}\nimport sys\nopen(sys.argv[-1], 'wb').write({OPUS!r})\n"
FAILS = f"#!{sys.executable}\nimport sys\nsys.exit(1)\n"
REAL = shutil.which("ffmpeg")


def program(folder: Path, text: str) -> str:
    """A program named ffmpeg; gives the PATH that leads to it."""
    folder.mkdir(exist_ok=True)
    path = folder / "ffmpeg"
    path.write_text(text)
    path.chmod(0o700)
    return str(folder)


@pytest.mark.slow
async def test_sound_is_converted_by_the_ffmpeg_of_the_path_and_sent_as_a_voice_note(
    network: FakeNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 5, part 1: converted to opus when the person sends another format, if a converter is there."""
    monkeypatch.setenv("PATH", program(tmp_path / "bin", CONVERTS), prepend=os.pathsep)
    server = LinkedServer(tmp_path / "data", network)
    try:
        await server.start()
        await server.allow(await server.connect())
        chat = (await server.chat(MAYA))["id"]
        sound = f"data:audio/mpeg;name=note.mp3;base64,{base64.b64encode(MP3).decode()}"
        await server.asks("send_message_in_chat", chat_id=chat, voice_message=sound)
        (said,) = [
            each["message"]["audioMessage"] for each in network.world.messages[MAYA] if "audioMessage" in each["message"]
        ]
        assert (said["ptt"], said["mimetype"]) == (True, "audio/ogg; codecs=opus")
        assert base64.b64decode(network.world.files[said["directPath"]]) == OPUS
    finally:
        await server.stop()


@pytest.mark.slow
async def test_without_a_converter_the_refusal_says_what_helps_and_nothing_is_sent(
    network: FakeNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 5, part 1: else refused in words; Ogg/Opus goes all the same."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    server = LinkedServer(tmp_path / "data", network)
    try:
        await server.start()
        await server.allow(await server.connect())
        chat = (await server.chat(MAYA))["id"]
        sound = f"data:audio/mpeg;name=note.mp3;base64,{base64.b64encode(MP3).decode()}"
        refused = await server.tries("send_message_in_chat", chat_id=chat, voice_message=sound)
        assert NO_CONVERTER in refused["content"][0]["text"]
        assert network.world.record == []
        note = f"data:audio/ogg;name=note.ogg;base64,{base64.b64encode(OPUS).decode()}"
        await server.asks("send_message_in_chat", chat_id=chat, voice_message=note)
        assert len(network.world.record) == 1
    finally:
        await server.stop()


async def test_what_is_no_sound_is_refused_in_words(tmp_path: Path) -> None:
    """The converter fails; nothing was sent."""
    source = tmp_path / "in"
    source.write_bytes(b"no sound")
    with pytest.raises(MediaRefused, match="seems to be no sound"):
        await as_voice(source, tmp_path / "out.ogg", f"{program(tmp_path / 'bin', FAILS)}/ffmpeg")


@pytest.mark.skipif(REAL is None, reason="no ffmpeg is installed")
async def test_a_list_of_files_is_no_sound(tmp_path: Path) -> None:
    """A playlist would have a real ffmpeg read other files of this machine and send them out."""
    assert REAL is not None
    wav = b"RIFF" + (36 + 16_000).to_bytes(4, "little") + b"WAVEfmt " + bytes([16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0])
    sound = wav + bytes([0x80, 0x3E, 0, 0, 2, 0, 16, 0]) + b"data" + (16_000).to_bytes(4, "little") + bytes(16_000)
    (tmp_path / "secret.wav").write_bytes(sound)
    await as_voice(tmp_path / "secret.wav", tmp_path / "good.ogg", REAL)
    assert is_opus((tmp_path / "good.ogg").read_bytes())
    (tmp_path / "in").write_text("ffconcat version 1.0\nfile secret.wav\n")
    with pytest.raises(MediaRefused):
        await as_voice(tmp_path / "in", tmp_path / "out.ogg", REAL)
