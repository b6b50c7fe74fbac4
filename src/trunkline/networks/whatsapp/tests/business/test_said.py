"""What people write, in every kind that the API has, and what becomes of our own messages."""

import json
from typing import Any

import pytest

from trunkline.contract.events import (
    ChatChanged,
    DeliveredUpTo,
    FileInfo,
    MessageArrived,
    ReactionChanged,
    ReadUpTo,
    UnknownHappened,
)
from trunkline.networks.whatsapp.business_bench import BusinessBench, jid
from trunkline.networks.whatsapp.cloud.fake_world import BUSINESS, MAYA, NUMBER_ID, OWN
from trunkline.networks.whatsapp.tests.business.hearing import Hearing

Json = dict[str, Any]
PHOTO = {"id": "1", "mime_type": "image/jpeg", "sha256": "x", "caption": "Look"}
NFM = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": "{}"}}


@pytest.mark.parametrize(
    ("content", "text", "file"),
    [
        ({"type": "text", "text": {"body": "Hello"}}, "Hello", None),
        ({"type": "image", "image": PHOTO}, "Look", FileInfo(type="img", ref="1", media_type="image/jpeg")),
        (
            {"type": "document", "document": {"id": "2", "mime_type": "application/pdf", "filename": "a.pdf"}},
            None,
            FileInfo(type="file", ref="2", media_type="application/pdf", file_name="a.pdf"),
        ),
        (
            {"type": "audio", "audio": {"id": "3", "mime_type": "audio/ogg; codecs=opus", "voice": True}},
            None,
            FileInfo(type="audio", ref="3", media_type="audio/ogg; codecs=opus", voice_note=True),
        ),
        (
            {"type": "sticker", "sticker": {"id": "4", "mime_type": "image/webp", "animated": False}},
            None,
            FileInfo(type="img", ref="4", media_type="image/webp", sticker=True),
        ),
        (
            {"type": "video", "video": {"id": "5", "mime_type": "video/mp4"}},
            None,
            FileInfo(type="video", ref="5", media_type="video/mp4"),
        ),
        (
            {"type": "location", "location": {"latitude": 1.5, "longitude": -2, "name": "Home", "address": "Road 1"}},
            "Home Road 1 geo:1.5,-2",
            None,
        ),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana"}}, {"name": {}}]}, "Ana", None),
        ({"type": "button", "button": {"payload": "yes", "text": "Yes please"}}, "Yes please", None),
        (
            {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "OK"}}},
            "OK",
            None,
        ),
        ({"type": "interactive", "interactive": NFM}, "Sent", None),
        ({"type": "order", "order": {"catalog_id": "1", "text": "Two of these"}}, "Two of these", None),
        ({"type": "unsupported", "errors": [{"code": 131_051, "title": "Message type unknown"}]}, None, None),
        ({"type": "hologram", "hologram": {"depth": 3}}, None, None),
    ],
)
async def test_every_kind_of_message_arrives_with_its_raw_json(
    bench: BusinessBench, hearing: Hearing, content: Json, text: str | None, file: FileInfo | None
) -> None:
    """developers.facebook.com, messages webhook reference; style.md 5: an unknown kind is a message all the same."""
    number = bench.world.says(MAYA, content)
    await hearing.until(lambda _: hearing.of(MessageArrived))
    (message,) = hearing.of(MessageArrived)
    assert (message.provider_id, message.chat, message.text) == (number, jid(MAYA), text)
    assert message.files == (() if file is None else (file,))
    assert (message.event_type, message.is_own, message.sender.name) == (None, False, "Maya Fernandes")
    raw = json.loads(message.raw or "")
    assert {name: raw[name] for name in content} == content


async def test_a_quote_and_a_forward_say_so(bench: BusinessBench, hearing: Hearing) -> None:
    """Webhook reference, `context`: what is quoted is named by its id; what it said is known where it was heard here."""
    quoted = await bench.writes(jid(MAYA), "To be quoted")
    bench.world.says(MAYA, {"type": "text", "text": {"body": "Quoting"}, "context": {"from": MAYA, "id": quoted}})
    bench.world.says(MAYA, {"type": "text", "text": {"body": "Old"}, "context": {"from": OWN, "id": "wamid.forgotten"}})
    bench.world.says(MAYA, {"type": "text", "text": {"body": "Passed on"}, "context": {"forwarded": True}})
    await hearing.until_text("Passed on")
    heard = {event.text: event for event in hearing.of(MessageArrived)}
    quote = heard["Quoting"].quote
    assert quote is not None
    assert (quote.provider_id, quote.text, quote.sender) == (quoted, "To be quoted", jid(MAYA))
    old = heard["Old"].quote
    assert old is not None
    assert (old.provider_id, old.text) == ("wamid.forgotten", None)
    assert (heard["Passed on"].is_forwarded, heard["Passed on"].quote) == (True, None)


