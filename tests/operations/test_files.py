"""Files as callers hand them in. Never a path, never a URL (security.md S14)."""

import base64
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.model.blob import File
from trunkline.model.errors import InvalidArgument, TooLarge
from trunkline.operations.files import FORMS, UploadRef, file_as_text, file_of, parse_file
from trunkline.operations.media_type import extension_of, media_type_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_base64_text_is_a_file_whose_type_is_read_off_its_bytes() -> None:
    assert parse_file(b64(PNG), "voice_message") == File(data=PNG, file_name="file.png", media_type="image/png")


def test_base64_may_be_broken_into_lines() -> None:
    lines = "\n".join(b64(PNG)[at : at + 10] for at in range(0, 60, 10))
    assert parse_file(lines, "f") == parse_file(b64(PNG), "f")


@pytest.mark.parametrize(
    ("text", "file"),
    [
        (
            f"data:image/png;name=my%20cat.png;base64,{b64(PNG)}",
            File(data=PNG, file_name="my cat.png", media_type="image/png"),
        ),
        ("DATA:text/csv;charset=utf-8,a%2Cb", File(data=b"a,b", file_name="file.csv", media_type="text/csv")),
        ("data:,hello", File(data=b"hello", file_name="file.txt", media_type="text/plain")),
        # the bytes win over what is declared
        (f"data:text/html;base64,{b64(PNG)}", File(data=PNG, file_name="file.png", media_type="image/png")),
        # a name is data: no folders, no control characters
        (
            f"data:;name=..%2F..%2Fetc%2Fpasswd%00;base64,{b64(PNG)}",
            File(data=PNG, file_name="passwd", media_type="image/png"),
        ),
        (f"data:;name=C%3A%5Ctmp%5C..;base64,{b64(PNG)}", File(data=PNG, file_name="file.png", media_type="image/png")),
        ("data:bad type;base64,/wA=", File(data=b"\xff\0", file_name="file.bin", media_type="application/octet-stream")),
    ],
)
def test_a_data_url_is_a_file(text: str, file: File) -> None:
    assert parse_file(text, "f") == file


def test_an_upload_is_named_by_its_id() -> None:
    assert parse_file("upload:6f1Zb0mZ4Rr2uS9c1mB7xW", "f") == UploadRef(upload_id="6f1Zb0mZ4Rr2uS9c1mB7xW")


NO_FILES = [
    "/etc/passwd",
    "/etc/pas",
    "/home/user/photo",
    "~/cat.png",
    "./cat.png",
    "../../../../etc/shadow",
    "cat.png",
    "picture1",
    "C:\\Users\\me\\cat.png",
    "\\\\server\\share",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data",
    "https://example.com/cat.png",
    "att://something",
    "fd:0",
    "-",
    "not base64!",
    "aGVsbG8",
    "Привет",
]


@contextmanager
def nothing_opened() -> Iterator[None]:
    """Fails when a file is opened or a connection made inside it. The hook stays (Python has no way to take it off), idle."""
    seen: list[str] = []
    watching = True

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "socket.connect", "socket.getaddrinfo", "os.listdir", "os.scandir"):
            seen.append(f"{event} {arguments}")

    sys.addaudithook(hook)
    yield
    watching = False
    assert seen == []


def test_no_other_text_is_a_file_and_nothing_is_opened_to_find_out() -> None:
    refusals: dict[str, str] = {}
    with nothing_opened():
        for text in NO_FILES:
            try:
                parse_file(text, "attachments[2]")
            except InvalidArgument as refused:
                refusals[text] = refused.text
    assert refusals == dict.fromkeys(NO_FILES, f"attachments[2] is no file. Give {FORMS}.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "f holds no bytes; give a file that is not empty."),
        ("data:image/png;base64,", "f holds no bytes; give a file that is not empty."),
        (
            "data:image/png;base64,!!!",
            "f is a data: URL that cannot be read; the form is data:TYPE;name=NAME;base64,DATA.",
        ),
        ("data:,\ud800", "f is a data: URL that cannot be read; the form is data:TYPE;name=NAME;base64,DATA."),
        ("data:image/png", "f is a data: URL that cannot be read; the form is data:TYPE;name=NAME;base64,DATA."),
        ("upload:", "f names no upload; give upload: and the upload_id that POST /api/v1/uploads gave."),
        ("upload:../x", "f names no upload; give upload: and the upload_id that POST /api/v1/uploads gave."),
    ],
)
def test_a_broken_form_is_refused_with_its_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        parse_file(text, "f")
    assert refused.value.text == sentence


