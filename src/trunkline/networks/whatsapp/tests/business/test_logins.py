"""Logging in a business number, and what its account says when something is wrong."""

from typing import Any

import anyio
import pytest

from trunkline.contract.commands import SendMessage
from trunkline.contract.events import MessageArrived
from trunkline.contract.login import LoginDone, Step, StepKind
from trunkline.model.errors import AccountError, Disconnected, NetworkFailed, NotReached, Restricted
from trunkline.networks.whatsapp.business_bench import BusinessBench, jid
from trunkline.networks.whatsapp.cloud.credentials import unsealed
from trunkline.networks.whatsapp.cloud.fake_world import MAYA, NUMBER_ID, OTHER_NUMBER_ID, OTHER_TOKEN, OWN, TOKEN, Fault
from trunkline.networks.whatsapp.cloud.login import TOKEN as WAY
from trunkline.networks.whatsapp.tests.business.hearing import Hearing


async def begun(bench: BusinessBench) -> Any:
    """A login that has begun."""
    login, step = await bench.connector.login(WAY, {})
    assert [field.name for field in step.fields] == ["access_token", "phone_number_id", "app_secret", "verify_token"]
    assert [field.secret for field in step.fields] == [True, False, True, True]
    return login


async def test_the_callback_address_is_shown_and_the_login_ends_when_meta_has_proven_it(bench: BusinessBench) -> None:
    """Issue 5: we make the verify token and show it with the address to enter at Meta."""
    await bench.restart(callback="https://chat.example.com/")
    login = await begun(bench)
    step = await login.submit(bench.answers() | {"verify_token": ""})
    assert isinstance(step, Step)
    (token,) = bench.connector.waiting
    assert (step.kind, step.data) == (
        StepKind.CONFIRM_IN_APP,
        "https://chat.example.com/provider/whatsapp-business/events",
    )
    assert f"the verify token {token}" in step.instructions
    assert len(token) >= 24
    with anyio.move_on_after(0.05) as waited:
        await login.wait()
    assert waited.cancelled_caught
    await bench.acts()
    with anyio.fail_after(30):
        done = await login.wait()
    assert isinstance(done, LoginDone)
    assert unsealed(done.credentials).verify_token == token
    await login.close()
    assert bench.connector.waiting == ()


async def test_a_person_may_go_on_without_metas_check(bench: BusinessBench) -> None:
    """The address may be set up later: sending works without."""
    login = await begun(bench)
    step = await login.submit(bench.answers() | {"verify_token": ""})
    assert "https://YOUR-ADDRESS/provider/whatsapp-business/events" in step.instructions
    assert "TRUNKLINE_WHATSAPP_CALLBACK" in step.instructions
    assert isinstance(await login.submit({"callback": "done"}), LoginDone)
    await login.close()


async def test_whoever_brings_a_verify_token_is_done_at_once(bench: BusinessBench) -> None:
    """A program that has set up everything before."""
    login = await begun(bench)
    done = await login.submit(bench.answers())
    assert isinstance(done, LoginDone)
    assert (done.identity, done.name) == (jid(OWN), f"Lucky Shrub (+{OWN})")
    assert done.connection_params == {"im": {"id": jid(OWN), "phone_number": f"+{OWN}", "phone_number_id": NUMBER_ID}}
    for secret in (TOKEN, "meatyhamhock"):
        assert secret not in repr(done.connection_params) + repr(login)


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": "EAAwrong"},
        {"access_token": OTHER_TOKEN},
        {"phone_number_id": OTHER_NUMBER_ID},
        {"phone_number_id": "me"},
        {"app_secret": "another-apps"},
        {"app_secret": ""},
        {"access_token": "  ", "app_secret": ""},
    ],
)
async def test_a_wrong_answer_is_told_at_once_and_never_shown(bench: BusinessBench, wrong: dict[str, str]) -> None:
    """Token, number and app secret are checked against the API before anything is kept."""
    login = await begun(bench)
    answer = await login.submit(bench.answers() | wrong)
    assert isinstance(answer, Step)
    assert answer.error is not None
    assert len(answer.error.split()) > 5
    for value in wrong.values():
        assert not value.strip() or value not in answer.error
    assert isinstance(await login.submit(bench.answers()), LoginDone)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"access_token": "EAAwrong"}, "does not take this access token"),
        ({"phone_number_id": "99999999"}, "takes the access token, and it reaches no number of this ID"),
        ({"app_secret": "another-apps"}, "app secret must be of the app"),
    ],
)
async def test_what_was_wrong_is_named(bench: BusinessBench, wrong: dict[str, str], told: str) -> None:
    """A person knows which of the three to look at."""
    login = await begun(bench)
    answer = await login.submit(bench.answers() | wrong)
    assert isinstance(answer, Step)
    assert told in str(answer.error)


