"""Logging in: a login ends, asks again, or leaves nothing."""

from typing import Any

import anyio
import pytest

from trunkline.contract.login import LoginDone, Step, StepKind
from trunkline.model.errors import InvalidArgument, InvalidCredentials, TrunklineError

from . import listening
from .bench import Bench

WAITS = (StepKind.QR, StepKind.PAIRING_CODE, StepKind.CONFIRM_IN_APP)


async def test_every_way_to_log_in_ends_with_an_account_or_in_words(bench: Bench) -> None:
    """design.md 8: resumable, playable on CLI, REST checkpoints and inbox."""
    for way in ways(bench):
        login, step = await begun(bench, way)
        try:
            done = await played(bench, login, step)
        except InvalidCredentials as refused:
            assert len(refused.text.split()) > 5  # noqa: PT017 (either ending is right; this one must explain itself)
            continue
        finally:
            await login.close()
        assert done.account_type == bench.sheet.account_type
        assert done.identity
        assert done.name
        bench.accept(done)
        assert (await bench.session().connect()).provider_id == done.identity


async def test_a_wrong_answer_gives_the_same_step_again_with_a_reason(bench: Bench) -> None:
    """networks.md 5.4 R15: a wrong code gives the same step again with an error text."""
    for way in ways(bench):
        login, step = await begun(bench, way)
        while isinstance(step, Step) and step.kind not in (*WAITS, StepKind.CAPTCHA) and step.fields:
            again = await login.submit(bench.wrong(step))
            assert isinstance(again, Step)
            assert (again.step_id, again.kind) == (step.step_id, step.kind)
            assert again.error
            step = await login.submit(bench.right(step))
        await login.close()


async def test_a_login_that_waits_ends_when_the_person_has_acted(bench: Bench) -> None:
    """contract/login.py: `wait` gives the next step once the person has scanned or confirmed."""
    for way in ways(bench):
        login, step = await begun(bench, way)
        while isinstance(step, Step) and step.kind not in (*WAITS, StepKind.CAPTCHA) and step.fields:
            step = await login.submit(bench.right(step))
        if isinstance(step, Step) and step.kind in WAITS:
            await bench.acts()
            after = await waited(login)
            assert isinstance(after, LoginDone) or after.step_id != step.step_id
        await login.close()


async def test_a_login_whose_time_is_over_ends(bench: Bench) -> None:
    """contract/login.py: `expires_at_ms` is on the network's clock."""
    for way in ways(bench):
        login, step = await begun(bench, way)
        if step.expires_at_ms is None:
            continue
        await bench.move_clock(3_600_000)
        with pytest.raises(TrunklineError):
            await login.submit(bench.right(step))
        await login.close()


async def test_a_renewed_code_is_the_same_step_with_other_data(bench: Bench) -> None:
    """networks.md 5.4 R13: a refreshed QR is simply the next step with the same step_id."""
    for way in ways(bench):
        login, step = await begun(bench, way)
        if step.kind is StepKind.QR:
            assert step.expires_at_ms is not None
            await bench.move_clock(step.expires_at_ms - bench.connector.now())
            renewed = await waited(login)
            assert isinstance(renewed, Step)
            assert (renewed.step_id, renewed.kind) == (step.step_id, StepKind.QR)
            assert renewed.data != step.data
        await login.close()


async def test_an_unknown_way_is_refused(bench: Bench) -> None:
    """contract/connector.py: raises InvalidArgument for an unknown way."""
    with pytest.raises(InvalidArgument):
        await bench.connector.login("telepathy", {})


async def test_an_abandoned_login_leaves_nothing(bench: Bench) -> None:
    """networks.md 5.4 R15: cancel frees sockets; abandoned processes are swept."""
    for way in ways(bench):
        login, _ = await begun(bench, way)
        await login.close()
        await login.close()


async def test_what_was_typed_in_shows_nowhere(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """networks.md 5.4 R16: secrets typed into a step never reach logs; only the credentials are kept."""
    caplog.set_level(0)
    for way in ways(bench):
        login, step = await begun(bench, way)
        if any(field.secret for field in step.fields):
            typed = {field.name: "a-secret-nobody-may-see" if field.secret else "typed" for field in step.fields}
            after = await login.submit(typed)
            assert "a-secret-nobody-may-see" not in repr(login) + repr(after) + repr(vars(login)) + caplog.text
        await login.close()


def ways(bench: Bench) -> list[str]:
    """The ways to log in to the account type under test."""
    return [way.name for way in bench.connector.login_ways if way.account_type == bench.sheet.account_type]


async def begun(bench: Bench, way: str) -> tuple[Any, Step]:
    """A login that has begun."""
    return await bench.connector.login(way, {"account_type": bench.sheet.account_type})


async def waited(login: Any) -> Step | LoginDone:
    """What a login gives once the person has acted."""
    with anyio.fail_after(listening.PATIENCE_S):
        after: Step | LoginDone = await login.wait()
        return after


async def played(bench: Bench, login: Any, step: Step) -> LoginDone:
    """Go through a login, doing everything right."""
    for _ in range(10):
        if step.kind in WAITS:
            await bench.acts()
            after = await waited(login)
        else:
            after = await login.submit(bench.right(step))
        if isinstance(after, LoginDone):
            return after
        assert after.error is None, after.error
        step = after
    raise AssertionError("the login does not end")
