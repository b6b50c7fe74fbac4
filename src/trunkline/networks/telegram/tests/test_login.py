"""Logging in, and what goes wrong: each ending in words, nothing typed in kept."""

import os
from typing import Any

import anyio
import pytest

from trunkline.contract.login import LoginDone, Step, StepKind
from trunkline.model.errors import (
    Disconnected,
    InvalidArgument,
    InvalidCredentials,
    NotPossible,
    NotReached,
    Throttled,
    Unsupported,
)
from trunkline.networks.scan import Setup
from trunkline.networks.telegram.fake.exchange import public_key
from trunkline.networks.telegram.fake.logins import CODE, scan
from trunkline.networks.telegram.fake.seed import ADA, BORIS, PASSWORD
from trunkline.networks.telegram.fake.server import APP_HASH, APP_ID
from trunkline.networks.telegram.suite import OPTIONS, TelegramBench
from trunkline.networks.telegram.user.connector import TelegramConnector

PHONE = {"phone_number": "+33 6 00 00 00 01"}


async def begun(bench: TelegramBench, way: str) -> tuple[Any, Step]:
    """A login that has begun."""
    return await bench.connector.login(way, {})


async def test_phone_code_and_password_come_to_the_account(bench: TelegramBench) -> None:
    login, step = await begun(bench, "telegram-phone")
    seen: list[tuple[str, str]] = [(step.step_id, step.kind)]
    outcome: Step | LoginDone = step
    for values in (PHONE, {"code": "00000"}, {"code": CODE}, {"password": "wrong"}, {"password": PASSWORD}):
        outcome = await login.submit(values)
        if isinstance(outcome, Step):
            seen.append((outcome.step_id, outcome.error or outcome.kind))
    assert seen == [
        ("telegram.phone", StepKind.PHONE),
        ("telegram.code", StepKind.CODE_SENT),
        ("telegram.code", "The code is wrong. Try again."),
        ("telegram.password", StepKind.PASSWORD),
        ("telegram.password", "The password is wrong. Try again."),
    ]
    assert isinstance(outcome, LoginDone)
    assert (outcome.identity, outcome.name) == (str(ADA), "Ada")
    assert outcome.connection_params == {"im": {"user_id": str(ADA), "username": "ada_l"}}
    assert bench.server.connections == []


async def test_an_account_without_a_second_password_needs_none(bench: TelegramBench) -> None:
    login, _ = await begun(bench, "telegram-phone")
    await login.submit({"phone_number": "+33600000002"})
    done = await login.submit({"code": CODE})
    assert isinstance(done, LoginDone)
    assert done.identity == str(BORIS)


async def test_a_scanned_code_comes_to_the_account_by_way_of_the_password(bench: TelegramBench) -> None:
    login, step = await begun(bench, "telegram-qr")
    assert (step.data or "").startswith("tg://login?token=")
    scan(bench.server, ADA)
    with anyio.fail_after(5):
        asked = await login.wait()
    assert isinstance(asked, Step)
    assert (asked.step_id, "the usual one" in asked.instructions) == ("telegram.password", True)
    assert isinstance(await login.submit({"password": PASSWORD}), LoginDone)


async def test_an_expired_code_is_renewed_until_the_login_is_over(bench: TelegramBench) -> None:
    login, step = await begun(bench, "telegram-qr")
    shown = {step.data}
    for _ in range(3):
        bench.clock.move(31_000)
        with anyio.fail_after(5):
            step = await login.wait()
        assert step.step_id == "telegram.qr"
        shown.add(step.data)
    assert len(shown) == 4
    bench.clock.move(300_000)
    with pytest.raises(InvalidCredentials, match="Begin the login again"):
        await login.wait()
    assert bench.server.connections == []


async def test_a_code_whose_time_is_over_says_so(bench: TelegramBench) -> None:
    login, _ = await begun(bench, "telegram-phone")
    await login.submit(PHONE)
    bench.server.fault("code_expired")
    with pytest.raises(InvalidCredentials, match="The time for this code is over"):
        await login.submit({"code": CODE})
    with pytest.raises(InvalidCredentials, match="over"):
        await login.submit({"code": CODE})


