"""Forms on the two sending routes, over a fake gate. Sources: unipile-v1 2.3, 7.3, 7.7; security.md 2.3."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from trunkline.model.blob import File
from trunkline.model.errors import TrunklineError
from trunkline.operations.chats import SendMessageInChat, StartNewChat
from trunkline.operations.files import UploadRef
from trunkline.operations.linkedin import LinkedinOptions
from trunkline.surfaces.rest.forms import Room

from .conftest import Served
from .fake_gate import FakeGate

SEND = "/api/v1/chats/c/messages"
START = "/api/v1/chats"
MULTIPART = {"content-type": "multipart/form-data; boundary=B"}
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def part(name: str, value: bytes, more: str = "", headers: str = "") -> bytes:
    """One part of a multipart body with the boundary B."""
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{headers}\r\n'.encode() + value + b"\r\n"


async def test_a_form_with_files_is_read(served: Served, gate: FakeGate) -> None:
    """The type comes from the bytes, whatever the part says; the vendor's client always says octet-stream (7.7)."""
    files = [
        ("attachments", ("cat.png", PNG, "application/octet-stream")),
        ("attachments", ('naïve "notes".txt', b"hello", "application/octet-stream")),
        ("voice_message", ("v.m4a", b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00", "application/octet-stream")),
    ]
    await served.http.post(SEND, data={"text": "true", "quote_id": "q"}, files=files)
    assert gate.asked[0].operation == SendMessageInChat(
        chat_id="c",
        text="true",
        quote_id="q",
        attachments=(
            File(data=PNG, file_name="cat.png", media_type="image/png"),
            File(data=b"hello", file_name='naïve "notes".txt', media_type="text/plain"),
        ),
        voice_message=File(data=files[2][1][1], file_name="v.m4a", media_type="audio/mp4"),
    )


NESTED = StartNewChat(
    account_id="a",
    attendees_ids=("x", "y"),
    text="hi",
    linkedin=LinkedinOptions(api="classic", inmail=True),
)


@pytest.mark.parametrize(
    "fields",
    [
        [("attendees_ids", "x"), ("attendees_ids", "y"), ("linkedin[api]", "classic"), ("linkedin[inmail]", "true")],
        [("attendees_ids[]", "x"), ("attendees_ids[]", "y"), ("linkedin[api]", "classic"), ("linkedin[inmail]", "true")],
        [("attendees_ids", '["x","y"]'), ("linkedin", '{"api":"classic","inmail":true}')],
        [("attendees_ids", "x, y"), ("linkedin[api]", "classic"), ("linkedin[inmail]", "true"), ("unknown", "1")],
    ],
    ids=["repeated", "brackets", "json", "commas"],
)
@pytest.mark.parametrize("encoding", ["multipart", "urlencoded"])
async def test_forms_nest_repeat_and_hold_json(
    served: Served, gate: FakeGate, fields: list[tuple[str, str]], encoding: str
) -> None:
    fields = [("account_id", "a"), ("text", "hi"), *fields]
    if encoding == "multipart":
        content = b"".join(part(name, value.encode()) for name, value in fields) + b"--B--\r\n"
        answer = await served.http.post(START, content=content, headers=MULTIPART)
    else:
        answer = await served.http.post(START, content=urlencode(fields).encode(), headers=URLENCODED)
    assert answer.status_code == 201, answer.text
    assert gate.asked[0].operation == NESTED


async def test_one_value_is_a_list_of_one(served: Served, gate: FakeGate) -> None:
    await served.http.post(START, data={"account_id": "a", "attendees_ids": "x", "text": "hi", "attachments": "upload:u1"})
    assert gate.asked[0].operation == StartNewChat(
        account_id="a", attendees_ids=("x",), text="hi", attachments=(UploadRef(upload_id="u1"),)
    )


async def test_json_works_beside_forms_and_holds_a_file_of_the_largest_size(served: Served, gate: FakeGate) -> None:
    text = "aGVsbG8h" * 125  # 1000 characters, 750 bytes
    await served.http.post(SEND, json={"attachments": [text]})
    asked = gate.asked[0].operation
    assert isinstance(asked, SendMessageInChat)
    assert [file.media_type for file in asked.attachments if isinstance(file, File)] == ["text/plain"]


async def test_a_file_field_left_empty_in_a_browser_is_no_file(served: Served, gate: FakeGate) -> None:
    content = part("text", b"hi") + part("attachments", b"", '; filename=""') + b"--B--"
    await served.http.post(SEND, content=content, headers=MULTIPART)
    assert gate.asked[0].operation == SendMessageInChat(chat_id="c", text="hi")


MALFORMED = (400, "errors/malformed_request")
INVALID = (400, "errors/invalid_parameters")
LARGE = (400, "errors/content_too_large")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", (422, "errors/invalid_message")),
        (b"no form at all", MALFORMED),
        (part("text", b"hi"), MALFORMED),
        (part("text", b"hi")[:40], MALFORMED),
        (b"--B\r\nContent-Disposition: form-data\r\n\r\nhi\r\n--B--", MALFORMED),
        (b"--B\r\nContent-Disposition: form-data; name=\"x\"\r\nX: " + b"y" * 20_000 + b"\r\n\r\nhi\r\n--B--", MALFORMED),
        (part("text", b"\xff") + b"--B--", MALFORMED),
        (part("text", b"a") + part("text", b"b") + b"--B--", INVALID),
        (part("text", b"a", '; filename="a.txt"') + b"--B--", INVALID),
        (part("attachments", b"", '; filename="a.txt"') + b"--B--", INVALID),
        (part("n" * 300, b"a") + b"--B--", INVALID),
        (part("x", b"a") * 300 + b"--B--", INVALID),
        (part("attachments", b"a", '; filename="a.txt"') * 21 + b"--B--", INVALID),
        (part("attachments", b"a" * 1001, '; filename="a.txt"') + b"--B--", LARGE),
        (part("text", b"a" * 4_194_305) + b"--B--", LARGE),
        (part("text", b"a" * 4_200_000, '; filename="a"') + b"--B--", LARGE),
    ],
)  # fmt: skip
async def test_a_form_that_cannot_be_is_refused_before_the_gate(
    served: Served, gate: FakeGate, content: bytes, refusal: tuple[int, str]
) -> None:
    """unipile-v1 4.4."""
    answer = await served.http.post(SEND, content=content, headers=MULTIPART)
    assert (answer.status_code, answer.json()["type"]) == refusal
    assert gate.asked == []


