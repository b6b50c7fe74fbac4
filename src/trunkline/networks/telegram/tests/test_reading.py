"""History, files and chats as they come from Telegram."""

import json
import subprocess
import sys
from typing import Any

import pytest
from telethon.tl import types

from trunkline.contract.events import ChatChanged, ChatRemoved, MessageChanged, ReactionChanged
from trunkline.model.errors import NotFound, Throttled
from trunkline.networks.telegram.convert.ids import message_id, message_number
from trunkline.networks.telegram.fake.media import document_media
from trunkline.networks.telegram.fake.seed import ADA, CHANNEL, GROUP, MAYA, ROOM, TOM
from trunkline.networks.telegram.fake.world import room_name
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import heard_from

FILE = bytes(range(256)) * 6_000
"""One and a half million bytes: three parts."""


async def whole(chunks: Any) -> bytes:
    """All bytes of a file."""
    return b"".join([chunk async for chunk in chunks])


async def test_a_file_whose_reference_has_ended_is_had_anew_from_its_message(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    await bench.writes(str(MAYA), "A file", FILE)
    await hearing.until(lambda: hearing.messages)
    (info,) = hearing.messages[0].files
    assert info.ref is not None
    world = bench.server.world
    world.reference = b"reference-2"
    for document in world.documents.values():
        document.file_reference = b"reference-2"
    assert len(await whole(hearing.session.fetch_file(info.ref))) == len(FILE)
    number = int(hearing.messages[0].provider_id)
    world.reference = b"reference-3"
    bench.server.acts.delete(ADA, [number])
    with pytest.raises(NotFound):
        await whole(hearing.session.fetch_file(info.ref))


@pytest.mark.parametrize("ref", ["", "[]", "{}", '["document",1,2,"!",2,3,"1",1,""]', "null", "[1,2,3,4,5,6,7,8,9]"])
async def test_a_ref_that_is_none_of_ours_is_not_found(bench: TelegramBench, ref: str) -> None:
    session = bench.session()
    await session.connect()
    with pytest.raises(NotFound):
        await whole(session.fetch_file(ref))


@pytest.mark.parametrize(
    ("attributes", "media_type", "expected"),
    [
        ([types.DocumentAttributeAudio(7, voice=True)], "audio/ogg", ("audio", True, False, False, 7.0)),
        ([types.DocumentAttributeVideo(3.5, 240, 240, round_message=True)], "video/mp4", ("video", False, False, False, 3.5)),
        (
            [types.DocumentAttributeSticker("😀", types.InputStickerSetEmpty()), types.DocumentAttributeImageSize(512, 512)],
            "image/webp",
            ("img", False, True, False, None),
        ),
        (
            [types.DocumentAttributeVideo(1, 10, 10), types.DocumentAttributeAnimated()],
            "video/mp4",
            ("video", False, False, True, 1.0),
        ),
        ([], "application/pdf", ("file", False, False, False, None)),
    ],
)
async def test_media_come_as_what_they_are(
    bench: TelegramBench, attributes: list[Any], media_type: str, expected: tuple[Any, ...]
) -> None:
    hearing = await heard_from(bench)
    media = document_media(bench.server.world, b"bytes", media_type, attributes)
    bench.server.acts.write(MAYA, str(ADA), message="", media=media)
    await hearing.until(lambda: hearing.messages)
    (info,) = hearing.messages[0].files
    assert (info.type, info.voice_note, info.sticker, info.gif, info.seconds) == expected


async def test_a_photo_is_its_largest_size(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    sizes = [types.PhotoSize("m", 320, 240, 5), types.PhotoSize("y", 1280, 960, 9), types.PhotoStrippedSize("i", b"12")]
    world = bench.server.world
    photo = types.Photo(77, 88, world.reference, world.date(), sizes, 2)
    world.documents[77], world.files[77] = photo, b"the photo"
    bench.server.acts.write(MAYA, str(ADA), message="Look", media=types.MessageMediaPhoto(photo=photo))
    await hearing.until(lambda: hearing.messages)
    (info,) = hearing.messages[0].files
    assert (info.type, info.width, info.height, info.size, hearing.messages[0].text) == ("img", 1280, 960, 9, "Look")
    assert await whole(hearing.session.fetch_file(info.ref or "")) == b"the photo"


async def test_what_has_no_text_says_what_it_is(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    geo = types.MessageMediaGeo(types.GeoPoint(2.3, 48.8, 1))
    bench.server.acts.write(MAYA, str(ADA), message="", media=geo)
    bench.server.acts.write(MAYA, str(ADA), message="", media=types.MessageMediaUnsupported())
    await hearing.until(lambda: len(hearing.messages) == 2)
    assert [(message.text or "").startswith("[") for message in hearing.messages] == [True, True]
    assert json.loads(hearing.messages[0].raw or "")["media"]["geo"]["lat"] == 48.8


async def test_a_message_nobody_can_read_is_kept_and_the_next_one_comes(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    bench.server.acts.write(MAYA, str(ADA), message="", media=types.MessageMediaPhoto(photo=types.PhotoEmpty(1)))
    await bench.writes(str(MAYA), "Next")
    await hearing.until(lambda: len(hearing.messages) == 2)
    assert [len(message.files) for message in hearing.messages] == [1, 0]
    assert hearing.messages[0].files[0].ref is None


async def test_a_message_that_cannot_be_read_does_not_hold_up_its_chats_history(
    bench: TelegramBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shape that our conversion did not expect, in the middle of a page."""
    number = int(await bench.writes(str(MAYA), "Odd"))
    await bench.writes(str(MAYA), "Next")

    def odd(chat: str, message: Any) -> Any:
        return message.no_such_field if message.id == number else ()

    monkeypatch.setattr("trunkline.networks.telegram.convert.messages.files_of", odd)
    session = bench.session()
    await session.connect()
    page = await session.history(str(MAYA), None, 3)
    assert [message.text for message in page.messages] == ["Next", "[something that could not be read]", "Good to hear."]
    assert json.loads(page.messages[1].raw or "")["message"] == "Odd"


async def test_counts_of_views_are_no_edits(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    number = int(await bench.writes(str(MAYA), "Seen often"))
    bench.server.acts.edit(ADA, str(MAYA), number, edit_date=bench.server.world.date(), edit_hide=True)
    bench.server.acts.react(ADA, str(MAYA), number, MAYA, "🔥")
    bench.server.acts.react(ADA, str(MAYA), number, MAYA, None)
    await hearing.until(lambda: len([event for event in hearing.events if isinstance(event, ReactionChanged)]) == 2)
    assert not [event for event in hearing.events if isinstance(event, MessageChanged)]
    assert not (await hearing.session.history(str(MAYA), None, 1)).messages[0].edited
    assert [(event.value, event.removed) for event in hearing.events if isinstance(event, ReactionChanged)] == [
        ("🔥", False), ("🔥", True),
    ]  # fmt: skip


async def test_archive_and_pins_on_the_phone_are_heard(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    peer = types.PeerUser(MAYA)
    box = bench.server.world.boxes[ADA]
    bench.server.tell(ADA, [box.sequence.add(lambda pts, n: types.UpdateFolderPeers([types.FolderPeer(peer, 1)], pts, n))])
    bench.server.tell(ADA, [types.UpdateDialogPinned(types.DialogPeer(peer), pinned=True)])
    bench.server.tell(ADA, [types.UpdateNotifySettings(types.NotifyPeer(peer), types.PeerNotifySettings(mute_until=2**31 - 1))])
    bench.server.tell(ADA, [types.UpdateDialogUnreadMark(types.DialogPeer(peer), unread=True)])
    await hearing.until(lambda: len(hearing.events) == 4)
    infos = [event.info for event in hearing.events if isinstance(event, ChatChanged)]
    assert (infos[0].archived, infos[1].pinned, infos[2].muted_until_ms, infos[3].unread_count) == (True, True, -1, 1)


async def test_a_folder_made_on_the_phone_is_a_label(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    await hearing.session.chats(None)
    maya = types.InputPeerUser(MAYA, bench.server.world.people[MAYA].access_hash)
    folder = types.DialogFilter(2, types.TextWithEntities("Friends", []), [], [maya], [])
    bench.server.world.boxes[ADA].folders[2] = folder
    bench.server.tell(ADA, [types.UpdateDialogFilter(2, folder)])
    await hearing.until(lambda: hearing.events)
    assert [(event.info.provider_id, event.info.labels) for event in hearing.events if isinstance(event, ChatChanged)] == [
        (str(MAYA), ("Friends",))
    ]


async def test_being_removed_from_a_channel_removes_the_chat(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    bench.server.world.rooms[CHANNEL].members.remove(ADA)
    bench.server.tell(ADA, [types.UpdateChannel(CHANNEL)])
    await hearing.until(lambda: hearing.events)
    assert hearing.events == [ChatRemoved(chat=room_name(CHANNEL))]


async def test_pinned_chats_stand_where_their_activity_puts_them(bench: TelegramBench) -> None:
    bench.server.world.boxes[ADA].places[str(TOM)].pinned = True
    for number in range(60):
        world = bench.server.world
        world.people[5_000 + number] = type(world.people[MAYA])(5_000 + number, f"Person {number}")
        bench.clock.move(1_000)
        bench.server.acts.write(5_000 + number, str(ADA), message="Hello")
    session = bench.session()
    await session.connect()
    first = await session.chats(None)
    second = await session.chats(first.cursor)
    found = [*first.chats, *second.chats]
    assert (second.cursor, len(found)) == (None, len({info.provider_id for info in found}))
    active = [info.active_at_ms for info in found if isinstance(info.active_at_ms, int)]
    assert active == sorted(active, reverse=True)
    assert [info.provider_id for info in second.chats if info.pinned is True] == [str(TOM)]


async def test_a_throttled_history_says_how_long(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    bench.server.fault("history_flood", ms=20_000)
    with pytest.raises(Throttled) as met:
        await session.history(str(MAYA), None, 10)
    assert met.value.retry_after_ms == 20_000


async def test_whom_we_met_is_known_after_a_restart_without_asking(bench: TelegramBench) -> None:
    """networks.md 1.3: addressing a peer needs its access hash: store entities."""
    session = bench.session()
    await session.connect()
    await session.chats(None)
    await bench.restart()
    session = bench.session()
    await session.connect()
    asked = bench.server.asked["GetDialogs"]
    for chat in (str(MAYA), str(-GROUP), room_name(ROOM)):
        assert (await session.history(chat, None, 1)).messages
    assert bench.server.asked["GetDialogs"] == asked


def test_a_channels_message_ids_are_unique_in_the_account() -> None:
    for chat in ("2001", "-3001", "-1001234567890", "-1000000000001"):
        assert message_number(chat, message_id(chat, 77)) == 77
    assert len({message_id(chat, 77) for chat in ("2001", "-1001234567890", "-1000000000001")}) == 3


def test_what_telegram_can_do_is_readable_without_its_library() -> None:
    """docs/add-a-network.md: the pages of docs/ are generated from the sheets."""
    code = (
        "import sys; sys.modules['telethon'] = None\n"
        "import trunkline.networks.telegram.user.capabilities, trunkline.networks.telegram.options\n"
        "import os, pathlib\n"
        "from trunkline.networks.scan import Setup, find_networks\n"
        "setup = Setup(pathlib.Path('.'), lambda: 0, os.urandom)\n"
        "print([each.unavailable for each in find_networks(setup) if each.name == 'telegram'])\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "telethon is not installed" in said
