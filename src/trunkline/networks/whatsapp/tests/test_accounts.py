"""What an account's state says when something is wrong, through a whole server; other accounts go on; nothing stays behind."""

import os
import signal
from pathlib import Path

import anyio
import pytest

from trunkline.networks._testing.server import CEILING_S, Json
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import GROUP, MAYA, NEW, NEWER
from trunkline.networks.whatsapp.tests.kept_files import files, has
from trunkline.networks.whatsapp.tests.server import LinkedServer

pytestmark = pytest.mark.slow


async def test_a_deleted_account_leaves_nothing_behind(server: LinkedServer, network: FakeNetwork) -> None:
    """What was said is erased from the ledger's file, its free places and its journal."""
    account = await server.connect()
    await server.allow(account)
    chat = (await server.chat(MAYA))["id"]
    raw = network.world.message(MAYA, MAYA, {"conversation": "The tooth fairy is uncle Theo"})
    network.tell("messages.upsert", {"messages": [raw], "type": "notify"})
    await server.until_text(chat, "The tooth fairy is uncle Theo")
    kept = server.folder / "whatsapp"
    assert any(has(path, b"uncle Theo") for path in files(kept))
    answer = await server.http.delete(f"/api/v1/accounts/{account}")
    assert answer.status_code == 200, answer.text
    for path in files(kept):
        assert not has(path, b"uncle Theo"), path
        assert not has(path, MAYA.encode()), path


CONNECT = "`trunkline connect whatsapp --reconnect ID`"
AGAIN = f"Log in again: {CONNECT}"
OTHER = "4915550000002@s.whatsapp.net"


async def test_what_a_login_gave_lies_sealed_and_is_in_no_log(server: LinkedServer, network: FakeNetwork) -> None:
    """Issue 5, part 1: keys sealed in our store. In nothing that is on the disk, whatever the way the server ends."""
    await server.connect()
    (secret,) = network.world.secrets
    server.kill()
    for path in (*files(server.folder), server.log):
        assert not has(path, secret.encode()), path


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        (401, "CREDENTIALS", f"logged this device out, as can be done on the phone (Settings, Linked devices). {AGAIN}"),
        (
            403,
            "PERMISSIONS",
            f"restricted this number. Open the network's own app and do what it asks for; then: {CONNECT}",
        ),
        (440, "PERMISSIONS", "End that program; then: `trunkline account restart ID`."),
        (500, "CREDENTIALS", f"does not accept the stored keys of this device any more. {AGAIN}"),
    ],
)
async def test_what_whatsapp_says_of_an_account_becomes_its_state_and_the_other_goes_on(
    server: LinkedServer, network: FakeNetwork, code: int, status: str, said: str
) -> None:
    """Issue 5: logged out from the phone, replaced by another client, banned, bad session."""
    account = await server.connect()
    other_network = network.beside(OTHER)
    other = await server.connect(other_network)
    await server.allow(account, other)
    side, mine = server.side_process(), await chat_of(server, account, MAYA)
    network.cut(code)
    found = await server.until_status(account, status)
    assert found["status_text"].replace(account, "ID").endswith(said)
    chat = await chat_of(server, other, MAYA)
    await server.asks("send_message_in_chat", chat_id=chat["id"], text="Still here")
    assert [each["command"]["text"] for each in other_network.world.record] == ["Still here"]
    refused = await server.tries("send_message_in_chat", chat_id=mine["id"], text="Not this one")
    assert refused["isError"]
    assert network.world.record == []
    assert server.side_process() == side
    if code == 440:
        assert (await server.http.post(f"/api/v1/accounts/{account}/restart")).status_code == 200
        await server.until_status(account, "OK")


async def test_a_device_that_is_linked_again_goes_on_with_what_was_there(server: LinkedServer, network: FakeNetwork) -> None:
    """Logged out on the phone: the same account, its messages once although they are pushed again, and what came since."""
    account = await server.connect()
    await server.allow(account)
    chat = (await server.chat(MAYA))["id"]
    for text in ("Said 0", "Said 5"):  # the pushed history is there, from its first to its last
        await server.until_text(chat, text)
    before = [item["id"] for item in await server.pages("list_chat_messages", chat_id=chat)]
    network.world.secrets.clear()
    network.cut(401)
    await server.until_status(account, "CREDENTIALS")
    network.world.message(MAYA, MAYA, {"conversation": "While you were logged out"})
    assert await server.connect() == account
    await server.until_text(chat, "While you were logged out")
    newest, *rest = await server.pages("list_chat_messages", chat_id=chat)
    assert (newest["text"], [item["id"] for item in rest]) == ("While you were logged out", before)


