"""Two numbers on one server, the callback address, and what an account says when Meta has let go of it."""

import anyio
import pytest

from trunkline.networks._graph.webhooks import SIGNATURE, signature
from trunkline.networks.whatsapp.business_bench import VERIFY_TOKEN, jid
from trunkline.networks.whatsapp.cloud.fake_world import (
    APP_SECRET,
    JONAS,
    MAYA,
    NUMBER_ID,
    OTHER_NUMBER_ID,
    OTHER_SECRET,
    OWN,
    Fault,
)
from trunkline.networks.whatsapp.cloud.login import EVENTS
from trunkline.networks.whatsapp.tests.business.place import Place
from trunkline.networks.whatsapp.tests.kept_files import files, has

pytestmark = pytest.mark.slow


async def test_each_number_has_its_own_chats_and_one_that_is_lost_stops_no_other(place: Place) -> None:
    """Routed by phone_number_id; a revoked token asks for a person and leaves the other account alone."""
    server, world = place.server, place.world
    first, other = await place.connect(), await place.connect(OTHER_NUMBER_ID)
    await server.allow(first, other)
    world.says(MAYA, {"type": "text", "text": {"body": "To the first"}})
    world.says(JONAS, {"type": "text", "text": {"body": "To the other"}}, phone=OTHER_NUMBER_ID)
    one, two = await server.chat(jid(MAYA)), await server.chat(jid(JONAS))
    assert (one["account_id"], two["account_id"]) == (first, other)
    world.phones[NUMBER_ID].refused = 190
    lost = await server.until_status(first, "CREDENTIALS")
    assert "connect the account again" in str(lost)
    await server.until_text(two["id"], "To the other")
    await server.asks("send_message_in_chat", chat_id=two["id"], text="Still here")
    refused = await server.tries("send_message_in_chat", chat_id=one["id"], text="Gone")
    assert refused["isError"]
    world.phones[NUMBER_ID].refused = None
    assert await place.connect() == first
    await server.asks("send_message_in_chat", chat_id=one["id"], text="Back")
    assert [each["command"]["text"] for each in world.record] == ["Still here", "Back"]


async def test_posts_of_a_second_app_on_the_business_account_are_not_repeated_for_ever(place: Place) -> None:
    """Two accounts of one business account by an app each: Meta posts what happens to one number through both."""
    server, world = place.server, place.world
    await server.allow(await place.connect(), await place.connect(OTHER_NUMBER_ID))
    place.graph.is_posting = False
    for text in ("One", "Two"):
        world.says(MAYA, {"type": "text", "text": {"body": text}})
    world.posts[:] = [(secret, body) for _, body in world.posts for secret in (APP_SECRET, OTHER_SECRET)]
    place.graph.is_posting = True
    with anyio.fail_after(20):
        while world.posts:  # noqa: ASYNC110 (another thread)
            await anyio.sleep(0.02)
    chats = await server.pages("list_all_chats")
    assert [chat["provider_id"] for chat in chats] == [jid(MAYA)]
    await server.until_text(chats[0]["id"], "Two")
    assert await server.texts(chats[0]["id"]) == ["Two", "One"]


@pytest.mark.parametrize(("code", "status"), [(131_031, "PERMISSIONS"), (190, "CREDENTIALS")])
async def test_a_send_that_ends_the_account_is_refused_for_certain(place: Place, code: int, status: str) -> None:
    """Issue 5: a send in flight ends as `sent`, `failed` or `unknown`; what Meta refuses by a code was not sent."""
    server, world = place.server, place.world
    account = await place.connect()
    await server.allow(account)
    world.says(MAYA, {"type": "text", "text": {"body": "Hello"}})
    chat = await server.chat(jid(MAYA))
    world.faults["refused"] = Fault(1, code)
    refused = await server.tries("send_message_in_chat", chat_id=chat["id"], text="Refused")
    assert f"({code})" in refused["content"][0]["text"]
    told = await server.until_status(account, status)
    assert (f"`trunkline account restart {account}`" in str(told)) == (code == 131_031)
    assert (await server.http.get("/api/v1/pending")).json()["items"] == []
    assert world.record == []


async def test_a_program_that_knows_one_way_into_whatsapp_gets_the_linked_device(place: Place) -> None:
    """unipile-v1 9.3: POST /accounts with nothing but the provider is a QR code, whatever other roads there are."""
    answer = await place.server.http.post("/api/v1/accounts", json={"provider": "WHATSAPP"})
    assert answer.status_code == 202
    # Its first step fetches the client library; this server has no Node to do that with.
    assert answer.json()["checkpoint"]["step"]["step_id"] == "whatsapp.install"
    listed = (await place.server.http.get("/api/v1/networks")).json()["items"]
    assert {each["road"] for each in listed} >= {"whatsapp", "whatsapp-business"}


async def test_a_deleted_number_leaves_nothing_behind(place: Place) -> None:
    """What was said is erased from the road's file, its free places and its journal."""
    server = place.server
    account = await place.connect()
    await server.allow(account)
    place.world.says(MAYA, {"type": "text", "text": {"body": "The tooth fairy is uncle Theo"}})
    await server.until_text((await server.chat(jid(MAYA)))["id"], "The tooth fairy is uncle Theo")
    kept = server.folder / "whatsapp"
    assert any(has(path, b"uncle Theo") for path in files(kept))
    assert (await server.http.delete(f"/api/v1/accounts/{account}")).status_code == 200
    assert not [path for path in files(kept) if has(path, b"uncle Theo") or has(path, MAYA.encode())]


async def test_the_callback_address_answers_meta_and_nobody_else(place: Place) -> None:
    """Without a key: the challenge with our verify token, and posts that are signed."""
    account = await place.connect()
    good = await place.challenge(hub_mode="subscribe", hub_verify_token=VERIFY_TOKEN, hub_challenge="1158201444")
    assert (good.status_code, good.text) == (200, "1158201444")
    bad = await place.challenge(hub_mode="subscribe", hub_verify_token="guessed", hub_challenge="1158201444")
    assert (bad.status_code, "1158201444" in bad.text) == (403, False)
    http = place.server.http
    del http.headers["x-api-key"]
    body = b'{"object": "whatsapp_business_account", "entry": []}'
    assert (await http.post(EVENTS, content=body)).status_code == 401
    assert (await http.post(EVENTS, content=body, headers={SIGNATURE: signature("guess", body)})).status_code == 401
    assert (await http.post(EVENTS, content=body, headers={SIGNATURE: signature(APP_SECRET, body)})).status_code == 200
    large = b"x" * (3 * 1024 * 1024 + 1)
    assert (await http.post(EVENTS, content=large, headers={SIGNATURE: signature(APP_SECRET, large)})).status_code == 413
    assert (await http.delete(EVENTS)).status_code in (404, 405)
    place.server.authorize()
    told = await place.server.account(account)
    assert told["name"] == f"Lucky Shrub (+{OWN})"
    assert told["connection_params"]["im"]["phone_number"] == f"+{OWN}"
    assert APP_SECRET not in str(told)
