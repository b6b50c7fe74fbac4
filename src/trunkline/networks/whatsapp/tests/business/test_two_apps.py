"""Two numbers of one business account, by an app each: Meta may post what happens to either through both."""

from collections.abc import AsyncIterator

import pytest

from trunkline.contract.connector import OpenAccount
from trunkline.contract.events import MessageArrived
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.whatsapp.business_bench import BusinessBench, jid
from trunkline.networks.whatsapp.cloud.connector import BusinessSession
from trunkline.networks.whatsapp.cloud.credentials import Credentials
from trunkline.networks.whatsapp.cloud.fake_world import (
    APP_SECRET,
    NUMBER_ID,
    OTHER_NUMBER_ID,
    OTHER_OWN,
    OTHER_SECRET,
    OTHER_TOKEN,
    TOKEN,
)
from trunkline.networks.whatsapp.cloud.unproven import TOLD_AFTER_MS
from trunkline.networks.whatsapp.tests.business.hearing import Hearing
from trunkline.networks.whatsapp.tests.business.posting import post_of, signed


async def opened(bench: BusinessBench, secret: str = OTHER_SECRET) -> BusinessSession:
    """A session of the other number, of an app with this secret; not connected yet."""
    keeper = MemoryKeeper()
    kept = Credentials(token=OTHER_TOKEN, phone_number_id=OTHER_NUMBER_ID, app_secret=secret, verify_token="v")
    await keeper.put("credentials", kept.sealed())
    account = OpenAccount(account_id="other", account_type="WHATSAPP", identity=jid(OTHER_OWN))
    return bench.connector.open(account, keeper, MemoryMedia())


@pytest.fixture
async def other(bench: BusinessBench, hearing: Hearing) -> AsyncIterator[Hearing]:
    """The other number, which listens too."""
    session = await opened(bench)
    await session.connect()
    made = Hearing(session)
    yield made
    await made.close()


async def posted(bench: BusinessBench, body: bytes, secret: str) -> int:
    """What Meta is answered."""
    return (await bench.connector.receive(signed(body, secret), body)).status


async def test_each_of_two_numbers_hears_what_is_its_own(bench: BusinessBench, hearing: Hearing, other: Hearing) -> None:
    """Routed by phone_number_id, and only where that number's own app has signed."""
    for text, phone, secret in (
        ("For the first", NUMBER_ID, APP_SECRET),
        ("For the other", OTHER_NUMBER_ID, OTHER_SECRET),
        ("Crossed over", OTHER_NUMBER_ID, APP_SECRET),
        ("Crossed back", NUMBER_ID, OTHER_SECRET),
    ):
        await posted(bench, post_of(text, number=f"wamid.{text}", phone=phone), secret)
    for number, each in enumerate((hearing, other)):
        body = post_of("The end", number=f"wamid.end{number}", phone=(NUMBER_ID, OTHER_NUMBER_ID)[number])
        assert await posted(bench, body, (APP_SECRET, OTHER_SECRET)[number]) == 200
        await each.until_text("The end")
    assert [event.text for event in hearing.of(MessageArrived)] == ["For the first", "The end"]
    assert [event.text for event in other.of(MessageArrived)] == ["For the other", "The end"]


@pytest.mark.parametrize(
    "secrets", [(APP_SECRET, OTHER_SECRET), (OTHER_SECRET, APP_SECRET, OTHER_SECRET)], ids=["own", "other"]
)
async def test_the_copy_of_a_second_app_is_let_go_once_the_own_app_has_told(
    bench: BusinessBench, hearing: Hearing, other: Hearing, secrets: tuple[str, ...]
) -> None:
    """Whichever is first: the copy is repeated until then and not for seven days, and the message is taken once."""
    body = post_of("Hello")
    answers = [await posted(bench, body, secret) for secret in secrets]
    assert answers == ([200, 200] if secrets[0] == APP_SECRET else [503, 200, 200])
    assert await posted(bench, post_of("The end", number="wamid.end"), APP_SECRET) == 200
    await hearing.until_text("The end")
    assert [event.text for event in hearing.of(MessageArrived)] == ["Hello", "The end"]
    assert other.of(MessageArrived) == []


async def test_what_the_own_app_tells_late_is_taken_though_its_copy_was_let_go(
    bench: BusinessBench, hearing: Hearing, other: Hearing
) -> None:
    """The bodies are the same; only the signature tells them apart."""
    assert await posted(bench, post_of("The newer", number="wamid.newer", at_s=1_795_345_301), APP_SECRET) == 200
    body = post_of("The older", at_s=1_795_345_300)
    assert [await posted(bench, body, secret) for secret in (OTHER_SECRET, APP_SECRET)] == [200, 200]
    await hearing.until_text("The older")


async def test_copies_of_a_second_app_raise_no_alarm_while_the_own_app_tells(
    bench: BusinessBench, hearing: Hearing, other: Hearing
) -> None:
    """They name the number, and its secret does not prove them."""
    for number in range(6):
        body = post_of("Hello", number=f"wamid.{number}", at_s=bench.clock() // 1000 + 100)
        assert [await posted(bench, body, secret) for secret in (OTHER_SECRET, APP_SECRET)] == [503, 200]
        await bench.move_clock(TOLD_AFTER_MS)
        assert await posted(bench, body, OTHER_SECRET) == 200
    assert hearing.session.concern() is None


async def test_after_a_reset_secret_nothing_is_lost_while_another_account_has_the_new_one_already(
    bench: BusinessBench, hearing: Hearing
) -> None:
    """Two numbers of one app: the one that is connected again first proves the other's posts, and speaks for itself alone."""
    assert await posted(bench, post_of("Before", number="wamid.0", at_s=bench.clock() // 1000), APP_SECRET) == 200
    session = await opened(bench, "reset at Meta")
    await session.connect()
    at_s = bench.clock() // 1000 + 200
    await bench.move_clock(300_000)
    body = post_of("After", at_s=at_s)
    assert await posted(bench, body, "reset at Meta") == 503
    await bench.move_clock(TOLD_AFTER_MS)
    assert await posted(bench, body, "reset at Meta") == 503
    assert hearing.session.concern() is not None
    kept = Credentials(token=TOKEN, phone_number_id=NUMBER_ID, app_secret="reset at Meta", verify_token="v")
    await bench.keeper.put("credentials", kept.sealed())
    await hearing.session.connect()
    assert await posted(bench, body, "reset at Meta") == 200
    await hearing.until_text("After")
    await session.close()


async def test_what_is_posted_while_an_account_is_only_being_connected_is_repeated(
    bench: BusinessBench, hearing: Hearing
) -> None:
    """Nobody here has its secret yet: refused, which Meta repeats, and taken once the account is there."""
    session = await opened(bench)
    body = post_of("Early", phone=OTHER_NUMBER_ID)
    assert await posted(bench, body, OTHER_SECRET) == 401
    await session.connect()
    early = Hearing(session)
    assert await posted(bench, body, OTHER_SECRET) == 200
    await early.until_text("Early")
    await early.close()
