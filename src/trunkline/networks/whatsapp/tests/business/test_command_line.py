"""`trunkline connect whatsapp-business`, as a person types it."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process

import anyio
import pytest

from trunkline.networks.whatsapp.cloud.fake_world import APP_SECRET, MAYA, NUMBER_ID, OWN, TOKEN
from trunkline.networks.whatsapp.cloud.login import EVENTS
from trunkline.networks.whatsapp.tests.business.place import Place

pytestmark = pytest.mark.slow
CEILING_S = 60


async def run(place: Place, *words: str) -> Process:
    """The command line, on the server's data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "trunkline", *words, stdin=PIPE, stdout=PIPE, stderr=PIPE,
        env={**kept, "TRUNKLINE_DATA": str(place.server.folder)},
    )  # fmt: skip


async def test_a_person_connects_a_number_and_meta_proves_the_address(place: Place) -> None:
    """Issue 5: the login says where to enter what, and ends by itself once Meta has verified it."""
    process = await run(place, "connect", "whatsapp-business")
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(f"{TOKEN}\n{NUMBER_ID}\n{APP_SECRET}\n\n".encode())
    said = ""
    with anyio.fail_after(CEILING_S):
        while (shown := re.search(rf"callback URL (\S+{EVENTS}) and the verify token (\S+),", said)) is None:
            line = (await process.stderr.readline()).decode()
            assert line, said
            said += line
    assert said.startswith("Official, for a business number")
    answer = await place.challenge(hub_mode="subscribe", hub_verify_token=shown.group(2), hub_challenge="1158201444")
    assert answer.text == "1158201444"
    with anyio.fail_after(CEILING_S):
        out, rest = await process.communicate()
    assert process.returncode == 0, rest.decode()
    assert f"Lucky Shrub (+{OWN})" in out.decode()
    assert "trunkline connection allow" in rest.decode()
    for secret in (TOKEN, APP_SECRET):
        assert secret not in said + out.decode() + rest.decode() + place.server.log.read_text()

    place.world.says(MAYA, {"type": "text", "text": {"body": "Hello"}})
    listed = await run(place, "accounts")
    with anyio.fail_after(CEILING_S):
        out, _ = await listed.communicate()
    (line,) = [line for line in out.decode().splitlines() if "whatsapp-business" in line]
    assert "connected" in line


async def test_after_24_hours_every_surface_says_what_to_do_next(place: Place) -> None:
    """Issue 5: the window and templates said clearly, in the same words to an agent, a program and a person; nothing leaves."""
    server, world = place.server, place.world
    await server.allow(await place.connect())
    written_s = world.now_s() - 30 * 3_600
    raw = {"from": MAYA, "id": "wamid.old", "timestamp": str(written_s), "type": "text", "text": {"body": "Hello"}}
    world.post(world.phones[NUMBER_ID], {"contacts": [world.contact(MAYA)], "messages": [raw]})
    chat = (await server.chat(f"{MAYA}@s.whatsapp.net"))["id"]
    told = []
    for tool, arguments in (
        ("send_message_in_chat", {"chat_id": chat, "text": "Late"}),
        (
            "start_new_chat",
            {
                "account_id": (await server.asks("list_all_chats"))["items"][0]["account_id"],
                "attendees_ids": [MAYA],
                "text": "Late",
            },
        ),
    ):
        refused = await server.tries(tool, **arguments)
        assert refused["isError"]
        told.append(refused["content"][0]["text"])
    answer = await server.http.post(
        f"/api/v1/chats/{chat}/messages", json={"text": "Late"}, headers={"trunkline-pcid": server.pcid}
    )
    told.append(answer.json()["detail"])
    process = await run(place, "send", chat, "Late", "--connection", server.pcid)
    with anyio.fail_after(CEILING_S):
        _, said = await process.communicate()
    assert process.returncode == 1
    told.append(" ".join(said.decode().split()))
    for text in told:
        assert "last wrote 30 hours ago. Nothing was sent. WhatsApp Business takes free text only within 24 hours" in text
        assert "wait until they write" in text
        assert "ask whoever runs the business number to send them a template" in text
    assert [call for call in world.calls if call.startswith("POST")] == []
