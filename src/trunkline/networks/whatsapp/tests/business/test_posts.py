"""What is posted to this server: proven over its raw body, routed by number, stored before it is answered, taken once."""

import json
from pathlib import Path
from typing import Any

import pytest

from trunkline.contract.connector import OpenAccount
from trunkline.contract.events import MessageArrived, UnknownHappened
from trunkline.networks._graph.webhooks import SIGNATURE, signature
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.whatsapp.business_bench import BusinessBench, jid
from trunkline.networks.whatsapp.cloud.arriving import take
from trunkline.networks.whatsapp.cloud.credentials import Credentials
from trunkline.networks.whatsapp.cloud.fake_world import (
    APP_SECRET,
    MAYA,
    NUMBER_ID,
    OTHER_NUMBER_ID,
    OTHER_OWN,
    OTHER_TOKEN,
    OWN,
    TOKEN,
)
from trunkline.networks.whatsapp.tests.business.hearing import Hearing
from trunkline.networks.whatsapp.tests.business.posting import Json, body_of, post_of, signed


def test_the_signature_is_the_documented_one() -> None:
    """developers.facebook.com: sha256= and the HMAC of the raw body, in hexadecimal (RFC 4231, test case 2)."""
    made = signature("Jefe", b"what do ya want for nothing?")
    assert made == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


async def test_a_signed_post_stands_in_the_books_before_it_is_answered(bench: BusinessBench, hearing: Hearing) -> None:
    """security.md 6.6: commit, then 200. A process that ends after the answer has lost nothing."""
    body = post_of("By post")
    assert (await bench.connector.receive(signed(body), body)).status == 200
    await hearing.close()
    await bench.restart()
    session = bench.session()
    await session.connect()
    again = Hearing(session, "1")
    assert (await again.until_text("By post")).sender.name == "Maya Fernandes"
    await again.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (signed(post_of("Another body")), 401),
        (signed(post_of("Forged"), "guessed"), 401),
        (signed(post_of("Forged"), ""), 401),
        ({SIGNATURE: "sha256="}, 401),
        ({SIGNATURE: "sha256=ü"}, 401),
        ({SIGNATURE: signature(APP_SECRET, post_of("Forged")).removeprefix("sha256=")}, 401),
        ({"x-hub-signature": signature(APP_SECRET, post_of("Forged"))}, 401),
    ],
)
async def test_a_post_that_is_not_proven_stores_nothing(
    bench: BusinessBench, hearing: Hearing, headers: dict[str, str], status: int
) -> None:
    """S31."""
    assert (await bench.connector.receive(headers, post_of("Forged"))).status == status
    await bench.writes(jid(MAYA), "The end")
    await hearing.until_text("The end")
    assert [event.text for event in hearing.of(MessageArrived)] == ["The end"]


async def test_the_same_message_is_taken_once_however_it_is_repeated(bench: BusinessBench, hearing: Hearing) -> None:
    """Meta delivers at least once: the same body, and the same message in another one."""
    first, other = post_of("Once"), post_of("Once", at_s=1_795_345_301)
    for body in (first, first, other, first):
        assert (await bench.connector.receive(signed(body), body)).status == 200
    await bench.writes(jid(MAYA), "The end")
    await hearing.until_text("The end")
    assert [event.text for event in hearing.of(MessageArrived)] == ["Once", "The end"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"\xff\xfe", b"[" * 100_000])
async def test_a_proven_post_that_is_no_event_is_refused(bench: BusinessBench, hearing: Hearing, body: bytes) -> None:
    """Malformed bodies."""
    assert (await bench.connector.receive(signed(body), body)).status == 400


@pytest.mark.parametrize(
    "payload",
    [
        {"object": "whatsapp_business_account"},
        {"object": "whatsapp_business_account", "entry": 1},
        {"object": "whatsapp_business_account", "entry": [1, {"changes": None}, {"changes": [None, {}]}]},
        {"object": "page", "entry": [{"changes": [{"field": "messages", "value": {}}]}]},
    ],
)
async def test_an_envelope_with_nothing_in_it_is_taken(bench: BusinessBench, hearing: Hearing, payload: Json) -> None:
    """Another product of the same app, or nothing at all: there is nothing to repeat."""
    body = json.dumps(payload).encode()
    assert (await bench.connector.receive(signed(body), body)).status == 200


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"id": "wamid.2"},
        {"from": "nobody", "id": "wamid.2", "timestamp": "1795345300", "type": "text"},
        {"from": MAYA, "id": "wamid.2", "timestamp": "yesterday", "type": "text"},
        {"from": MAYA, "id": "wamid.2", "timestamp": "9" * 20, "type": "text"},
        {"from": MAYA, "id": "wamid.2", "timestamp": 0, "type": "text"},
        {"from": MAYA, "id": "", "timestamp": "1795345300", "type": "text"},
        {"from": MAYA, "id": "wamid.2", "timestamp": "1795345300", "type": "reaction"},
        {"from": MAYA, "id": "wamid.2", "timestamp": "1795345300", "type": "edit", "edit": {"message": 1}},
        {"from": MAYA, "id": "wamid.2", "timestamp": "1795345300", "type": "revoke", "revoke": None},
        {"from": MAYA, "group_id": "g1", "id": "wamid.2", "timestamp": "1795345300", "type": "text", "text": {"body": "x"}},
    ],
)
async def test_a_message_that_cannot_be_understood_is_kept_raw_and_life_goes_on(
    bench: BusinessBench, hearing: Hearing, broken: Json
) -> None:
    """style.md 5: one thing that cannot be understood blocks nothing else."""
    metadata = {"display_phone_number": OWN, "phone_number_id": NUMBER_ID}
    whole = {"from": MAYA, "id": "wamid.3", "timestamp": "1795345301", "type": "text", "text": {"body": "Life goes on"}}
    body = body_of({"metadata": metadata, "messages": [broken, 7, whole], "statuses": [{"id": 1}]})
    assert (await bench.connector.receive(signed(body), body)).status == 200
    await hearing.until_text("Life goes on")
    await hearing.until(lambda _: len(hearing.of(UnknownHappened)) == 2)
    assert json.loads(hearing.of(UnknownHappened)[0].raw) == broken
    assert len(hearing.of(MessageArrived)) == 1


