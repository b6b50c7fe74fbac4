"""The tests of this folder have been seen to fail: servers that are broken on purpose, and what the record then shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import pytest
from tests.hub.sending_world import HISTORY, NONE, TOKEN
from tests.tell import Tell

from . import test_crash_points, test_keyed_sends
from .asked import judge
from .killing import Run
from .nursery import Order
from .served import Nursery
from .test_crash_points import Stage, Story, every_point, send

pytestmark = pytest.mark.slow

KILLS_AT_ONCE, KILLS_MOST = 40, 800


@dataclass(frozen=True)
class Case:
    """A broken server, the networks it is tried on, and what must be found of it."""

    broken: str
    accounts: tuple[str, ...]
    shows: str


CASES = (
    Case("resend_blindly", TOKEN, "doubled"),
    Case("resend_blindly", HISTORY, "doubled"),
    Case("resend_blindly", NONE, "doubled"),
    Case("settle_at_once", HISTORY, "doubled"),
    Case("forget_keys", TOKEN, "doubled"),
    Case("call_it_sent", HISTORY, "lost"),
    Case("change_the_text", TOKEN, "altered"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.broken}-{case.accounts[0]}")
async def test_a_broken_server_is_found_out_by_the_record(
    nursery: Nursery, data_folder: Path, random: Random, case: Case, tell: Tell
) -> None:
    run = Run(nursery, data_folder, random, case.accounts, broken=case.broken)
    found: list[object] = []
    while not found and run.kills < KILLS_MOST:
        server = await run.go(run.kills + KILLS_AT_ONCE)
        verdict = await judge(server, run.made)
        found = getattr(verdict, case.shows)
        await server.kill()
    tell(f"{case.broken}: {len(found)} {case.shows} of {verdict.asked} after {run.kills} kills")
    assert found


@pytest.mark.parametrize(
    ("broken", "account_type"),
    [("resend_blindly", "TWITTER"), ("call_it_sent", "WHATSAPP"), ("call_it_sent", "SLACK")],
)
async def test_a_broken_server_is_found_out_at_its_crash_points(
    stage_of: Callable[[str], Stage], broken: str, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_crash_points, "Order", partial(Order, broken=broken))
    story = Story(account_type, "send_message_in_chat", send, ("send",))
    with pytest.raises(AssertionError) as found:
        await every_point(stage_of(account_type), story)
    assert "arrived" in str(found.traceback[-1].statement) or "told" in str(found.traceback[-1].statement)


@pytest.fixture
def stage_of(nursery: Nursery, data_folder: Path, tmp_path: Path) -> Callable[[str], Stage]:
    """A stage for an account type."""
    return lambda account_type: Stage(nursery, data_folder, tmp_path, account_type)


async def test_a_broken_server_is_found_out_by_keyed_sends(
    nursery: Nursery, data_folder: Path, random: Random, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_keyed_sends, "Order", partial(Order, broken="forget_keys"))
    with pytest.raises(AssertionError):
        await test_keyed_sends.test_keyed_sends_arrive_once_each_however_often_they_are_asked_for(
            nursery, data_folder, random, 70, tell
        )
