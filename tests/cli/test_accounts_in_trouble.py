"""Every state an account can be in, as `accounts`, `doctor` and `account restart` tell it: what happened, and what helps."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trunkline.__main__ import serve_here
from trunkline.model.errors import Disconnected, NotReached, Restricted
from trunkline.networks.sandbox.session import SandboxSession
from trunkline.store.seal import SealBroken

from .conftest import Command, Said

SINCE = r"\d{4}-\d\d-\d\dT[\d:.]+Z"
AGAIN = "`trunkline connect sandbox --reconnect {id}`"
BY_ITSELF = "Nothing to do: it is tried again by itself, since {since}"
AT_ONCE = "`trunkline account restart {id}` tries at once."
UNREADABLE = "The secret that this login was sealed with is not this server's. Log in again, or put that secret back."
BUG = "Something unexpected happened (ZeroDivisionError); it is tried again by itself."
TROUBLES = [
    (Disconnected("The token was revoked."), "logged out", f"The token was revoked. Log in again: {AGAIN}"),
    (SealBroken(), "logged out", f"{UNREADABLE} Log in again: {AGAIN}"),
    (
        Restricted("Too many invitations."),
        "restricted",
        f"Too many invitations. Open the network's own app and do what it asks for; then: {AGAIN}",
    ),
    (NotReached("The line is down."), "connecting", f"The line is down. {BY_ITSELF}; {AT_ONCE}"),
    (
        ZeroDivisionError("division"),
        "failed",
        f"{BUG} Nothing to do; it has been so since {{since}}; the server's log says more. {AT_ONCE}",
    ),
]


@pytest.fixture
def trunkline_here(command: Command, tmp_path: Path) -> Command:
    """Runs a command line that is the server too, with a Slack account of the sandbox."""

    def say(*arguments: str) -> Said:
        return command(*arguments, environ={"TRUNKLINE_DATA": str(tmp_path / "data")}, serve=serve_here)

    assert say("connect", "sandbox", "--type", "slack", "--way", "instant").code == 0
    return say


def told(trunkline: Callable[..., Any]) -> tuple[str, str, Said]:
    """The account's state in the table, what `accounts` says of it, with its id and times named, and `doctor`'s answer."""
    (account,) = trunkline("accounts", "--json").json["items"]
    said = trunkline("accounts")
    (row,) = [line for line in said.out.splitlines() if line.startswith("Slack")]
    state = row.split("Alex Morgan")[1].split("sandbox")[0].strip()
    (words,) = [line for line in said.err.splitlines() if line.startswith("Slack (Alex Morgan): ")] or [""]
    return state, words.removeprefix("Slack (Alex Morgan): ").replace(account["id"], "{id}"), trunkline("doctor")


@pytest.mark.slow
@pytest.mark.parametrize(("trouble", "state", "words"), TROUBLES, ids=lambda each: type(each).__name__)
def test_what_an_account_met_is_told_with_what_helps(
    trunkline_here: Command, monkeypatch: pytest.MonkeyPatch, trouble: Exception, state: str, words: str
) -> None:
    """Issue 4: the account's state says what happened and what to do; nothing of a bug's own words is shown."""

    async def connect(self: SandboxSession) -> Any:
        raise trouble

    monkeypatch.setattr(SandboxSession, "connect", connect)
    restarted = trunkline_here("account", "restart", "slack")
    assert (restarted.code, restarted.out) == (1, "")
    seen, said, doctor = told(trunkline_here)
    since = re.search(SINCE, said)
    assert (seen, said) == (state, words.replace("{since}", since[0] if since else ""))
    problem = f"problem: Slack (Alex Morgan): {said}"
    assert problem.replace("{id}", account_id(trunkline_here)) in doctor.out.splitlines()
    assert doctor.code == 1
    monkeypatch.undo()
    assert trunkline_here("account", "restart", "slack").code == 0
    assert trunkline_here("doctor").code == 0


@pytest.mark.slow
def test_an_account_whose_road_is_not_here_says_so(trunkline_here: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_NETWORKS", "telegram")
    restarted = trunkline_here("account", "restart", "slack")
    assert "did not connect: The road 'sandbox' is not installed here." in restarted.err
    seen, said, doctor = told(trunkline_here)
    assert (seen, said) == ("stopped", "The road 'sandbox' is not installed here.")
    assert "problem: Slack (Alex Morgan): The road 'sandbox' is not installed here." in doctor.out.splitlines()


def account_id(trunkline: Callable[..., Any]) -> str:
    """The one account's."""
    (account,) = trunkline("accounts", "--json").json["items"]
    return str(account["id"])