async def test_the_side_process_that_dies_comes_back_with_all_accounts(server: LinkedServer, network: FakeNetwork) -> None:
    """Issue 5: Node dying. Each account connects again by itself, to one new process."""
    account = await server.connect()
    other = await server.connect(network.beside(OTHER))
    former, wire = server.side_process(), network.open_wire()
    os.kill(former, signal.SIGKILL)
    with anyio.fail_after(CEILING_S):
        while network.open_wire() in (None, wire):  # noqa: ASYNC110 (another process: no event)
            await anyio.sleep(0.02)
    for each in (account, other):
        await server.until_status(each, "OK")
    await server.allow(account, other)
    raw = network.world.message(GROUP, MAYA, {"conversation": "While you were away"})
    network.tell("messages.upsert", {"messages": [raw], "type": "notify"})
    await server.until_text((await chat_of(server, account, GROUP))["id"], "While you were away")
    assert server.side_process() != former


async def test_a_side_process_that_hangs_in_a_send_is_replaced_and_the_send_is_there_once(
    network: FakeNetwork, tmp_path: Path
) -> None:
    """Issue 5: a side process that hangs: it is ended by its silence, the send settled under the same message id."""
    server = LinkedServer(tmp_path / "data", network, ping_ms="1500")
    try:
        await server.start()
        await server.allow(await server.connect())
        chat = (await server.chat(MAYA))["id"]

        def hangs() -> None:
            network.on_message = None
            os.kill(server.side_process(), signal.SIGSTOP)

        network.on_message = hangs
        former = server.side_process()
        sent = await server.asks("send_message_in_chat", chat_id=chat, text="Once only")
        assert (await server.until_text(chat, "Once only"))["id"] == sent["message_id"]
        assert [each["command"]["text"] for each in network.world.record] == ["Once only"]
        assert server.side_process() != former
    finally:
        await server.stop()


async def test_a_server_that_ends_leaves_no_side_process_behind_that_hangs(server: LinkedServer) -> None:
    """It cannot be ended in order, and nobody would ever end it."""
    await server.connect()
    process = server.side_process()
    os.kill(process, signal.SIGSTOP)
    await server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


async def test_a_file_that_whatsapp_has_no_more_is_told_in_words(server: LinkedServer, network: FakeNetwork) -> None:
    """Issue 5: media keys expired. The message stays, its file is refused with the reason."""
    await server.allow(await server.connect())
    chat = (await server.chat(MAYA))["id"]
    raw = network.world.message(MAYA, MAYA, network.world.file_message(b"gone soon", "A file"))
    network.tell("messages.upsert", {"messages": [raw], "type": "notify"})
    message = await server.until_text(chat, "A file")
    network.world.files.clear()
    (part,) = message["attachments"]
    refused = await server.tries("get_message_attachment", message_id=message["id"], attachment_id=part["id"])
    assert refused["isError"]
    assert "WhatsApp has this file no more" in refused["content"][0]["text"]


async def test_new_people_are_written_to_slowly_by_default_and_the_refusal_says_why(
    network: FakeNetwork, tmp_path: Path
) -> None:
    """Issue 5, part 3: pacing for new recipients by default: a minute apart, told with the seconds to wait."""
    server = LinkedServer(tmp_path / "data", network, new_chat_gap_ms="60000")
    try:
        await server.start()
        account = await server.connect()
        await server.allow(account)
        await server.asks("start_new_chat", account_id=account, attendees_ids=[NEW], text="Hello Ana")
        refused = await server.tries("start_new_chat", account_id=account, attendees_ids=[NEWER], text="Hello Bo")
        assert refused["isError"]
        assert "To keep the number from being banned" in refused["content"][0]["text"]
        assert [each["command"]["text"] for each in network.world.record] == ["Hello Ana"]
    finally:
        await server.stop()


async def test_a_login_whose_side_process_dies_says_so_and_can_be_begun_again(
    server: LinkedServer, network: FakeNetwork
) -> None:
    """Issue 5: Node dying, in the middle of a login."""
    asked = await server.post("/api/v1/accounts", {"provider": "WHATSAPP", "road": "whatsapp"}, 202)
    os.kill(server.side_process(), signal.SIGKILL)
    with anyio.fail_after(CEILING_S):
        while (await server.http.get(f"/api/v1/accounts/{asked['account_id']}/login")).status_code == 202:  # noqa: ASYNC110 (another process: no event)
            await anyio.sleep(0.05)
    ended = await server.http.get(f"/api/v1/accounts/{asked['account_id']}/login")
    assert "Begin the login again" in ended.text
    await server.connect()


async def chat_of(server: LinkedServer, account: str, provider_id: str) -> Json:
    """A chat of one of several accounts, once it is there."""
    page = await server.until(
        lambda page: any(each["provider_id"] == provider_id for each in page["items"]), "list_all_chats", account_id=account
    )
    found: Json = next(each for each in page["items"] if each["provider_id"] == provider_id)
    return found
