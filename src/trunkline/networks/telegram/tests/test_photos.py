"""What goes as a photo, a video or a file. The fake at the wire tells what it got."""

import pytest

from trunkline.contract.commands import OutgoingFile, SendMessage
from trunkline.model.errors import MediaRefused, NetworkFailed
from trunkline.networks.telegram.convert.films import Film, film_of
from trunkline.networks.telegram.fake.seed import ADA, MAYA
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.hearing import heard_from
from trunkline.networks.telegram.tests.pictures import gif, jpeg, mp4, png, webp

JPEG, PNG, WEBP, GIF, MP4 = "image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4"
PICTURE = (jpeg(640, 480), "sea.jpg", JPEG)
FILM = (mp4(640, 360, 2.5), "waves.mp4", MP4)
PAPER = (b"%PDF-1.7", "map.pdf", "application/pdf")


def got(bench: TelegramBench) -> list[list[str]]:
    """What Telegram took, send by send."""
    return [each["media"] for each in bench.server.record if each["kind"] == "send"]


def outgoing(bench: TelegramBench, *given: tuple[bytes, str, str]) -> tuple[OutgoingFile, ...]:
    """Files ready to be sent."""
    return tuple(bench.outgoing(*each) for each in given)


def to_maya(bench: TelegramBench, *given: tuple[bytes, str, str]) -> SendMessage:
    """A message with these files."""
    return SendMessage(chat=str(MAYA), text="Look", files=outgoing(bench, *given))


@pytest.mark.parametrize(
    ("data", "media_type", "kind"),
    [
        (jpeg(640, 480), JPEG, "photo"),
        (png(1, 1), PNG, "photo"),
        (webp(640, 480), WEBP, "photo"),
        (jpeg(8_000, 2_000), JPEG, "photo"),
        (jpeg(8_000, 2_001), JPEG, "file"),
        (png(20, 400), PNG, "photo"),
        (png(20, 401), PNG, "file"),
        (png(640, 480).ljust(10_000_000, b"."), PNG, "photo"),
        (png(640, 480).ljust(10_000_001, b"."), PNG, "file"),
        (webp(640, 480, moves=True), WEBP, "file"),
        (gif(640, 480), GIF, "file"),
        (gif(640, 480), PNG, "file"),
        (b"no picture", JPEG, "file"),
        (mp4(640, 360, 2.5), MP4, "video"),
        (b"no film", MP4, "file"),
        (mp4(0, 0, 2.5), MP4, "file"),
        (b"text", "text/plain", "file"),
    ],
)
async def test_pictures_go_as_photos_and_films_as_videos_up_to_telegrams_limits(
    bench: TelegramBench, data: bytes, media_type: str, kind: str
) -> None:
    session = bench.session()
    await session.connect()
    await session.send(to_maya(bench, (data, "given.bin", media_type)), "token")
    assert got(bench) == [[kind]]


async def test_a_sent_photo_comes_back_as_a_picture_with_its_size(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    await hearing.session.send(to_maya(bench, PICTURE), "token")
    await hearing.until_messages(1)
    (message,) = hearing.messages
    (info,) = message.files
    assert (message.text, info.type, info.media_type, info.width, info.height) == ("Look", "img", JPEG, 640, 480)
    chunks = [chunk async for chunk in hearing.session.fetch_file(info.ref or "")]
    assert b"".join(chunks) == PICTURE[0]


async def test_a_sent_video_says_its_size_and_length_and_keeps_its_name(bench: TelegramBench) -> None:
    hearing = await heard_from(bench)
    await hearing.session.send(to_maya(bench, FILM), "token")
    await hearing.until_messages(1)
    (info,) = hearing.messages[0].files
    assert (info.type, info.file_name, info.width, info.height, info.seconds, info.gif) == (
        "video", "waves.mp4", 640, 360, 2.5, False,
    )  # fmt: skip


def test_a_film_filmed_upright_is_shown_upright() -> None:
    assert film_of(mp4(640, 360, 2.5, is_turned=True)) == Film(360, 640, 2.5)


def test_a_film_cut_off_anywhere_is_read_or_not_and_never_fails() -> None:
    whole = mp4(640, 360, 2.5)
    assert [film_of(whole[:end]) for end in range(len(whole))] == [None] * len(whole)


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ((PICTURE, FILM, PICTURE), ["photo", "video", "photo"]),
        ((PICTURE, PAPER), ["file", "file"]),
        ((PAPER, FILM, PICTURE), ["file", "file", "file"]),
        ((PICTURE, (gif(1, 1), "dot.gif", GIF)), ["file", "file"]),
    ],
)
async def test_photos_and_videos_share_an_album_and_a_document_makes_files_of_all(
    bench: TelegramBench, given: tuple[tuple[bytes, str, str], ...], kinds: list[str]
) -> None:
    session = bench.session()
    await session.connect()
    await session.send(to_maya(bench, *given), "token")
    assert got(bench) == [kinds]
    albums = {message.grouped_id for message in bench.server.acts.messages(ADA, str(MAYA))[-len(given) :]}
    assert (len(albums), None in albums) == (1, False)


@pytest.mark.parametrize("given", [(PICTURE,), (FILM, PICTURE)])
async def test_a_picture_that_telegram_cannot_process_goes_as_a_file_once(
    bench: TelegramBench, given: tuple[tuple[bytes, str, str], ...]
) -> None:
    before = len(bench.server.acts.messages(ADA, str(MAYA)))
    session = bench.session()
    await session.connect()
    bench.server.fault("cannot_process_photo")
    done = await session.send(to_maya(bench, *given), "token")
    assert got(bench) == [["file"] * len(given)]
    again = await session.send(to_maya(bench, *given), "token")
    assert again.provider_id == done.provider_id
    assert len(bench.server.acts.messages(ADA, str(MAYA))) == before + len(given)


async def test_an_empty_picture_is_refused(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    with pytest.raises(MediaRefused, match="empty"):
        await session.send(to_maya(bench, (b"", "sea.jpg", JPEG)), "token")
    assert bench.server.record == []


@pytest.mark.parametrize("fault", ["cut_after", "lost_answer"])
@pytest.mark.parametrize(("request_name", "given"), [("SendMedia", (PICTURE,)), ("SendMultiMedia", (PICTURE, FILM))])
async def test_photos_whose_answer_is_lost_are_sent_once(
    bench: TelegramBench, request_name: str, given: tuple[tuple[bytes, str, str], ...], fault: str
) -> None:
    before = len(bench.server.acts.messages(ADA, str(MAYA)))
    session = bench.session()
    await session.connect()
    bench.server.fail_in(request_name, fault)
    with pytest.raises(NetworkFailed):
        await session.send(to_maya(bench, *given), "token")
    await bench.restart()
    again = bench.session()
    await again.connect()
    await again.send(to_maya(bench, *given), "token")
    assert len(bench.server.acts.messages(ADA, str(MAYA))) == before + len(given)
    assert got(bench) == [["photo", "video"][: len(given)]]
