"""Several files in one send, and albums of others: one album on the network, a message for each of its files here."""

import json
from typing import Literal

import msgspec
import pytest
from telethon.tl import types

from trunkline.contract.commands import OutgoingFile, SendMessage
from trunkline.contract.events import MessageChanged
from trunkline.model.errors import MediaRefused, NetworkFailed
from trunkline.networks.telegram.fake.media import document_media
from trunkline.networks.telegram.fake.seed import ADA, MAYA
from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import heard_from
from trunkline.networks.telegram.tests.server import TelegramServer

MIXED = (("sea.jpg", "image/jpeg"), ("waves.mp4", "video/mp4"), ("walk.png", "image/png"), ("map.pdf", "application/pdf"))


def mixed(bench: TelegramBench) -> tuple[OutgoingFile, ...]:
    """Pictures, a video and a document."""
    return tuple(bench.outgoing(name.encode(), name, media_type) for name, media_type in MIXED)


def many(bench: TelegramBench, count: int) -> tuple[OutgoingFile, ...]:
    """So many pictures."""
    return tuple(bench.outgoing(f"picture {n}".encode(), f"{n}.jpg", "image/jpeg") for n in range(count))


async def test_pictures_videos_and_documents_go_as_one_album_with_the_text_at_the_first(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    done = await hearing.session.send(SendMessage(chat=str(MAYA), text="At the sea", files=mixed(bench)), "token")
    await hearing.until_messages(4)
    assert [(message.text, [(file.file_name, file.media_type) for file in message.files]) for message in hearing.messages] == [
        ("At the sea", [MIXED[0]]), (None, [MIXED[1]]), (None, [MIXED[2]]), (None, [MIXED[3]]),
    ]  # fmt: skip
    assert [message.token for message in hearing.messages] == ["token", None, None, None]
    assert done.provider_id == hearing.messages[0].provider_id
    on_the_network = bench.server.acts.messages(ADA, str(MAYA))[-4:]
    assert len({message.grouped_id for message in on_the_network}) == 1
    assert [each["kind"] for each in bench.server.record] == ["send"]


@pytest.mark.parametrize("fault", ["cut_after", "lost_answer"])
async def test_an_album_whose_answer_is_lost_is_sent_once(bench: TelegramBench, fault: str) -> None:
    """Each file has a random_id of its own, made from the token alone, so another process makes the same."""
    before = len(bench.server.acts.messages(ADA, str(MAYA)))
    command = SendMessage(chat=str(MAYA), text="At the sea", files=mixed(bench))
    session = bench.session()
    await session.connect()
    bench.server.fail_in("SendMultiMedia", fault)
    with pytest.raises(NetworkFailed):
        await session.send(command, "token")
    assert len(bench.server.acts.messages(ADA, str(MAYA))) == before + 4
    await bench.restart()
    again = bench.session()
    await again.connect()
    done = await again.send(command, "token")
    on_the_network = bench.server.acts.messages(ADA, str(MAYA))[before:]
    assert [message.message for message in on_the_network] == ["At the sea", "", "", ""]
    assert done.provider_id == str(on_the_network[0].id)


async def test_an_album_that_did_not_leave_is_sent_when_it_is_repeated(bench: TelegramBench) -> None:
    before = len(bench.server.acts.messages(ADA, str(MAYA)))
    command = SendMessage(chat=str(MAYA), files=many(bench, 10))
    session = bench.session()
    await session.connect()
    bench.server.fail_in("SendMultiMedia", "lost_request")
    with pytest.raises(NetworkFailed):
        await session.send(command, "token")
    assert len(bench.server.acts.messages(ADA, str(MAYA))) == before
    await session.send(command, "token")
    assert len(bench.server.acts.messages(ADA, str(MAYA))) == before + 10


async def test_an_album_has_ten_files_at_most(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    with pytest.raises(MediaRefused, match=r"at most 10 files\. Nothing was sent"):
        await session.send(SendMessage(chat=str(MAYA), files=many(bench, 11)), "token")
    assert bench.server.record == []
    assert bench.server.asked["SaveFilePart"] == 0


@pytest.mark.parametrize("role", ["voice", "video"])
async def test_a_voice_note_or_round_video_goes_alone(bench: TelegramBench, role: Literal["voice", "video"]) -> None:
    session = bench.session()
    await session.connect()
    special = msgspec.structs.replace(bench.outgoing(b"moving", "moving.bin", "video/mp4"), role=role)
    with pytest.raises(MediaRefused, match=r"message of its own\. Nothing was sent"):
        await session.send(SendMessage(chat=str(MAYA), files=(*many(bench, 1), special)), "token")
    assert bench.server.asked["SaveFilePart"] == 0


async def test_an_album_of_somebody_elses_is_a_message_for_each_file_and_its_parts_stay_apart(bench: TelegramBench) -> None:
    """Telegram numbers, edits and deletes the parts one by one. What binds them is in the raw payload: grouped_id."""
    hearing = await heard_from(bench)
    for n in range(3):
        media = document_media(bench.server.world, b"bytes", "image/jpeg", [types.DocumentAttributeFilename(f"{n}.jpg")])
        bench.server.acts.write(MAYA, str(ADA), message="" if n else "Three", media=media, grouped_id=77)
    await hearing.until_messages(3)
    assert [(message.text, len(message.files)) for message in hearing.messages] == [("Three", 1), (None, 1), (None, 1)]
    assert [json.loads(message.raw or "{}")["grouped_id"] for message in hearing.messages] == [77, 77, 77]
    first, second, _ = [message.provider_id for message in hearing.messages]
    await bench.deletes(str(MAYA), second)
    await bench.edits(str(MAYA), first, "Two")
    await hearing.until(lambda: hearing.removed and any(isinstance(event, MessageChanged) for event in hearing.events))
    assert [event.provider_id for event in hearing.removed] == [second]
    page = await hearing.session.history(str(MAYA), None, 2)
    assert [(message.text, len(message.files)) for message in page.messages] == [(None, 1), ("Two", 1)]


@pytest.mark.slow
async def test_an_album_that_telegram_only_calls_a_duplicate_is_found_in_the_history(
    server: TelegramServer, telegram: FakeTelegram
) -> None:
    """hub/look.py: a send of several files is there as a message for each; else it would be sent a second time."""
    await server.allow(await server.connect("+33600000001"))
    chat = (await server.chat(str(MAYA)))["id"]
    before = len(telegram.acts.messages(ADA, str(MAYA)))
    telegram.fail_in("SendMultiMedia", "lost_answer")
    telegram.fault("says_duplicate", count=50)
    files = [f"data:image/jpeg;name={n}.jpg;base64,AAAA" for n in range(3)]
    sent = await server.asks("send_message_in_chat", chat_id=chat, text="Three", attachments=files)
    found = await server.asks("get_message", message_id=sent["message_id"])
    assert (found["text"], [each["type"] for each in found["attachments"]]) == ("Three", ["img"])
    assert [message.message for message in telegram.acts.messages(ADA, str(MAYA))[before:]] == ["Three", "", ""]
    assert "send_state" not in found