@pytest.mark.parametrize(
    ("content", "content_type", "refusal"),
    [
        (b"text=%FF", URLENCODED["content-type"], MALFORMED),
        ("text=ä".encode(), URLENCODED["content-type"], MALFORMED),
        (b"x=1&" * 300, URLENCODED["content-type"], INVALID),
        (b"text=" + b"x" * 5_000_000, URLENCODED["content-type"], LARGE),
        (b"--B--", "multipart/form-data", MALFORMED),
        (b"--B--", "multipart/form-data; boundary=" + "B" * 300, MALFORMED),
        (b"--B--", "multipart/mixed; boundary=B", (415, "errors/unsupported_media_type")),
    ],
)
async def test_other_bodies_that_cannot_be_are_refused(
    served: Served, gate: FakeGate, content: bytes, content_type: str, refusal: tuple[int, str]
) -> None:
    answer = await served.http.post(SEND, content=content, headers={"content-type": content_type})
    assert (answer.status_code, answer.json()["type"]) == refusal
    assert gate.asked == []


async def test_routes_that_take_no_form_say_so(served: Served) -> None:
    answer = await served.http.post("/api/v1/messages/m/reaction", data={"reaction": "👍"})
    assert (answer.status_code, answer.json()["type"]) == (415, "errors/unsupported_media_type")


async def test_bodies_share_a_room_and_give_back_what_they_took() -> None:
    """A hundred clients with the largest forms cannot fill the memory."""

    async def body(*pieces: bytes) -> Any:
        for piece in pieces:
            yield piece

    room = Room(10)
    with room.share() as first, room.share() as second:
        assert [piece async for piece in first.count(body(b"12345678"))] == [b"12345678"]
        with pytest.raises(TrunklineError, match="too many files"):
            _ = [piece async for piece in second.count(body(b"1", b"234"))]
    with room.share() as third:
        third.take(10)


async def test_every_cut_of_a_form_is_an_answer(served: Served, gate: FakeGate) -> None:
    """No cut of a good body is read as another good one, but for the line break at its very end."""
    whole = part("text", b"hello") + part("attachments", PNG, '; filename="a.png"') + b"--B--\r\n"
    for cut in range(1, len(whole) - 2):
        answer = await served.http.post(SEND, content=whole[:cut], headers=MULTIPART)
        assert (answer.status_code, json.loads(answer.content)["status"]) == (400, 400), cut
    assert gate.asked == []