async def test_a_login_without_the_network_says_so(bench: BusinessBench) -> None:
    """Nothing is wrong with what was typed."""
    login = await begun(bench)
    await bench.fault("not_reached")
    with pytest.raises(NotReached):
        await login.submit(bench.answers())


@pytest.mark.parametrize(
    ("kind", "error"), [("logged_out", Disconnected), ("restricted", Restricted), ("dropped_link", NetworkFailed)]
)
async def test_what_meta_says_of_the_account_ends_the_listening_though_nobody_writes(
    bench: BusinessBench, hearing: Hearing, kind: str, error: type[AccountError]
) -> None:
    """networks.md 5.5 R17: a stale "connected" is a lie. Nobody posts that a token was revoked: it is looked for."""
    await bench.fault(kind)
    with pytest.raises(error) as met:
        await hearing.until(lambda _: False)
    assert len(met.value.text.split()) > 5
    if error is Disconnected:
        assert "connect the account again" in met.value.text


async def test_one_look_that_fails_ends_nothing(bench: BusinessBench, hearing: Hearing) -> None:
    """Else what people write in that moment would have to be repeated by Meta, minutes later."""
    bench.world.faults["dropped_link"] = Fault(2)
    with anyio.fail_after(30):
        while bench.world.faults["dropped_link"].left:
            hearing.events.clear()
            await bench.writes(jid(MAYA), "Still here")
            await hearing.until(lambda events: events)
    await bench.writes(jid(MAYA), "The end")
    await hearing.until_text("The end")


async def test_news_of_the_account_make_it_look_at_once(bench: BusinessBench) -> None:
    """Webhook field account_update: a ban or a deletion is not waited for."""
    await bench.restart(check_ms=3_600_000)
    session = bench.session()
    await session.connect()
    hearing = Hearing(session)
    await bench.fault("restricted")
    bench.world.post(bench.world.phones[NUMBER_ID], {}, field="account_update", bare={"event": "ACCOUNT_RESTRICTION"})
    with pytest.raises(Restricted):
        await hearing.until(lambda _: False)
    await hearing.close()


async def test_a_number_that_is_only_limited_goes_on(bench: BusinessBench) -> None:
    """It receives and answers; what Meta does not send it refuses by itself."""
    bench.world.phones[NUMBER_ID].status = "RESTRICTED"
    session = bench.session()
    await session.connect()
    await session.send(SendMessage(chat=jid(MAYA), text="Still here"), "token-1")
    await session.close()


async def test_a_number_that_the_token_no_longer_reaches_asks_for_a_person(bench: BusinessBench) -> None:
    """The permission was taken away, or the number moved to another business."""
    del bench.world.phones[NUMBER_ID]
    bench.world.phones[OTHER_NUMBER_ID].token = TOKEN
    with pytest.raises(Disconnected, match="connect the account again"):
        await bench.session().connect()


async def test_another_number_under_the_same_id_is_not_taken_for_ours(bench: BusinessBench) -> None:
    """Histories must not mix (networks.md 5.4 R14)."""
    bench.world.phones[NUMBER_ID].number = "15559999999"
    with pytest.raises(Disconnected, match="another phone number"):
        await bench.session().connect()


async def test_what_was_posted_before_anybody_ever_listened_is_not_lost(bench: BusinessBench) -> None:
    """A first life that ends before the hub has stored anything of it."""
    await bench.keeper.put("credentials", bench.keeper.kept["credentials"])
    fresh = bench.fresh_account()
    await fresh.connect()
    await bench.writes(jid(MAYA), "Early")
    await fresh.close()
    await bench.restart()
    again = bench.fresh_account()
    await again.connect()
    hearing = Hearing(again)
    await hearing.until_text("Early")
    assert [event.text for event in hearing.of(MessageArrived)] == ["Early"]
    await hearing.close()