async def test_a_number_nobody_has_says_where_accounts_are_made(bench: TelegramBench) -> None:
    login, _ = await begun(bench, "telegram-phone")
    await login.submit({"phone_number": "+33699999999"})
    with pytest.raises(InvalidCredentials, match="no Telegram account"):
        await login.submit({"code": CODE})


async def test_a_number_telegram_refuses_may_be_given_again(bench: TelegramBench) -> None:
    login, _ = await begun(bench, "telegram-phone")
    step = await login.submit({"phone_number": "+999999999999999999"})
    assert (step.step_id, step.error) == ("telegram.phone", "Telegram says this is no phone number.")
    assert (await login.submit(PHONE)).step_id == "telegram.code"
    await login.close()


async def test_too_many_codes_say_how_long_to_wait(bench: TelegramBench) -> None:
    login, _ = await begun(bench, "telegram-phone")
    bench.server.fault("login_flood", ms=90_000)
    with pytest.raises(Throttled) as met:
        await login.submit(PHONE)
    assert met.value.retry_after_ms == 90_000


async def test_a_code_is_sent_again_after_a_while(bench: TelegramBench) -> None:
    login, _ = await begun(bench, "telegram-phone")
    with pytest.raises(Unsupported):
        await login.resend()
    step = await login.submit(PHONE)
    assert step.can_resend
    with pytest.raises(Throttled):
        await login.resend()
    bench.clock.move(60_000)
    assert (await login.resend()).step_id == "telegram.code"
    await login.close()


async def test_a_code_that_telegram_cannot_send_otherwise_leaves_the_login_as_it_is(bench: TelegramBench) -> None:
    """A 406, which the library takes for a lost login."""
    login, _ = await begun(bench, "telegram-phone")
    await login.submit(PHONE)
    bench.clock.move(60_000)
    bench.server.fault("no_other_way")
    with pytest.raises(NotPossible, match="no other way to send the code"):
        await login.resend()
    assert (await login.submit({"code": CODE})).step_id == "telegram.password"
    await login.close()


async def test_too_many_wrong_passwords_say_to_wait(bench: TelegramBench) -> None:
    login, _ = await begun(bench, "telegram-phone")
    await login.submit(PHONE)
    await login.submit({"code": CODE})
    bench.server.fault("password_flood")
    with pytest.raises(Throttled, match="Try again tomorrow"):
        await login.submit({"password": PASSWORD})


async def test_without_settings_the_login_asks_for_the_application(bench: TelegramBench) -> None:
    connector: Any = TelegramConnector(Setup(bench.folder, bench.clock, os.urandom, {}), bench.server.wire)
    for way, first in (("telegram-qr", "telegram.qr"), ("telegram-phone", "telegram.phone")):
        login, step = await connector.login(way, {})
        assert (step.step_id, "https://my.telegram.org" in step.instructions) == ("telegram.app", True)
        wrong = await login.submit({"api_id": "1", "api_hash": "no hash"})
        assert (wrong.step_id, wrong.error) == ("telegram.app", "api_hash has not the right form: it is 32 digits from 0 to f.")
        step = await login.submit({"api_id": str(APP_ID), "api_hash": APP_HASH})
        assert step.step_id == first
        await login.close()


async def test_an_application_telegram_does_not_know_is_asked_for_again(bench: TelegramBench) -> None:
    connector: Any = TelegramConnector(Setup(bench.folder, bench.clock, os.urandom, {}), bench.server.wire)
    login, _ = await connector.login("telegram-qr", {})
    step = await login.submit({"api_id": "77", "api_hash": "f" * 32})
    assert (step.step_id, step.error) == ("telegram.app", "Telegram does not know this api_id with this api_hash.")
    await login.close()


async def test_by_phone_too_an_application_telegram_does_not_know_is_asked_for_again(bench: TelegramBench) -> None:
    setup = Setup(bench.folder, bench.clock, os.urandom, {})
    login, _ = await TelegramConnector(setup, bench.server.wire).login("telegram-phone", {})
    for api_hash in ("f" * 32, APP_HASH):
        step = await login.submit({"api_id": str(APP_ID), "api_hash": api_hash})
        assert isinstance(step, Step)
        assert step.step_id == "telegram.phone"
        step = await login.submit(PHONE)
        assert isinstance(step, Step)
        wanted = (
            ("telegram.code", None) if api_hash == APP_HASH else ("telegram.app", "Telegram does not know this api_id with")
        )
        assert (step.step_id, step.error and step.error[:39]) == wanted


