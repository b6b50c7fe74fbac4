"""What WhatsApp asks beyond the contract: two addresses of one person, history by asking, words for why it ended, pacing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from trunkline.contract.commands import ChangeMember, OutgoingFile, SendMessage, StartChat
from trunkline.contract.events import DeliveredUpTo, GapFound, MessageArrived, PersonChanged, UnknownHappened
from trunkline.model.errors import Disconnected, MediaRefused, NetworkFailed, NotPossible, Restricted, Throttled
from trunkline.networks._testing.kept import MemoryKeeper
from trunkline.networks.whatsapp.content import said
from trunkline.networks.whatsapp.jids import person_of
from trunkline.networks.whatsapp.linked import troubles
from trunkline.networks.whatsapp.linked.fake_world import GROUP, JONAS, MAYA, NEW, NEWER, OWN, lid_of
from trunkline.networks.whatsapp.linked.outgoing import parts_of
from trunkline.networks.whatsapp.linked.saying import message_id
from trunkline.networks.whatsapp.linked.sealed import Sealed
from trunkline.networks.whatsapp.suite import LinkedBench
from trunkline.networks.whatsapp.voice import as_voice


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LinkedBench]:
    """A linked account."""
    made = LinkedBench("WHATSAPP", tmp_path)
    await made.start()
    yield made
    await made.close()


async def heard(bench: LinkedBench, position: str | None, kind: type) -> Any:
    """The first event of a kind from a position on."""
    updates = bench.connector.link("account").listen(position)
    with anyio.fail_after(5):
        async for update in updates:
            for event in update.events:
                if isinstance(event, kind):
                    return event
    raise AssertionError("the listening ended")


async def test_a_hidden_number_and_a_phone_number_are_one_chat_and_one_person(bench: LinkedBench) -> None:
    """networks.md 1.4, 5.6 R25: the first address that was used stays the name of both."""
    session = bench.session()
    await session.connect()
    start = str(bench.connector.link("account").log_end)
    lid = lid_of(NEW)
    raw = {"key": {"remoteJid": lid, "fromMe": False, "id": "L1"}, "message": {"conversation": "Who am I?"}}
    bench.network.tell(
        "messages.upsert", {"messages": [raw | {"messageTimestamp": bench.network.world.now_s()}], "type": "notify"}
    )
    # The contacts that were pushed at linking told who it is.
    message: MessageArrived = await heard(bench, start, MessageArrived)
    assert (message.chat, message.sender.provider_id, message.sender.also) == (NEW, NEW, (lid,))
    unknown, phone = "299999999999999@lid", "4915559999999@s.whatsapp.net"
    raw = {"key": {"remoteJid": unknown, "fromMe": False, "id": "L2"}, "message": {"conversation": "And me?"}}
    start = str(bench.connector.link("account").log_end)
    bench.network.tell(
        "messages.upsert", {"messages": [raw | {"messageTimestamp": bench.network.world.now_s()}], "type": "notify"}
    )
    assert (await heard(bench, start, MessageArrived)).chat == unknown
    start = str(bench.connector.link("account").log_end)
    bench.network.tell("lid-mapping.update", {"lid": unknown, "pn": phone})
    changed: PersonChanged = await heard(bench, start, PersonChanged)
    assert (changed.info.provider_id, changed.info.also) == (unknown, (phone,))


async def test_older_messages_are_asked_of_the_phone_once_ours_end(bench: LinkedBench) -> None:
    """networks.md 1.4: fetchMessageHistory only asks, the answer comes as an event."""
    session = bench.session()
    await session.connect()
    before = (await session.history(JONAS, None, 3)).messages
    world = bench.network.world
    old = {"key": {"remoteJid": JONAS, "fromMe": False, "id": "OLD"}, "message": {"conversation": "Long ago"}}
    world.older = [old | {"messageTimestamp": world.clock() // 1000 - 90_000}]
    page = await session.history(JONAS, None, 100)
    assert page.messages[:3] == before
    assert (page.messages[-1].text, page.messages[-1].live) == ("Long ago", False)


async def test_a_group_whose_making_was_unclear_is_found_again_not_made_twice(bench: LinkedBench) -> None:
    """networks.md 5.6 R30: never repeated blindly; a group has no id of ours."""
    session = bench.session()
    await session.connect()
    books = bench.connector.link("account").books
    now = str(bench.clock())
    await books(lambda each: each.set_fact("grouping token-1", now))
    made = bench.network.world.add_group("120363000000000777@g.us", "Again", (NEW, NEWER))
    done = await session.start(StartChat(people=(NEW, NEWER), title="Again"), "token-1")
    assert done.chat == made["id"]
    assert await bench.arrived("group") == []


async def test_what_could_not_be_read_comes_once_it_can(bench: LinkedBench) -> None:
    """Issue 5: a decryption that fails and succeeds on retry."""
    session = bench.session()
    await session.connect()
    start = str(bench.connector.link("account").log_end)
    at = bench.network.world.now_s()
    key = {"remoteJid": MAYA, "fromMe": False, "id": "C1"}
    stub = {"key": key, "messageStubType": 2, "messageStubParameters": ["No session record"], "messageTimestamp": at}
    bench.network.tell("messages.upsert", {"messages": [stub], "type": "notify"})
    assert (await heard(bench, start, UnknownHappened)).kind == "undecryptable"
    raw = {"key": key, "message": {"conversation": "Now"}, "messageTimestamp": at}
    bench.network.tell("messages.upsert", {"messages": [raw], "type": "notify"})
    message = await heard(bench, start, MessageArrived)
    assert (message.provider_id, message.text) == ("C1", "Now")


@pytest.mark.parametrize("ends", ["cut", "closed"])
async def test_what_the_client_library_still_held_when_a_connection_ended_is_here(bench: LinkedBench, ends: str) -> None:
    """Baileys thanks WhatsApp for a message, holds it for a moment and drops it where its socket ends: nothing is lost."""
    session = bench.session()
    await session.connect()
    link = bench.connector.link("account")
    wire = bench.network.open_wire()
    assert wire is not None
    wire.say({"holds": True})
    raw = bench.network.world.message(MAYA, MAYA, {"conversation": "In the last moment"})
    bench.network.tell("messages.upsert", {"messages": [raw], "type": "notify"})
    wire.say({"wants": {"remoteJid": MAYA, "id": "none"}})
    with anyio.fail_after(5):
        while not bench.network.wanted:
            await anyio.lowlevel.checkpoint()
    if ends == "cut":
        bench.network.cut(428)
        await link.ended()
    else:
        await session.close()
    assert await link.books(lambda books: books.message_anywhere(str(raw["key"]["id"]))) is not None


async def test_updates_that_were_taken_are_let_go_after_two_weeks_and_who_asks_for_them_hears_of_a_gap(
    bench: LinkedBench,
) -> None:
    """The ledger does not grow by what was told for ever; a server that goes on from an old backup is told what it misses."""
    session = bench.session()
    await session.connect()
    link = bench.connector.link("account")
    for text in ("One", "Two", "Three"):
        await bench.writes(MAYA, text)
    taken = link.log_end - 1
    kept = await link.books(lambda books: books.updates_after(0, 1_000))
    assert kept
    await bench.move_clock(13 * 24 * 3_600_000)
    assert await heard(bench, str(taken), MessageArrived)
    assert await link.books(lambda books: books.updates_after(0, 1_000)) == kept
    await bench.move_clock(2 * 24 * 3_600_000)
    assert (await heard(bench, str(taken), MessageArrived)).text == "Three"
    assert [number for number, _ in await link.books(lambda books: books.updates_after(0, 1_000))] == [link.log_end]
    gap = await heard(bench, "1", GapFound)
    assert (gap.chat, gap.from_ms) == (None, 0)


async def test_a_history_that_was_told_of_and_is_gone_is_not_asked_for_for_ever(bench: LinkedBench) -> None:
    """Media keys of a history expire like any: what WhatsApp has no more is let go of; a connect goes on without it."""
    link = bench.connector.link("account")
    await link.books(lambda books: books.set_fact("history due 3.1.", '{"directPath":"/gone","syncType":3,"chunkOrder":1}'))
    session = bench.session()
    await session.connect()
    with anyio.fail_after(5):
        while await link.books(lambda books: books.facts("history due ")):
            await anyio.lowlevel.checkpoint()
    assert (await session.history(MAYA, None, 1)).messages[0].text == "Said 5"


async def test_a_device_that_could_not_read_a_message_is_given_it_again(bench: LinkedBench) -> None:
    """networks.md 1.4: a getMessage from our store, or resends fail."""
    session = bench.session()
    await session.connect()
    done = await session.send(SendMessage(chat=MAYA, text="Again, please"), "token-1")
    wire = bench.network.open_wire()
    assert wire is not None
    wire.say({"wants": {"remoteJid": MAYA, "id": done.provider_id}})
    with anyio.fail_after(5):
        while not bench.network.wanted:
            await anyio.lowlevel.checkpoint()
    assert bench.network.wanted[0]["extendedTextMessage"]["text"] == "Again, please"


async def test_delivery_is_told(bench: LinkedBench) -> None:
    """networks.md 5.7: delivery receipt."""
    session = bench.session()
    await session.connect()
    done = await session.send(SendMessage(chat=MAYA, text="There?"), "token-1")
    start = str(bench.connector.link("account").log_end)
    update = {"status": 3, "messageTimestamp": bench.network.world.now_s()}
    key = {"remoteJid": MAYA, "fromMe": True, "id": done.provider_id}
    bench.network.tell("messages.update", [{"key": key, "update": update}])
    assert (await heard(bench, start, DeliveredUpTo)).provider_id == done.provider_id


async def test_new_people_are_written_to_slowly_and_known_ones_at_once(bench: LinkedBench, tmp_path: Path) -> None:
    """Issue 5, part 3: pacing and limits for new recipients by default."""
    link = bench.connector.link("account")
    link.options = with_options(link.options, new_chat_gap_ms=60_000)
    session = bench.session()
    await session.connect()
    await session.start(StartChat(people=(NEW,), text="One"), "token-1")
    with pytest.raises(Throttled) as met:
        await session.start(StartChat(people=(NEWER,), text="Two"), "token-2")
    assert 0 < (met.value.retry_after_ms or 0) <= 60_000
    await session.start(StartChat(people=(NEW,), text="Known"), "token-3")
    await bench.move_clock(60_000)
    await session.start(StartChat(people=(NEWER,), text="Two"), "token-2")
    assert len(await bench.arrived("send")) == 3


async def test_several_files_are_messages_of_their_own_and_a_repeat_sends_only_the_rest(bench: LinkedBench) -> None:
    """WhatsApp has one file in a message."""
    session = bench.session()
    await session.connect()
    files = tuple(bench.outgoing(bytes([n]), f"{n}.png", "image/png") for n in range(3))
    done = await session.send(SendMessage(chat=MAYA, text="Three", files=files), "token-1")
    again = await session.send(SendMessage(chat=MAYA, text="Three", files=files), "token-1")
    assert (len(await bench.arrived("send")), again.provider_id) == (3, done.provider_id)
    assert [event.text for event in done.events if isinstance(event, MessageArrived)] == ["Three", None, None]


async def test_a_group_mention_names_the_person(bench: LinkedBench) -> None:
    """Issue 5: mentions."""
    session = bench.session()
    await session.connect()
    done = await session.send(SendMessage(chat=GROUP, text=f"@{JONAS.partition('@')[0]} look"), "token-1")
    raw = bench.network.world.find(GROUP, str(done.provider_id))
    assert raw is not None
    assert raw["message"]["extendedTextMessage"]["contextInfo"]["mentionedJid"] == [JONAS]


async def test_somebody_who_lets_nobody_add_them_is_said_so(bench: LinkedBench) -> None:
    """WhatsApp answers per person."""
    session = bench.session()
    await session.connect()
    bench.network.world.private.add(NEW)
    with pytest.raises(NotPossible, match="privacy"):
        await session.change_member(ChangeMember(chat=GROUP, person=NEW, change="add"))


async def test_sound_that_nothing_converts_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 5, part 1: converted if a converter is there, else refused in words."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MediaRefused, match="ffmpeg"):
        await as_voice(tmp_path / "in", tmp_path / "out", "")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, Disconnected),
        (403, Restricted),
        (440, Restricted),
        (500, Disconnected),
        (428, NetworkFailed),
        (None, NetworkFailed),
    ],
)
def test_each_end_has_its_state_and_its_words(code: int | None, kind: type) -> None:
    """Issue 5: the account's state says what happened and what to do. networks.md 1.4: disconnect codes."""
    trouble = troubles.closed(code)
    assert type(trouble) is kind
    assert len(trouble.text.split()) >= 5


