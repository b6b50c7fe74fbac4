"""Posts that name a number and that its app secret does not prove: Meta's, after the secret was reset, or anybody's."""

import pytest

from trunkline.contract.session import RaisesConcern
from trunkline.networks.whatsapp.business_bench import BusinessBench
from trunkline.networks.whatsapp.cloud.credentials import unsealed
from trunkline.networks.whatsapp.cloud.fake_world import MAYA
from trunkline.networks.whatsapp.cloud.unproven import TOLD_AFTER_MS
from trunkline.networks.whatsapp.tests.business.hearing import Hearing
from trunkline.networks.whatsapp.tests.business.posting import body_of, post_of, signed

NOTHING_KEPT = 401
"""What makes Meta repeat it, so that nothing is lost until the account is connected with the right secret."""


async def refused(bench: BusinessBench, *, secret: str = "reset at Meta", phone: str | None = None) -> None:
    """A post that nobody's secret proves."""
    body = post_of("Hello") if phone is None else post_of("Hello", phone=phone)
    assert (await bench.connector.receive(signed(body, secret), body)).status == NOTHING_KEPT


async def proven(bench: BusinessBench) -> None:
    """A good one."""
    body = body_of({"statuses": []}, field="security")
    assert (await bench.connector.receive(signed(body), body)).status == 200


async def test_a_person_is_told_when_all_posts_for_a_number_have_been_refused_for_an_hour(
    bench: BusinessBench, hearing: Hearing
) -> None:
    """A secret that was reset at Meta shows nowhere else: the token goes on working, and nothing arrives."""
    assert isinstance(hearing.session, RaisesConcern)
    await proven(bench)
    for _ in range(4):
        await refused(bench)
        assert hearing.session.concern() is None
        await bench.move_clock(TOLD_AFTER_MS // 4)
    await refused(bench)
    told = hearing.session.concern()
    assert told is not None
    assert "signature does not fit the app secret" in told.text
    assert "trunkline connect whatsapp-business --reconnect" in told.next_step
    await bench.move_clock(TOLD_AFTER_MS)
    await refused(bench)
    assert hearing.session.concern() == told
    await proven(bench)
    assert hearing.session.concern() is None


async def test_forged_posts_raise_no_alarm_while_good_ones_come(bench: BusinessBench, hearing: Hearing) -> None:
    """Anybody can post to the address, as often as they like, and may know the number's id."""
    for _ in range(12):
        await refused(bench, secret="guessed")
        await bench.move_clock(TOLD_AFTER_MS // 3)
        await proven(bench)
        await refused(bench, secret="guessed")
    assert hearing.session.concern() is None


async def test_a_burst_or_posts_that_name_another_number_raise_no_alarm(bench: BusinessBench, hearing: Hearing) -> None:
    """What comes within the hour says nothing yet; what is about nobody here never does."""
    for _ in range(500):
        await refused(bench)
    await bench.move_clock(TOLD_AFTER_MS - 60_000)
    await refused(bench)
    await bench.move_clock(TOLD_AFTER_MS)
    await refused(bench, phone="999")
    assert hearing.session.concern() is None


async def test_a_login_with_the_right_secret_ends_the_alarm_and_what_was_refused_arrives(
    bench: BusinessBench, hearing: Hearing
) -> None:
    """Meta repeats what was refused."""
    for _ in range(2):
        await refused(bench)
        await bench.move_clock(TOLD_AFTER_MS)
    assert hearing.session.concern() is not None
    await hearing.session.connect()
    assert hearing.session.concern() is not None
    kept = unsealed(await bench.keeper.get("credentials") or b"")
    renewed = type(kept)(
        token=kept.token, phone_number_id=kept.phone_number_id, app_secret="reset at Meta", verify_token=kept.verify_token
    )
    await bench.keeper.put("credentials", renewed.sealed())
    await hearing.session.connect()
    assert hearing.session.concern() is None
    body = post_of("Hello")
    assert (await bench.connector.receive(signed(body, "reset at Meta"), body)).status == 200
    await hearing.until_text("Hello")


async def test_posts_that_are_refused_are_said_in_the_log_once_an_hour(
    bench: BusinessBench, hearing: Hearing, caplog: pytest.LogCaptureFixture
) -> None:
    """What was in them, and who wrote it, is not."""
    for _ in range(3):
        await refused(bench)
    await bench.move_clock(TOLD_AFTER_MS)
    await refused(bench)
    await refused(bench, phone="999")
    said = [record.getMessage() for record in caplog.records if "app secret" in record.getMessage()]
    assert len(said) == 2
    assert not [line for line in said if "Hello" in line or MAYA in line]
