"""A send that WhatsApp takes as several messages: none goes out while another cannot, and none is left out in silence."""

import base64
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from trunkline.contract.commands import OutgoingFile, SendMessage, StartChat
from trunkline.model.errors import MediaRefused, NotPossible, Throttled
from trunkline.networks._testing.server import Json
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_answers import ANSWERS, relay
from trunkline.networks.whatsapp.linked.fake_world import JONAS, MAYA
from trunkline.networks.whatsapp.suite import LinkedBench
from trunkline.networks.whatsapp.tests.server import LinkedServer

VOICE = b"OggS....OpusHead" + b"\0" * 64
VOICE_URL = f"data:audio/ogg;base64,{base64.b64encode(VOICE).decode()}"
NO_SOUND = f"#!{sys.executable}\nraise SystemExit(1)\n"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LinkedBench]:
    """A linked account."""
    made = LinkedBench("WHATSAPP", tmp_path)
    await made.start()
    yield made
    await made.close()


def at_the_second(monkeypatch: pytest.MonkeyPatch, happens: Callable[[FakeNetwork, str], object]) -> None:
    """WhatsApp does not take the second message; what happens instead is handed the message's id. Once."""
    taken: list[str] = []

    def take(network: FakeNetwork, chat: str, message: dict[str, Any], number: str, attributes: Any = None) -> None:
        if number not in taken:
            taken.append(number)
            if len(taken) == 2:
                happens(network, number)
                return
        relay(network, chat, message, number, attributes)

    monkeypatch.setitem(ANSWERS, "relayMessage", take)


def refused(code: str) -> Callable[[FakeNetwork, str], object]:
    """By the server's word."""

    def say(network: FakeNetwork, number: str) -> None:
        wire = network.open_wire()
        assert wire is not None
        wire.say({"ack": {"id": number, "error": code}})

    return say


def with_voice(bench: LinkedBench, data: bytes = VOICE) -> SendMessage:
    """A text and a voice note, which holds no text on WhatsApp."""
    file = bench.outgoing(data, "voice.ogg", "audio/ogg")
    voice = OutgoingFile(
        content=file.content, file_name=file.file_name, media_type=file.media_type, size=file.size, role="voice"
    )
    return SendMessage(chat=MAYA, text="Listen", files=(voice,))


async def test_a_part_that_cannot_be_made_lets_none_go_out(bench: LinkedBench) -> None:
    """The text before it would be out already."""
    (bench.folder / "copies").write_text(NO_SOUND)
    session = bench.session()
    await session.connect()
    with pytest.raises(MediaRefused, match=r"Nothing was sent\."):
        await session.send(with_voice(bench, b"no sound"), "token-1")
    assert await bench.arrived("send") == []


async def test_what_is_kept_back_for_a_while_follows_under_the_same_ids(
    bench: LinkedBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried again with the token, as whoever sends does while the outcome is open."""
    session = bench.session()
    await session.connect()
    at_the_second(monkeypatch, refused("429"))
    with pytest.raises(Throttled, match=r"^1 of the 2 messages of this send are out, the next was not taken: .*missing\.$"):
        await session.send(with_voice(bench), "token-1")
    done = await session.send(with_voice(bench), "token-1")
    sent = await bench.arrived("send")
    assert [each["command"]["text"] for each in sent] == ["Listen", None]
    assert done.provider_id == sent[1]["provider_id"]


async def test_what_is_refused_is_told_with_what_is_out_already(bench: LinkedBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever repeated the whole would send the first part twice."""
    session = bench.session()
    await session.connect()
    at_the_second(monkeypatch, refused("403"))
    with pytest.raises(NotPossible) as met:
        await session.send(with_voice(bench), "token-1")
    assert met.value.text == (
        "1 of the 2 messages of this send are out, the next was not taken: WhatsApp does not allow this account to send the"
        " message. Do not repeat the whole; send what is missing."
    )


async def test_a_group_that_was_made_is_told_where_its_first_message_is_refused(bench: LinkedBench) -> None:
    """Whoever repeated the start would make a second one."""
    (bench.folder / "copies").write_text(NO_SOUND)
    session = bench.session()
    await session.connect()
    command = StartChat(people=(MAYA, JONAS), title="Trip", text="Listen", files=with_voice(bench, b"no sound").files)
    with pytest.raises(NotPossible) as met:
        await session.start(command, "token-1")
    assert met.value.text == (
        "The group 'Trip' was made, its first message was not sent: This file could not be converted to a voice note: it seems"
        " to be no sound. Do not repeat it: write in the group."
    )
    assert await bench.arrived("send") == []


@pytest.mark.slow
async def test_a_server_that_dies_between_them_sends_the_rest_once_it_runs_again(
    server: LinkedServer, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came of the send is not known before its last message has arrived."""
    await server.allow(await server.connect())
    chat = (await server.chat(MAYA))["id"]
    at_the_second(monkeypatch, lambda *_: server.kill())
    with pytest.raises(Exception):  # noqa: B017, PT011 (whatever a client meets whose server is gone)
        await server.tries("send_message_in_chat", chat_id=chat, text="Listen", voice_message=VOICE_URL)
    await server.start()
    await server.until(lambda page: len(said(page)) == 2, "list_chat_messages", chat_id=chat, limit=2)
    await server.asks("send_message_in_chat", chat_id=chat, text="And then")
    assert [each["command"]["text"] for each in network.world.record] == ["Listen", None, "And then"]


def said(page: Json) -> list[Json]:
    """What the account said."""
    return [each for each in page["items"] if each["is_sender"] and each["text"] != "Said 5"]