async def test_a_new_login_leaves_no_key_of_the_old_one_in_use() -> None:
    """linked/sealed.py."""
    keeper = MemoryKeeper()
    keeper.kept["credentials"] = json.dumps({"number": "1", "creds": {"a": 1}, "keys": {"session": {"x": 1}}}).encode()
    sealed = Sealed(keeper)
    assert await sealed.load() == {"session": {"x": 1}}
    await sealed.take({"creds": {"a": 2}, "keys": {"session": {"x": None, "y": 2}, "pre-key": {"1": 3}}})
    fresh = Sealed(keeper)
    assert await fresh.load() == {"session": {"y": 2}, "pre-key": {"1": 3}}
    assert fresh.creds == {"a": 2}
    keeper.kept["credentials"] = json.dumps({"number": "2", "creds": {"a": 3}}).encode()
    assert await fresh.load() == {}
    assert fresh.creds == {"a": 3}


def test_what_a_message_says_is_found_inside_its_wrappers() -> None:
    """content.py; kinds without a word keep their raw JSON in the event."""
    inner = {"imageMessage": {"caption": "Look", "mimetype": "image/jpeg", "fileLength": "12", "width": 3, "height": 4}}
    found = said({"messageContextInfo": {}, "ephemeralMessage": {"message": {"viewOnceMessage": {"message": inner}}}}, "ref")
    assert found is not None
    assert found.file is not None
    assert (found.text, found.file.size, found.file.width, found.file.type) == ("Look", 12, 3, "img")
    poll = said({"pollCreationMessageV3": {"name": "When?", "options": [{"optionName": "Now"}]}}, "ref")
    assert poll is not None
    assert poll.text == "When?\n- Now"
    strange = said({"hologramMessage": {"depth": 3}}, "ref")
    assert strange is not None
    assert (strange.kind, strange.text, strange.file) == ("hologramMessage", "[hologram]", None)


