"""What a person sees of messages, sizes and tables."""

import io
import re

import pytest

from trunkline.model.attachment import Attachment, Audio, Document, Image, LinkedinPost, Size, Video, VideoMeeting
from trunkline.model.message import Message, Quoted, Reaction
from trunkline.surfaces.cli import sizes
from trunkline.surfaces.cli.output import Output
from trunkline.surfaces.cli.said import described, said

from .test_sync import Screen


def message(text: str | None = "hi", **more: object) -> Message:
    """A message with what matters here."""
    fields = {
        "id": "m", "account_id": "a", "chat_id": "c", "chat_provider_id": "p", "provider_id": "p", "sender_id": "s",
        "sender_attendee_id": "t", "text": text, "timestamp": "2026-11-22T18:30:00.000Z", "is_sender": 0,
    }  # fmt: skip
    return Message(**{**fields, **more})  # type: ignore[arg-type]  # the test's own values


REACTIONS = tuple(Reaction(value=value, sender_id=value, is_sender=False) for value in ("👍", "❤️"))


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        (message("a\nb"), ["a", "b"]),
        (message(None), [""]),
        (message(None, deleted=1), ["(deleted)"]),
        (message("secret", deleted=1), ["(deleted)"]),
        (message(edited=1, is_forwarded=True), ["hi (edited) (forwarded)"]),
        (message(send_state="sending"), ["hi (being sent)"]),
        (message(send_state="some new word"), ["hi (some new word)"]),
        (message(subject="Offer"), ["Subject: Offer", "hi"]),
        (message(subject=None), ["hi"]),
        (message(reactions=(*REACTIONS, REACTIONS[0])), ["hi", "👍 2 ❤️"]),
        (message(None, attachments=(Image(id="1", file_size=12_345),)), ["[picture, 12 kB]"]),
        (message(quoted=Quoted(provider_id="q", sender_id="s", text="one\ntwo")), ["> one ⏎ two", "hi"]),
        (message(quoted=Quoted(provider_id="q", sender_id="s", text="x" * 99)), [f"> {'x' * 59}…", "hi"]),
        (message(quoted=Quoted(provider_id="q", sender_id="s", text=None, attachments=(LinkedinPost(id="1"),))),
         ["> [shared post]", "hi"]),
    ],
)  # fmt: skip
def test_a_message_is_shown_with_what_hangs_on_it(shown: Message, lines: list[str]) -> None:
    assert said(shown).split("\n") == lines


@pytest.mark.parametrize(
    ("attachment", "words"),
    [
        (Image(id="1", size=Size(1, 1), sticker=True), "sticker"),
        (Video(id="1", file_size=3_400_000), "video, 3.4 MB"),
        (Video(id="1", gif=True), "moving picture"),
        (Audio(id="1", voice_note=True, duration=72.4), "voice note 1:12"),
        (Audio(id="1", unavailable=True), "sound, no longer available"),
        (Document(id="1", file_name="route.pdf", file_size=639), "file route.pdf, 639 B"),
        (VideoMeeting(id="1"), "meeting"),
    ],
)
def test_an_attachment_is_described_in_a_few_words(attachment: Attachment, words: str) -> None:
    assert described(attachment) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (12_345, "12 kB"), (999_499, "999 kB"),
     (999_600, "1.0 MB"), (83_250_405_376, "83 GB"), (10**18, "1000000 TB")],
)  # fmt: skip
def test_a_size_has_two_or_three_digits(size: int, words: str) -> None:
    assert sizes.shown(size) == words


ROWS = [("2026-11-22 18:30", "Maya \x1b[31m[bold]:smile:[/bold]", "first line\nsecond line " + "long " * 30, "A" * 22)]


def test_a_table_on_a_terminal_wraps_the_text_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: ids and times are copied from the screen, so they stay whole; markup of strangers is text."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Screen()
    Output(screen, io.StringIO()).table("when", "from", "message", "id", rows=ROWS, whole=("when", "id"))
    text = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert "\x1b" not in text
    first, *others = text.splitlines()[1:]
    assert first.startswith("2026-11-22 18:30  Maya ")
    assert first.rstrip().endswith("A" * 22)
    assert others[0].split()[:3] == ["\\x1b[31m[bold]:smile:[/bold]", "second", "line"]
    assert all(len(line) <= 100 for line in text.splitlines())


def test_an_id_is_never_cut_however_narrow_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: half an id is none."""
    monkeypatch.setenv("COLUMNS", "60")
    screen = Screen()
    ids = tuple(letter * 22 for letter in "ABCD")
    Output(screen, io.StringIO()).table(*ids, "what", rows=[(*ids, "word " * 8)], whole=ids)
    assert [each for each in ids if screen.getvalue().count(each) != 2] == []


def test_a_table_in_a_file_is_one_line_a_row() -> None:
    """Ours: `trunkline messages | grep` finds whole messages."""
    file = io.StringIO()
    Output(file, io.StringIO()).table("when", "from", "message", "id", rows=ROWS, whole=("when", "id"))
    head, row = file.getvalue().splitlines()
    assert head.split() == ["when", "from", "message", "id"]
    assert row.startswith("2026-11-22 18:30  Maya \\x1b[31m[bold]:smile:[/bold]  first line ⏎ second line long ")
    assert row.endswith("  " + "A" * 22)


def test_json_on_a_terminal_is_escaped_and_in_a_file_left_as_it_is() -> None:
    body = '{"text":"a\u009b31m"}'.encode()
    screen = Screen()
    Output(screen, io.StringIO()).json(body)
    assert screen.getvalue() == '{"text":"a\\u009b31m"}\n'
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii")
    Output(file, io.StringIO()).json(body)
    assert raw.getvalue() == body + b"\n"