@pytest.mark.parametrize("text", [b64(bytes(1001)), f"data:;base64,{b64(bytes(1001))}", "data:," + "%00" * 1001])
def test_a_file_over_the_limit_is_refused(text: str) -> None:
    with pytest.raises(TooLarge, match=r"f has 1001 bytes; at most 1000 bytes are allowed\. Nothing was sent\."):
        parse_file(text, "f", max_bytes=1000)


def test_a_text_far_over_the_limit_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(TooLarge, match="f is too large; at most 10 bytes are allowed"):
        parse_file("!" * 41, "f", max_bytes=10)


KINDS = {
    "image/jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(40), None, None),
    "image/gif": (b"GIF89a" + bytes(40), None, None),
    "image/webp": (b"RIFF\x24\0\0\0WEBPVP8 " + bytes(40), None, None),
    "audio/wav": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), "audio/x-wav", None),
    "audio/mpeg": (b"ID3\x03\0\0" + bytes(40), None, None),
    "audio/mp4": (b"\0\0\0\x20ftypM4A \0\0\2\0isomiso2" + bytes(40), None, None),
    "video/mp4": (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(40), None, None),
    "audio/ogg": (b"OggS\0\2" + bytes(22) + b"\x01\x13OpusHead", "audio/ogg; codecs=opus", None),
    "application/ogg": (b"OggS\0\2" + bytes(22) + b"\x01\x13OpusHead", None, None),
    "audio/webm": (b"\x1a\x45\xdf\xa3" + bytes(40), "audio/webm", None),
    "application/pdf": (b"%PDF-1.7\n", "image/png", None),
    "image/svg+xml": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", None),
    "application/zip": (b"PK\x03\x04" + bytes(40), None, None),
    "text/plain": (b"BM, a text that begins like a bitmap", None, None),
    "text/csv": (b"a,b\n1,2\n", "text/csv", None),
    "text/css": (b"a { color: red }", None, "style.css"),
    "application/octet-stream": (b"\x01\x02\x03\x04", None, None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_type_comes_from_the_bytes_and_what_was_told_only_chooses_between_readings(kind: str) -> None:
    """security.md 5.3."""
    data, declared, name = KINDS[kind]
    assert media_type_of(data, declared, name) == kind


@given(st.binary(min_size=1, max_size=50), st.text(max_size=30), st.sampled_from([None, "image/png", "text/x-a", "?"]))
def test_a_file_written_as_text_is_read_back_as_the_same_file(data: bytes, name: str, declared: str | None) -> None:
    file = file_of(data, "f", declared=declared, name=name)
    assert parse_file(file_as_text(file), "f") == file


@pytest.mark.parametrize(
    ("media_type", "ending"),
    [
        ("audio/ogg; codecs=opus", ".ogg"),
        ("AUDIO/OGG", ".ogg"),
        ("audio/amr", ".amr"),
        ("audio/mp4; codecs=mp4a.40.2", ".m4a"),
        ("audio/x-wav", ".wav"),
        ("text/plain; charset=utf-8", ".txt"),
        ("image/jpg", ".jpg"),
        ("video/3gpp", ".3gp"),
        ("no type", ".bin"),
    ],
)
def test_a_name_ends_as_its_type_says_whatever_its_parameters(media_type: str, ending: str) -> None:
    assert extension_of(media_type) == ending