async def test_a_new_person_makes_a_chat_with_their_name_and_a_new_name_is_told(bench: BusinessBench, hearing: Hearing) -> None:
    """Webhook reference, `contacts`: the name of the profile."""
    bench.world.says("15550000077", {"type": "text", "text": {"body": "Hello"}})
    await hearing.until_text("Hello")
    (changed,) = hearing.of(ChatChanged)
    assert isinstance(changed.info.members, tuple)
    assert (changed.info.type, changed.info.peer) == (0, "15550000077@s.whatsapp.net")
    assert [member.name for member in changed.info.members] == ["Lucky Shrub", "Somebody"]
    metadata = {"display_phone_number": OWN, "phone_number_id": NUMBER_ID}
    renamed = {"metadata": metadata, "contacts": [{"profile": {"name": "Sam"}, "wa_id": "15550000077"}]}
    raw = {
        "from": "15550000077",
        "id": "wamid.9",
        "timestamp": str(bench.world.now_s()),
        "type": "text",
        "text": {"body": "It is Sam"},
    }
    bench.world.post(bench.world.phones[NUMBER_ID], {}, bare={**renamed, "messages": [raw]})
    assert (await hearing.until_text("It is Sam")).sender.name == "Sam"
    members = hearing.of(ChatChanged)[-1].info.members
    assert isinstance(members, tuple)
    assert [member.name for member in members] == ["Lucky Shrub", "Sam"]


async def test_a_reaction_comes_and_goes(bench: BusinessBench, hearing: Hearing) -> None:
    """Webhook reference, `reaction`: without emoji where it was taken off."""
    message = await bench.writes(jid(MAYA), "Like it?")
    await bench.reacts(jid(MAYA), message, "👍")
    bench.world.aside(MAYA, {"type": "reaction", "reaction": {"message_id": message}})
    await hearing.until(lambda _: len(hearing.of(ReactionChanged)) == 2)
    assert [(each.value, each.removed) for each in hearing.of(ReactionChanged)] == [("👍", False), ("", True)]


async def test_a_changed_number_is_said_in_the_chat_and_opens_no_window(bench: BusinessBench, hearing: Hearing) -> None:
    """Webhook reference, `system`: user_changed_number."""
    system = {"body": "Maya changed from 1 to 2", "wa_id": "15550000099", "type": "user_changed_number"}
    bench.world.says(MAYA, {"type": "system", "system": system})
    message = await hearing.until_text("Maya changed from 1 to 2")
    assert (message.event_type, message.silent) == (0, True)


async def test_statuses_of_our_message_are_taken_in_any_order(bench: BusinessBench, hearing: Hearing) -> None:
    """Webhook reference, `statuses`: sent, delivered, read and played come in any order and more than once."""
    ours = await bench.writes_elsewhere(jid(MAYA), "Ours")
    phone = bench.world.phones[NUMBER_ID]
    for status in ("read", "delivered", "sent", "read", "played", "holographic"):
        bench.world.tell_status(phone, ours, MAYA, status)
    await bench.writes(jid(MAYA), "The end")
    await hearing.until_text("The end")
    assert {(each.chat, each.provider_id) for each in hearing.of(DeliveredUpTo)} == {(jid(MAYA), ours)}
    assert {each.person for each in hearing.of(ReadUpTo)} == {None, jid(MAYA)}
    assert hearing.of(UnknownHappened) == []


async def test_statuses_of_what_was_not_sent_from_here_say_nothing(bench: BusinessBench, hearing: Hearing) -> None:
    """Another program may use the same number."""
    bench.world.tell_status(bench.world.phones[NUMBER_ID], "wamid.foreign", MAYA, "read")
    await bench.writes(jid(MAYA), "The end")
    await hearing.until_text("The end")
    assert (hearing.of(ReadUpTo), hearing.of(DeliveredUpTo)) == ([], [])


async def test_news_of_the_business_are_passed_by_and_unknown_ones_kept(bench: BusinessBench, hearing: Hearing) -> None:
    """Webhook fields that are about no message."""
    phone = bench.world.phones[NUMBER_ID]
    for field in ("phone_number_quality_update", "message_template_status_update", "brand_new"):
        bench.world.post(phone, {}, field=field, bare={"event": field, "business": BUSINESS})
    await bench.writes(jid(MAYA), "The end")
    await hearing.until_text("The end")
    assert [(each.kind, json.loads(each.raw)) for each in hearing.of(UnknownHappened)] == [
        ("brand_new", {"event": "brand_new", "business": BUSINESS})
    ]
