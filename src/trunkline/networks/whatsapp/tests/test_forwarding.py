"""What is forwarded or quoted is what the message says now."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from trunkline.contract.commands import DeleteMessage, EditMessage, ForwardMessage, SendMessage
from trunkline.model.errors import NotPossible
from trunkline.networks.whatsapp.linked.fake_world import JONAS, MAYA
from trunkline.networks.whatsapp.linked.outgoing import as_edited
from trunkline.networks.whatsapp.suite import LinkedBench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[LinkedBench]:
    """A linked account."""
    made = LinkedBench("WHATSAPP", tmp_path)
    await made.start()
    yield made
    await made.close()


async def forwarded(bench: LinkedBench) -> list[tuple[str, str]]:
    """What reached Jonas, and as what."""
    return [
        (each["kind"], each["command"]["text"]) for each in await bench.arrived() if each["chat"] == JONAS and each["command"]
    ]


async def test_an_own_message_is_forwarded_and_quoted_as_it_was_edited(bench: LinkedBench) -> None:
    """Not as it was composed."""
    session = bench.session()
    await session.connect()
    sent = str((await session.send(SendMessage(chat=MAYA, text="Hello Maya"), "token-1")).provider_id)
    await session.edit(EditMessage(chat=MAYA, message=sent, text="Hello edited"))
    await session.forward(ForwardMessage(chat=MAYA, message=sent, to_chat=JONAS), "token-2")
    assert await forwarded(bench) == [("send", "Hello edited")]
    answer = str((await session.send(SendMessage(chat=MAYA, text="This", quote=sent), "token-3")).provider_id)
    raw = bench.network.world.find(MAYA, answer)
    assert raw is not None
    quoted = raw["message"]["extendedTextMessage"]["contextInfo"]["quotedMessage"]
    assert quoted["extendedTextMessage"]["text"] == "Hello edited"


async def test_somebody_elses_message_is_forwarded_as_they_edited_it(bench: LinkedBench) -> None:
    """An edit that came in counts as well."""
    session = bench.session()
    await session.connect()
    theirs = await bench.writes(MAYA, "At noon")
    await bench.edits(MAYA, theirs, "At one")
    link = bench.connector.link("account")
    with anyio.fail_after(5):
        while (known := await link.books(lambda books: books.message(MAYA, theirs))) is None or not known.edited:
            await anyio.lowlevel.checkpoint()
    await session.forward(ForwardMessage(chat=MAYA, message=theirs, to_chat=JONAS), "token-1")
    assert await forwarded(bench) == [("send", "At one")]


async def test_what_was_deleted_meanwhile_is_not_forwarded(bench: LinkedBench) -> None:
    """Refused in words."""
    session = bench.session()
    await session.connect()
    sent = str((await session.send(SendMessage(chat=MAYA, text="Hello Maya"), "token-1")).provider_id)
    await session.delete(DeleteMessage(chat=MAYA, message=sent))
    with pytest.raises(NotPossible, match="was deleted"):
        await session.forward(ForwardMessage(chat=MAYA, message=sent, to_chat=JONAS), "token-2")
    assert await forwarded(bench) == []


def test_an_edited_caption_is_the_files_caption() -> None:
    """Whatever it is wrapped in; the file stays."""
    raw = {"key": {"id": "1"}, "message": {"ephemeralMessage": {"message": {"imageMessage": {"url": "u", "caption": "Old"}}}}}
    assert as_edited(raw, "New") == {"key": {"id": "1"}, "message": {"imageMessage": {"url": "u", "caption": "New"}}}