def test_people_are_named_by_number_or_address_and_nothing_else() -> None:
    """unipile-v1 7.3: a person is named in the provider's form."""
    assert person_of("+49 (155) 500-00011") == "4915550000011@s.whatsapp.net"
    assert person_of(OWN) == OWN
    assert person_of("nobody-here") is None
    assert person_of("120363000000000001@g.us") is None
    assert message_id("a") == message_id("a") != message_id("b")


@pytest.mark.parametrize(
    ("media_type", "role", "content"),
    [
        ("image/png", "attachment", {"caption": "Hi", "mimetype": "image/png"}),
        ("video/mp4", "attachment", {"caption": "Hi", "mimetype": "video/mp4"}),
        ("application/pdf", "attachment", {"caption": "Hi", "mimetype": "application/pdf", "fileName": "a.b"}),
        ("image/gif", "attachment", {"caption": "Hi", "mimetype": "image/gif", "fileName": "a.b"}),
        ("image/webp", "attachment", None),
        ("audio/mpeg", "attachment", None),
        ("audio/ogg", "voice", None),
        ("video/mp4", "video", None),
    ],
)
def test_each_kind_of_file_goes_as_what_it_is(media_type: str, role: Any, content: dict[str, Any] | None) -> None:
    """Issue 5, part 1: pictures, video, voice notes, video notes, stickers, files. A text that is no caption goes before."""
    file = OutgoingFile(content="c", file_name="a.b", media_type=media_type, size=1, role=role)
    parts = parts_of("Hi", (file,))
    if content is not None:
        assert [part.content for part in parts] == [content]
        return
    sent = {
        "image/webp": ("sticker", {"mimetype": "image/webp"}),
        "audio/mpeg": ("audio", {"mimetype": "audio/mpeg"}),
        "audio/ogg": ("audio", {"ptt": True, "mimetype": "audio/ogg; codecs=opus"}),
        "video/mp4": ("video", {"ptv": True, "mimetype": "video/mp4"}),
    }[media_type]
    assert [(part.slot, part.content) for part in parts] == [("", {"text": "Hi"}), sent]


def with_options(options: Any, **changes: Any) -> Any:
    """Other options."""
    return type(options)(**{name: getattr(options, name) for name in options.__dataclass_fields__} | changes)
