"""Somebody who wrote from a hidden number and from a phone number before it was known that they are one person."""

from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from trunkline.contract.commands import SendMessage
from trunkline.networks._testing.server import CEILING_S
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.suite import LinkedBench
from trunkline.networks.whatsapp.tests.server import LinkedServer

pytestmark = pytest.mark.slow

LID, PHONE = "777888999000@lid", "4915559990001@s.whatsapp.net"


async def test_two_chats_of_one_person_become_one_when_their_addresses_are_told(
    server: LinkedServer, network: FakeNetwork
) -> None:
    """Issue 5: phone-number and LID identities kept as one person, also where WhatsApp tells so late."""
    await server.allow(await server.connect())

    def says(jid: str, number: str, text: str) -> None:
        raw = {
            "key": {"remoteJid": jid, "fromMe": False, "id": number}, "message": {"conversation": text},
            "messageTimestamp": network.world.now_s(), "pushName": "Stranger",
        }  # fmt: skip
        network.tell("messages.upsert", {"messages": [raw], "type": "notify"})

    says(LID, "LU1", "The first otter")
    former = await server.chat(LID)
    hidden = await server.until_text(former["id"], "The first otter")
    says(PHONE, "LU2", "The second otter")
    chat = (await server.chat(PHONE))["id"]
    await server.until_text(chat, "The second otter")
    network.tell("lid-mapping.update", {"lid": LID, "pn": PHONE})
    says(LID, "LU3", "The third otter")
    says(PHONE, "LU4", "The fourth otter")
    await server.until_text(chat, "The fourth otter")
    assert await server.texts(chat) == [f"The {each} otter" for each in ("fourth", "third", "second", "first")]
    named = [each for each in await server.pages("list_all_chats") if each.get("attendee_name") == "Stranger"]
    assert [(each["id"], each["provider_id"], each["unread_count"]) for each in named] == [(chat, PHONE, 4)]
    people = [each for each in await server.pages("list_attendees", chat_id=chat) if each["name"] == "Stranger"]
    assert [each["provider_id"] for each in people] == [PHONE]
    message = await server.asks("get_message", message_id=hidden["id"])
    assert (message["chat_id"], message["sender_id"], message["sender_attendee_id"]) == (chat, PHONE, people[0]["id"])
    gone = await server.tries("get_chat", chat_id=former["id"])
    assert gone["isError"]
    again = await server.http.get(
        f"/api/v1/chat_attendees/{hidden['sender_attendee_id']}", headers={"Trunkline-PCID": server.pcid}
    )
    assert again.json().get("id") == people[0]["id"], again.text


async def test_what_still_names_the_chat_that_is_gone_reaches_the_one_that_stays(tmp_path: Path) -> None:
    """Such as a send that was on its way when the addresses were told."""
    bench = LinkedBench("WHATSAPP", tmp_path)
    await bench.start()
    session = bench.session()
    await session.connect()
    for jid, text in ((LID, "One"), (PHONE, "Two")):
        await bench.writes(jid, text)
    link = bench.connector.link("account")
    bench.network.tell("lid-mapping.update", {"lid": LID, "pn": PHONE})
    with anyio.fail_after(CEILING_S):
        while await link.books(lambda books: books.chat(LID)) is not None:
            await anyio.lowlevel.checkpoint()
    await session.send(SendMessage(chat=LID, text="Three"), "token-1")
    page = await session.history(LID, None, 10)
    assert [each.text for each in page.messages] == ["Three", "Two", "One"]
    assert [each["chat"] for each in await bench.arrived("send")] == [PHONE]
    await session.close()
    await bench.close()
