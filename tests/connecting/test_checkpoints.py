"""Connecting by REST: each network's own checkpoint, played to its end. Source: unipile-v1 5.8, 9; issue 3, part 1."""

import msgspec
import pytest

from trunkline.contract.login import Step, StepKind
from trunkline.hub.checkpoints import demand_of

from .conftest import World, until

LOGIN = {"username": "alex", "password": "secret"}


async def test_whatsapp_asks_for_a_scan_and_nobody_has_to_poll(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="WHATSAPP")
    assert checkpoint["type"] == "QRCODE"
    assert checkpoint["qrcode"].startswith("2@")
    before = await world.account(account_id)
    assert (before.status_code, before.json()["type"]) == (404, "errors/resource_not_found")
    assert "Scan it in WhatsApp" in before.json()["detail"]
    await world.confirm()
    await until(lambda: _is_done(world, account_id))
    account = await world.until_connected(account_id)
    assert (account["id"], account["type"], account["object"]) == (account_id, "WHATSAPP", "Account")
    assert account["connection_params"]["im"].keys() == {"phone_number"}


async def _is_done(world: World, account_id: str) -> bool:
    return world.hub.logins.attempts[account_id].ended is not None


async def test_whatsapp_can_be_paired_by_a_code(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="WHATSAPP", pairing_phone_number="33612345678")
    assert checkpoint["type"] == "PAIRING_CODE"
    assert checkpoint["code"].startswith("TRNK-")
    await world.confirm()
    await world.until_connected(account_id)


@pytest.mark.parametrize("number", ["abc", "+33612345678", "33 612345678", "0612345678", "1" * 16, "３３６１２３４５６７８"])
async def test_a_number_to_pair_that_is_not_digits_alone_is_refused(world: World, number: str) -> None:
    """unipile-v1 9.1: international digits only."""
    for body in ({"pairing_phone_number": number}, {"way": "whatsapp-code", "values": {"pairing_phone_number": number}}):
        answer = await world.connect(provider="WHATSAPP", **body)
        assert (answer.status_code, answer.json()["type"]) == (400, "errors/invalid_parameters")
        assert "33612345678" in answer.json()["detail"]
        assert world.hub.logins.attempts == {}


async def test_linkedin_takes_the_cookies_of_a_browser(world: World) -> None:
    """unipile-v1 9.1: access_token is the cookie li_at, premium_token the cookie li_a."""
    for more in ({}, {"premium_token": "li-a"}):
        answer = await world.connect(provider="LINKEDIN", access_token="li-at", **more)
        assert (answer.status_code, answer.json()["object"]) == (201, "AccountCreated")
    wrong = await world.connect(provider="LINKEDIN", access_token="wrong")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "errors/invalid_credentials")


async def test_slack_takes_a_user_token(world: World) -> None:
    answer = await world.connect(provider="SLACK", access_token="xoxp-1")
    assert (answer.status_code, answer.json()["object"]) == (201, "AccountCreated")
    wrong = await world.connect(provider="SLACK", access_token="wrong")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "errors/invalid_credentials")


async def test_telegram_takes_its_second_password_after_the_scan(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="TELEGRAM")
    assert checkpoint["type"] == "QRCODE"
    await world.confirm()

    async def asks_for_password() -> bool:
        return "second password" in str((await world.account(account_id)).json()["detail"])

    await until(asks_for_password)
    wrong = await world.solve(account_id, "TELEGRAM", "wrong")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "errors/invalid_checkpoint_solution")
    right = await world.solve(account_id, "TELEGRAM", "right")
    assert (right.status_code, right.json()) == (201, {"object": "AccountCreated", "account_id": account_id})


async def test_a_telegram_password_that_is_given_at_once_is_not_asked_for(world: World) -> None:
    account_id, _ = await world.waiting(provider="TELEGRAM", password="right")
    await world.confirm()
    await world.until_connected(account_id)


async def test_telegram_can_be_logged_in_by_phone_number(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="TELEGRAM", phone_number="+33612345678", password="right")
    assert checkpoint["type"] == "OTP"
    assert (await world.solve(account_id, "TELEGRAM", "123456")).status_code == 201