async def test_half_a_letter_in_a_text_costs_no_message(bench: BusinessBench, hearing: Hearing) -> None:
    """JSON can name half of a surrogate pair; no store takes one."""
    body = post_of("Cut LETTER here 👋").replace(b"LETTER", b"\\ud83d")
    assert (await bench.connector.receive(signed(body), body)).status == 200
    await hearing.until_text("Cut \ufffd here 👋")


async def test_a_change_that_breaks_our_own_code_is_kept_raw_and_blocks_nothing(
    bench: BusinessBench, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else Meta would repeat the whole post for seven days."""

    def breaking(books: Any, own: Any, field: str, value: Any, awaited: Any) -> Any:
        if field == "poison":
            raise ZeroDivisionError
        return take(books, own, field, value, awaited)

    monkeypatch.setattr("trunkline.networks.whatsapp.cloud.number.take", breaking)
    payload = json.loads(post_of("Beside it"))
    value = {"metadata": {"phone_number_id": NUMBER_ID}, "depth": 3}
    payload["entry"][0]["changes"].insert(0, {"field": "poison", "value": value})
    body = json.dumps(payload).encode()
    assert (await bench.connector.receive(signed(body), body)).status == 200
    await hearing.until_text("Beside it")
    (kept,) = hearing.of(UnknownHappened)
    assert (kept.kind, json.loads(kept.raw)) == ("poison: ZeroDivisionError", value)


async def test_a_post_of_a_number_that_nobody_here_knows_is_let_go(bench: BusinessBench, hearing: Hearing) -> None:
    """Another server's number of the same app: repeating it would hold up ours."""
    body = post_of("Not ours", phone="999")
    assert (await bench.connector.receive(signed(body), body)).status == 200
    await bench.writes(jid(MAYA), "The end")
    await hearing.until_text("The end")
    assert [event.text for event in hearing.of(MessageArrived)] == ["The end"]


async def test_a_post_for_a_number_that_is_not_connected_just_now_is_left_for_later(
    bench: BusinessBench, hearing: Hearing, tmp_path: Path
) -> None:
    """Meta repeats for seven days what was not taken: with nobody connected at all, and with another number connected."""
    keeper = MemoryKeeper()
    kept = Credentials(token=OTHER_TOKEN, phone_number_id=OTHER_NUMBER_ID, app_secret=APP_SECRET, verify_token="v")
    await keeper.put("credentials", kept.sealed())
    account = OpenAccount(account_id="other", account_type="WHATSAPP", identity=jid(OTHER_OWN))
    session = bench.connector.open(account, keeper, MemoryMedia())
    await session.connect()
    await session.close()
    body = post_of("Later", phone=OTHER_NUMBER_ID)
    assert (await bench.connector.receive(signed(body), body)).status == 503
    await hearing.close()
    body = post_of("Later")
    assert (await bench.connector.receive(signed(body), body)).status == 503


async def test_the_address_proves_itself_with_a_verify_token_of_ours_alone(bench: BusinessBench, hearing: Hearing) -> None:
    """developers.facebook.com: hub.mode, hub.verify_token, hub.challenge."""
    asked = {"hub.mode": "subscribe", "hub.verify_token": "meatyhamhock", "hub.challenge": "1158201444"}
    answer = await bench.connector.challenged(asked)
    assert (answer.status, answer.body, answer.media_type) == (200, b"1158201444", "text/plain")
    for wrong in (
        {"hub.verify_token": "guessed"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "ü"},
        {"hub.mode": "unsubscribe"},
    ):
        refused = await bench.connector.challenged(asked | wrong)
        assert (refused.status, b"1158201444" in refused.body) == (403, False)
    assert (await bench.connector.challenged({})).status == 403


async def test_nothing_secret_shows_anywhere(bench: BusinessBench, hearing: Hearing, caplog: pytest.LogCaptureFixture) -> None:
    """S21."""
    caplog.set_level(0)
    body = post_of("Nobody may log this")
    await bench.connector.receive(signed(body), body)
    await hearing.until_text("Nobody may log this")
    for secret in (TOKEN, APP_SECRET, "Nobody may log this", "meatyhamhock", MAYA):
        assert secret not in caplog.text
    assert (bench.folder / "whatsapp" / "business.db").stat().st_mode & 0o077 == 0
