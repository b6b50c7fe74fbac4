"""What the number writes: the 24 hours, Meta's refusals, its pace, files, and sends whose answer is lost."""

import base64
from typing import Any

import msgspec
import pytest

from trunkline.contract.commands import OutgoingFile, React, SendMessage, SetChat, StartChat
from trunkline.contract.events import MessageArrived, SendFailed, UnknownHappened
from trunkline.model.errors import (
    Disconnected,
    InvalidRecipient,
    MediaRefused,
    NetworkFailed,
    NotFound,
    NotPossible,
    Restricted,
    Throttled,
    TooLarge,
    TooLong,
    TrunklineError,
)
from trunkline.networks.whatsapp.business_bench import BusinessBench, jid
from trunkline.networks.whatsapp.cloud.arriving import NOT_DELIVERED
from trunkline.networks.whatsapp.cloud.fake import BrokenOff
from trunkline.networks.whatsapp.cloud.fake_world import MAYA, NEW, NUMBER_ID, WINDOW_MS, Phone
from trunkline.networks.whatsapp.cloud.refusals import status_error
from trunkline.networks.whatsapp.tests.business.hearing import Hearing

CHAT = jid(MAYA)
MINUTE_MS = 60_000
OPUS = b"OggS" + b"\0" * 24 + b"OpusHead" + bytes(range(256))


async def test_free_text_after_24_hours_is_refused_before_it_is_sent(bench: BusinessBench, hearing: Hearing) -> None:
    """networks.md 4.5: the window is computed from the last incoming message, and checked before the call."""
    await hearing.session.send(SendMessage(chat=CHAT, text="In time"), "token-1")
    await bench.move_clock(WINDOW_MS + MINUTE_MS)
    calls = len(bench.world.calls)
    message = (await bench.shown(CHAT, 1))[0].provider_id
    for write in (
        hearing.session.send(SendMessage(chat=CHAT, text="Late"), "token-2"),
        hearing.session.start(StartChat(people=(MAYA,), text="Late"), "token-3"),
        hearing.session.react(React(chat=CHAT, message=message, value="👍")),
    ):
        with pytest.raises(NotPossible, match=r"last wrote 24 hours ago\. Nothing was sent\. .* approved template") as refused:
            await write
        assert MAYA not in refused.value.text
    assert not [call for call in bench.world.calls[calls:] if call.startswith("POST")]
    await bench.writes(CHAT, "Still there?")
    await hearing.session.send(SendMessage(chat=CHAT, text="Yes"), "token-4")
    assert [each["command"]["text"] for each in await bench.arrived("send")] == ["In time", "Yes"]


async def test_of_somebody_unknown_meta_decides_on_the_first_day_and_we_do_afterwards(
    bench: BusinessBench, hearing: Hearing
) -> None:
    """What was said before the number was connected is not known here: then the API's word counts, told as a refusal."""
    bench.world.wrote.pop(NEW)
    with pytest.raises(NotPossible, match="approved template"):
        await hearing.session.start(StartChat(people=(f"+{NEW}",), text="Hello"), "token-1")
    assert len([call for call in bench.world.calls if call.endswith("/messages")]) == 1
    assert [chat for chat in (await hearing.session.chats(None)).chats if chat.provider_id == jid(NEW)] == []
    await bench.move_clock(WINDOW_MS)
    with pytest.raises(NotPossible, match="has not written here"):
        await hearing.session.start(StartChat(people=(NEW,), text="Hello"), "token-2")
    assert len([call for call in bench.world.calls if call.endswith("/messages")]) == 1


@pytest.mark.parametrize("people", [("ana",), ("123@lid",), ("12036300@g.us",), ("",)])
async def test_a_chat_is_started_by_phone_number(bench: BusinessBench, hearing: Hearing, people: tuple[str, ...]) -> None:
    """unipile-v1 4.2 invalid_recipient."""
    with pytest.raises(InvalidRecipient, match="phone number with country code"):
        await hearing.session.start(StartChat(people=people, text="Hello"), "token-1")


async def test_several_people_or_a_title_are_refused(bench: BusinessBench, hearing: Hearing) -> None:
    """There are no groups."""
    for command in (StartChat(people=(MAYA, NEW), text="x"), StartChat(people=(MAYA,), text="x", title="Us")):
        with pytest.raises(NotPossible):
            await hearing.session.start(command, "token-1")
    assert await bench.arrived() == []