async def test_linkedin_asks_for_the_mailed_code(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="LINKEDIN", **LOGIN)
    assert checkpoint["type"] == "OTP"
    wrong = await world.solve(account_id, "LINKEDIN", "000000")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "errors/invalid_checkpoint_solution")
    assert (await world.solve(account_id, "LINKEDIN", "123456")).status_code == 201
    again = await world.solve(account_id, "LINKEDIN", "123456")
    assert (again.status_code, again.json()["account_id"]) == (201, account_id), "asking once more is told the same"


async def test_linkedin_recruiter_asks_for_a_contract(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="LINKEDIN", way="linkedin-recruiter", **LOGIN)
    assert checkpoint["type"] == "CONTRACT_CHOOSER"
    assert [each.keys() for each in checkpoint["contract_options"]] == [{"id", "name"}] * 2
    wrong = await world.solve(account_id, "LINKEDIN", "no such contract")
    assert wrong.json()["type"] == "errors/invalid_checkpoint_solution"
    chosen = checkpoint["contract_options"][1]["id"]
    assert (await world.solve(account_id, "LINKEDIN", chosen)).status_code == 201
    account = await world.until_connected(account_id)
    assert account["connection_params"]["im"]["premiumContractId"] == chosen


async def test_a_contract_that_is_given_at_once_is_not_asked_for(world: World) -> None:
    answer = await world.connect(provider="LINKEDIN", recruiter_contract_id="contract-1", **LOGIN)
    assert (answer.status_code, answer.json()["object"]) == (201, "AccountCreated")


async def test_instagram_asks_for_the_authenticators_code(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="INSTAGRAM", **LOGIN)
    assert (checkpoint["type"], checkpoint["source"]) == ("2FA", "APP")
    assert (await world.solve(account_id, "INSTAGRAM", "123456")).status_code == 201


async def test_messenger_is_confirmed_in_the_app(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="MESSENGER", **LOGIN)
    assert checkpoint["type"] == "IN_APP_VALIDATION"
    early = await world.solve(account_id, "MESSENGER", "in_app_validation")
    assert (early.status_code, early.json()["object"]) == (202, "Checkpoint"), "not yet"
    await world.confirm()
    await world.until_connected(account_id)
    late = await world.solve(account_id, "MESSENGER", "in_app_validation")
    assert (late.status_code, late.json()["object"]) == (201, "AccountCreated")


async def test_twitters_captcha_ends_in_words(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="TWITTER", email="a@b.example", **LOGIN)
    assert checkpoint["type"] == "CAPTCHA"
    answer = await world.solve(account_id, "TWITTER", "whatever")
    assert (answer.status_code, answer.json()["type"]) == (401, "errors/checkpoint_error")
    assert "captcha" in answer.json()["detail"]
    assert "did not succeed" in (await world.account(account_id)).json()["detail"]


async def test_slack_sends_the_person_to_its_own_page(world: World) -> None:
    account_id, checkpoint = await world.waiting(provider="SLACK")
    assert checkpoint["type"] == "REDIRECT"
    assert checkpoint["url"].startswith("https://slack.com/")
    wrong = await world.solve(account_id, "SLACK", "https://example.com/?error=denied")
    assert wrong.json()["type"] == "errors/invalid_checkpoint_solution"
    assert (await world.solve(account_id, "SLACK", "https://example.com/?code=1")).status_code == 201


async def test_a_code_that_is_renewed_is_shown_when_asked_for(world: World) -> None:
    """9.2: the QR code lives as long as the network lets it; in the sandbox 20 seconds at a time."""
    account_id, checkpoint = await world.waiting(provider="WHATSAPP")
    await world.connector.controls("clock", {"by": "25s"})

    async def is_renewed() -> bool:
        return bool(world.hub.logins.attempts[account_id].step.data != checkpoint["qrcode"])

    await until(is_renewed)
    await world.confirm()
    await world.until_connected(account_id)


@pytest.mark.parametrize("kind", list(StepKind))
def test_every_kind_of_step_has_its_checkpoint(kind: StepKind) -> None:
    step = Step(kind=kind, step_id="x", instructions="Do it.", data="data")
    shown = msgspec.to_builtins(demand_of(step))
    assert shown["instructions"] == "Do it."
    assert all(value is not None for value in shown.values())