async def test_an_application_of_the_settings_that_telegram_does_not_know_names_the_settings(bench: TelegramBench) -> None:
    setup = Setup(bench.folder, bench.clock, os.urandom, {**OPTIONS, "telegram.api_hash": "f" * 32})
    with pytest.raises(NotPossible, match="they are TRUNKLINE_TELEGRAM_API_ID and TRUNKLINE_TELEGRAM_API_HASH"):
        await TelegramConnector(setup, bench.server.wire).login("telegram-qr", {})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"api_id": "abc", "api_hash": APP_HASH}, "api_id has not the right form: it is a number."),
        ({"api_id": "1", "api_hash": "abc"}, "api_hash has not the right form: it is 32 digits from 0 to f."),
    ],
)
async def test_an_answer_of_another_form_is_told_the_form(bench: TelegramBench, values: dict[str, str], words: str) -> None:
    setup = Setup(bench.folder, bench.clock, os.urandom, {})
    login, _ = await TelegramConnector(setup, bench.server.wire).login("telegram-phone", {})
    step = await login.submit(values)
    assert isinstance(step, Step)
    assert step.error == words


async def test_a_password_is_taken_with_the_blanks_it_ends_with(bench: TelegramBench) -> None:
    login, _ = await begun(bench, "telegram-phone")
    await login.submit(PHONE)
    await login.submit({"code": f" {CODE} "})
    step = await login.submit({"password": f"{PASSWORD} "})
    assert isinstance(step, Step)
    assert step.error == "The password is wrong. Try again."


async def test_the_key_exchange_is_done_and_done_again_when_it_fails(bench: TelegramBench) -> None:
    """user/client.py: Telethon leaves out a key's leading zeros, and one exchange of 256 fails."""
    key = bench.folder / "server.pem"
    key.write_text(public_key())
    options = {**OPTIONS, "telegram.server": f"127.0.0.1:{bench.server.port}", "telegram.server_key": str(key)}
    connector = TelegramConnector(Setup(bench.folder, bench.clock, os.urandom, options))
    bench.server.fault("bad_exchange", count=2)
    login, step = await connector.login("telegram-qr", {})
    assert step.step_id == "telegram.qr"
    await login.close()
    bench.server.fault("bad_exchange", count=9)
    with pytest.raises(NotReached):
        await connector.login("telegram-qr", {})


async def test_a_login_without_a_network_says_so(bench: TelegramBench) -> None:
    await bench.server.stop()
    with pytest.raises(NotReached):
        await begun(bench, "telegram-qr")


async def test_a_kept_login_of_another_user_is_refused(bench: TelegramBench) -> None:
    """networks.md 5.4 R14: histories must not mix."""
    bench.own = BORIS
    await bench.log_in()
    with pytest.raises(Disconnected, match="of another user"):
        await bench.session().connect()


async def test_the_kept_login_shows_in_no_repr(bench: TelegramBench) -> None:
    session = bench.session()
    await session.connect()
    secret = bench.keeper.kept["credentials"].decode()
    key = secret.split('"')[1]
    for thing in (session, session._desk, session._desk.line, bench.connector):
        assert key[:40] not in repr(thing)
        assert APP_HASH not in repr(thing)


@pytest.mark.parametrize(
    "options",
    [
        {"telegram.api_key": "1"},
        {"telegram.api_id": "1"},
        {"telegram.api_id": "one", "telegram.api_hash": APP_HASH},
        {"telegram.server": "127.0.0.1:1"},
        {**OPTIONS, "telegram.server": "example.org:443", "telegram.server_key": "/dev/null"},
        {**OPTIONS, "telegram.server_key": "/no/such/file"},
    ],
)
def test_a_setting_that_does_not_fit_is_refused_by_name(bench_folder: Any, options: dict[str, str]) -> None:
    with pytest.raises(InvalidArgument, match="telegram"):
        TelegramConnector(Setup(bench_folder, lambda: 0, os.urandom, options))


@pytest.fixture
def bench_folder(tmp_path: Any) -> Any:
    """A folder."""
    return tmp_path