async def test_a_message_that_meta_takes_and_then_does_not_deliver_is_refused(bench: BusinessBench, hearing: Hearing) -> None:
    """The API answers with an id first, and tells by a status that nobody has the message (131047)."""
    bench.world.wrote[MAYA] = 0
    with pytest.raises(NotPossible, match="approved template"):
        await hearing.session.send(SendMessage(chat=CHAT, text="Too late after all"), "token-1")
    bench.world.wrote[MAYA] = bench.clock()
    await bench.writes(CHAT, "The end")
    await hearing.until_text("The end")
    assert [event.text for event in hearing.of(MessageArrived)] == ["The end"]
    assert hearing.of(SendFailed) == []
    assert hearing.of(UnknownHappened) == []


async def test_a_message_that_fails_long_after_it_was_sent_is_followed_by_a_line(
    bench: BusinessBench, hearing: Hearing
) -> None:
    """Statuses may come much later; what counts as sent cannot be called back, but whoever reads the chat must know."""
    done = await hearing.session.send(SendMessage(chat=CHAT, text="Hello"), "token-1")
    phone = bench.world.phones[NUMBER_ID]
    for _ in range(2):
        bench.world.tell_status(phone, str(done.provider_id), MAYA, "failed", errors=[{"code": 131_026}])
    await bench.writes(CHAT, "The end")
    await hearing.until_text("The end")
    lines = [event for event in hearing.of(MessageArrived) if event.event_type is not None]
    assert [(line.chat, line.is_own, line.silent) for line in lines] == [(CHAT, True, True)]
    assert (lines[0].text or "").startswith(f"{NOT_DELIVERED}WhatsApp cannot deliver to this number (131026)")


async def test_a_lost_answer_is_recognised_by_the_status_that_carries_our_token(bench: BusinessBench, hearing: Hearing) -> None:
    """biz_opaque_callback_data comes back in every status: the send is settled without being repeated."""
    bench.graph.is_posting = False
    await bench.fault("lost_answer")
    with pytest.raises(NetworkFailed):
        await hearing.session.send(SendMessage(chat=CHAT, text="Hello"), "token-1")
    await bench.restart()
    bench.graph.is_posting = True
    session = bench.session()
    await session.connect()
    again = Hearing(session)
    message = await again.until_text("Hello")
    (sent,) = await bench.arrived("send")
    assert (message.provider_id, message.token, message.is_own) == (sent["provider_id"], "token-1", True)
    await again.close()


async def test_a_lost_send_that_was_not_delivered_is_told_as_that(bench: BusinessBench, hearing: Hearing) -> None:
    """Its status says `failed`: settled so, it never counts as sent, whatever comes after, and a line in the chat says it."""
    bench.world.wrote[MAYA] = 0
    bench.graph.is_posting = False
    await bench.fault("lost_answer")
    with pytest.raises(NetworkFailed):
        await hearing.session.send(SendMessage(chat=CHAT, text="Hello"), "token-1")
    bench.graph.is_posting = True
    await bench.settled()
    phone = bench.world.phones[NUMBER_ID]
    bench.world.tell_status(phone, "wamid.late", MAYA, "sent", biz_opaque_callback_data="token-1")
    await bench.writes(CHAT, "The end")
    await hearing.until_text("The end")
    line, end = hearing.of(MessageArrived)
    (failed,) = hearing.of(SendFailed)
    assert (failed.token, line.text) == ("token-1", f"{NOT_DELIVERED}{failed.reason}")
    assert "approved template" in failed.reason
    assert (line.event_type, end.text) == (0, "The end")


async def test_a_failure_that_is_told_before_the_answer_is_lost_is_the_answer(
    bench: BusinessBench, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meta says it while the caller still waits: nothing stays unknown."""
    bench.world.wrote[MAYA] = 0
    write = bench.graph._write

    async def told_then_lost(phone: Phone, body: dict[str, Any]) -> Any:
        await write(phone, body)
        await bench.settled()
        raise BrokenOff

    monkeypatch.setattr(bench.graph, "_write", told_then_lost)
    with pytest.raises(NotPossible, match="approved template"):
        await hearing.session.send(SendMessage(chat=CHAT, text="Hello"), "token-1")
    await bench.writes(CHAT, "The end")
    await hearing.until_text("The end")
    assert [event.text for event in hearing.of(MessageArrived)] == ["The end"]


async def test_a_failure_of_what_another_program_sent_says_nothing(bench: BusinessBench, hearing: Hearing) -> None:
    """The same number, other software."""
    phone = bench.world.phones[NUMBER_ID]
    bench.world.tell_status(phone, "wamid.foreign", MAYA, "failed", errors=[{"code": 131_026}])
    await bench.writes(CHAT, "The end")
    await hearing.until_text("The end")
    assert [event.text for event in hearing.of(MessageArrived)] == ["The end"]


async def test_while_meta_takes_no_calls_none_are_made(bench: BusinessBench, hearing: Hearing) -> None:
    """networks.md 4.0: on Retry-After nothing is asked again before its time."""
    await bench.fault("rate_limited", ms=30_000)
    with pytest.raises(Throttled):
        await hearing.session.send(SendMessage(chat=CHAT, text="Hello"), "token-1")
    asked = [call for call in bench.world.calls if call.startswith("POST")]
    with pytest.raises(Throttled) as met:
        await hearing.session.send(SendMessage(chat=CHAT, text="Hello"), "token-2")
    assert 0 < (met.value.retry_after_ms or 0) <= 30_000
    assert [call for call in bench.world.calls if call.startswith("POST")] == asked
    await bench.move_clock(30_000)
    await hearing.session.send(SendMessage(chat=CHAT, text="Hello"), "token-2")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (131_047, NotPossible),
        (131_026, InvalidRecipient),
        (131_030, InvalidRecipient),
        (131_056, Throttled),
        (130_429, Throttled),
        (80_007, Throttled),
        (4, Throttled),
        (613, Throttled),
        (131_053, MediaRefused),
        (131_031, Restricted),
        (133_010, Restricted),
        (131_037, NotPossible),
        (368, Restricted),
        (190, Disconnected),
        (551, InvalidRecipient),
        (999_999, NotPossible),
        ("x", NotPossible),
    ],
)
def test_every_refusal_of_meta_is_a_sentence_and_certain(code: object, kind: type[TrunklineError]) -> None:
    """contract/session.py: a refusal means that nothing was done."""
    error = status_error([{"code": code}])
    assert type(error) is kind or isinstance(error, kind)
    assert not isinstance(error, NetworkFailed)
    assert len(error.text.split()) > 5
    assert error.text.endswith(".")


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Unable to deliver.", "(Meta's error 131999: Unable to deliver)"),
        ("Two\nlines\x00  of it", "(Meta's error 131999: Two lines of it)"),
        ("x" * 500, f"(Meta's error 131999: {'x' * 120})"),
        ("", "(Meta's error 131999)"),
        (7, "(Meta's error 131999)"),
    ],
)
def test_a_failure_without_a_sentence_of_ours_is_told_with_metas_title(title: object, told: str) -> None:
    """The codes grow in number. Meta's longer words (`message`, `error_data`) may repeat what was sent: they are not told."""
    error = status_error([{"code": 131_999, "title": title, "message": "secret", "error_data": {"details": "secret"}}])
    assert told in error.text
    assert "secret" not in error.text


async def test_every_kind_of_file_goes_as_what_it_is(bench: BusinessBench, hearing: Hearing) -> None:
    """networks.md 4.3. The caption goes with the file."""
    files = [
        (b"jpeg", "a.jpg", "image/jpeg", "image"),
        (b"webp", "a.webp", "image/webp", "sticker"),
        (b"mp4", "a.mp4", "video/mp4", "video"),
        (b"mp3", "a.mp3", "audio/mpeg", "audio"),
        (b"%PDF", "a b.pdf", "application/pdf", "document"),
    ]
    for number, (data, name, media_type, kind) in enumerate(files):
        text = None if kind in ("sticker", "audio") else f"See {name}"
        file = bench.outgoing(data, name, media_type)
        await hearing.session.send(SendMessage(chat=CHAT, text=text, files=(file,)), f"token-{number}")
    bodies = [each["command"]["body"] for each in await bench.arrived("send")]
    assert [body["type"] for body in bodies] == [kind for *_, kind in files]
    assert [body[body["type"]].get("caption") for body in bodies] == ["See a.jpg", None, "See a.mp4", None, "See a b.pdf"]
    assert bodies[-1]["document"]["filename"] == "a b.pdf"
    assert [bench.world.media[body[body["type"]]["id"]][0] for body in bodies] == [data for data, *_ in files]


async def test_a_voice_note_is_marked_as_one_and_opus_goes_as_it_is(bench: BusinessBench, hearing: Hearing) -> None:
    """developers.facebook.com, audio messages: `voice`, Ogg with Opus."""
    file = msgspec.structs.replace(bench.outgoing(OPUS, "note.ogg", "audio/ogg"), role="voice")
    await hearing.session.send(SendMessage(chat=CHAT, files=(file,)), "token-1")
    (sent,) = await bench.arrived("send")
    audio = sent["command"]["body"]["audio"]
    assert audio["voice"] is True
    assert bench.world.media[audio["id"]] == (OPUS, "audio/ogg; codecs=opus")


@pytest.mark.parametrize(
    ("text", "what", "kind"),
    [
        ("x" * 1_025, ("image/png", 10), TooLong),
        ("Hello", ("audio/mpeg", 10), NotPossible),
        ("Hello", ("image/webp", 10), NotPossible),
        (None, ("image/png", 5 * 1024 * 1024 + 1), TooLarge),
        (None, ("image/webp", 600 * 1024), TooLarge),
        (None, ("image/gif", 10), MediaRefused),
    ],
)
async def test_what_whatsapp_would_not_take_is_refused_before_anything_is_uploaded(
    bench: BusinessBench, hearing: Hearing, text: str | None, what: tuple[str, int], kind: type[Exception]
) -> None:
    """networks.md 4.2, 4.3."""
    file = OutgoingFile(content="a" * 64, file_name="a", media_type=what[0], size=what[1])
    with pytest.raises(kind):
        await hearing.session.send(SendMessage(chat=CHAT, text=text, files=(file,)), "token-1")
    assert not [call for call in bench.world.calls if call.startswith("POST")]


async def test_a_file_that_whatsapp_keeps_no_more_is_told_plainly(bench: BusinessBench, hearing: Hearing) -> None:
    """networks.md 1.5: media go after some days; the address of one after five minutes."""
    bench.world.says(MAYA, {"type": "image", "image": {"id": "12345", "mime_type": "image/jpeg"}})
    await hearing.until(lambda _: hearing.of(MessageArrived))
    ref = str(hearing.of(MessageArrived)[-1].files[0].ref)
    with pytest.raises(NotFound, match="keeps what people send for some days"):
        _ = [chunk async for chunk in hearing.session.fetch_file(ref)]


@pytest.mark.parametrize("ref", ["", "../me", "12345?fields=x", "https://example.com", "ü"])
async def test_what_is_no_file_is_asked_of_nobody(bench: BusinessBench, hearing: Hearing, ref: str) -> None:
    """A ref is an id and nothing else."""
    calls = [call for call in bench.world.calls if NUMBER_ID not in call]
    with pytest.raises(NotFound):
        _ = [chunk async for chunk in hearing.session.fetch_file(ref)]
    assert [call for call in bench.world.calls if NUMBER_ID not in call] == calls


async def test_a_file_elsewhere_is_not_fetched_with_our_token(
    bench: BusinessBench, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address comes from an answer; the token goes to Meta's own hosts only."""
    media = bench.world.upload(b"data", "image/png")
    for url in ("https://example.com/a", "http://lookaside.fbsbx.com/a", "https://fbsbx.com.example.com/a", ""):
        monkeypatch.setattr(type(bench.world), "describe", lambda *_, url=url: {"url": url})
        with pytest.raises(NotFound):
            _ = [chunk async for chunk in hearing.session.fetch_file(media)]


async def test_a_file_that_comes_otherwise_than_named_is_not_taken_for_whole(bench: BusinessBench, hearing: Hearing) -> None:
    """The API names the digest."""
    media = bench.world.upload(base64.b64decode("AAAA"), "image/png")
    described = bench.world.describe(media, bench.graph.url)
    bench.world.media[media] = b"changed", "image/png"
    bench.world.describe = lambda *_: described  # type: ignore[method-assign]
    with pytest.raises(NetworkFailed, match="did not come whole"):
        _ = [chunk async for chunk in hearing.session.fetch_file(media)]


async def test_reading_marks_the_last_message_and_typing_is_shown_for_it(bench: BusinessBench, hearing: Hearing) -> None:
    """networks.md 1.5: read and typing are calls on an incoming message id; read cannot be undone."""
    last = await bench.writes(CHAT, "Read me")
    await hearing.session.set_chat(SetChat(chat=CHAT, switch="read", on=True))
    (read,) = await bench.arrived("set_chat")
    assert read["command"] == {"messaging_product": "whatsapp", "status": "read", "message_id": last}
    with pytest.raises(NotPossible):
        await hearing.session.set_chat(SetChat(chat=CHAT, switch="read", on=False))
    with pytest.raises(NotPossible):
        await hearing.session.set_chat(SetChat(chat=CHAT, switch="mute", on=True))
    await hearing.session.send(SendMessage(chat=CHAT, text="Typed", typing_ms=1), "token-1")
    assert [each["kind"] for each in await bench.arrived()] == ["set_chat", "send"]


async def test_a_sign_of_typing_that_meta_refuses_keeps_no_message_back(bench: BusinessBench, hearing: Hearing) -> None:
    """Meta knows no more of a message that is some weeks old (100): the text goes out without the sign."""
    await bench.writes(CHAT, "Hello")
    await bench.fault("untyped")
    await hearing.session.send(SendMessage(chat=CHAT, text="Typed", typing_ms=1), "token-1")
    assert [each["command"]["text"] for each in await bench.arrived("send")] == ["Typed"]
