"""`trunkline account`: an account connected anew, or deleted; and what `accounts` lists beside the first connection's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trunkline.__main__ import serve_here
from trunkline.networks.sandbox.connector import SandboxConnector

from .conftest import Command

INSTANT = ("connect", "sandbox", "--way", "instant", "--type")


@pytest.fixture
def trunkline_here(command: Command, tmp_path: Path) -> Command:
    """Runs a command line that is the server too, in a folder of its own."""

    def say(*arguments: str) -> Any:
        return command(*arguments, environ={"TRUNKLINE_DATA": str(tmp_path / "data")}, serve=serve_here)

    return say


def accounts(trunkline: Callable[..., Any]) -> dict[str, str]:
    """Networks, each with the id of its account."""
    return {each["type"]: each["id"] for each in trunkline("accounts", "--json").json["items"]}


def test_an_account_is_connected_anew(trunkline_here: Command) -> None:
    assert trunkline_here(*INSTANT, "slack").code == 0
    account = accounts(trunkline_here)["SLACK"]
    said = trunkline_here("account", "restart", "slack")
    assert (said.code, said.out) == (0, f"Connected anew: Slack (Alex Morgan, {account}).\n"), said.err
    assert trunkline_here("account", "restart", account, "--json").json["object"] == "AccountRestarted"


def test_an_account_that_does_not_connect_says_why(trunkline_here: Command) -> None:
    assert trunkline_here(*INSTANT, "slack").code == 0
    account = accounts(trunkline_here)["SLACK"]
    assert trunkline_here("sandbox", "fault", "logged_out", "--account", "SLACK:1").code == 0
    said = trunkline_here("account", "restart", account)
    assert (said.code, said.out) == (1, "")
    assert "trunkline: Slack (Alex Morgan) did not connect: " in said.err
    assert f"trunkline connect sandbox --reconnect {account}" in said.err


def test_an_account_is_deleted_when_it_is_meant(trunkline_here: Command) -> None:
    for kind in ("slack", "telegram"):
        assert trunkline_here(*INSTANT, kind).code == 0
    before = accounts(trunkline_here)
    asked = trunkline_here("account", "delete", "slack")
    assert asked.code == 1
    assert "with all chats and messages that are stored of it? On the network they stay." in asked.err
    assert accounts(trunkline_here) == before
    said = trunkline_here("account", "delete", "slack", "--yes")
    assert (said.code, said.out) == (0, f"Deleted: Slack (Alex Morgan, {before['SLACK']}).\n"), said.err
    assert accounts(trunkline_here) == {"TELEGRAM": before["TELEGRAM"]}


def test_what_is_left_to_do_at_the_network_after_a_deletion_is_said(
    trunkline_here: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def log_out(_: SandboxConnector, account: object) -> bool:
        return False

    monkeypatch.setattr(SandboxConnector, "log_out", log_out, raising=False)
    monkeypatch.setattr(SandboxConnector, "left_to_do", "Take the device away there.", raising=False)
    assert trunkline_here(*INSTANT, "slack").code == 0
    said = trunkline_here("account", "delete", "slack", "--yes")
    assert (said.code, said.err.splitlines()[-1]) == (0, "Take the device away there."), said.err
    assert trunkline_here(*INSTANT, "slack").code == 0
    assert trunkline_here("account", "delete", "slack", "--yes", "--json").json == {
        "object": "AccountDeleted",
        "detail": "Take the device away there.",
    }


def test_a_name_that_fits_several_or_none_deletes_nothing(trunkline_here: Command) -> None:
    for kind in ("slack", "telegram"):
        assert trunkline_here(*INSTANT, kind).code == 0
    several = trunkline_here("account", "delete", "Alex Morgan", "--yes")
    assert several.code == 2
    assert "'Alex Morgan' fits several accounts; give the id: " in several.err
    assert trunkline_here("account", "delete", "myspace", "--yes").code == 1
    assert len(accounts(trunkline_here)) == 2


def test_an_account_that_the_first_connection_does_not_reach_is_listed_too(
    trunkline_here: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: whoever has just connected an account must not be told that there is none."""
    monkeypatch.setattr(SandboxConnector, "simulated", False)
    done = trunkline_here(*INSTANT, "slack")
    (pcid,) = {word for word in done.out.split() if word.startswith("pc_")}
    assert f"\n  trunkline chats --connection {pcid}\n" in done.err
    assert trunkline_here("accounts", "--connection", pcid, "--json").json == trunkline_here("accounts", "--json").json


def test_an_account_out_of_a_connections_reach_is_named_with_the_connection_that_reaches_it(trunkline_here: Command) -> None:
    for kind in ("slack", "telegram"):
        assert trunkline_here(*INSTANT, kind).code == 0
    reached = accounts(trunkline_here)
    pcids = {}
    for kind, account in reached.items():
        said = trunkline_here("connection", "add", kind, "--road", "sandbox", "--account", account, "--json")
        assert said.code == 0, said.err
        pcids[kind] = said.json["pcid"]
    said = trunkline_here("chats", "--connection", pcids["SLACK"], "--account", "telegram")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("trunkline: This connection does not reach the account 'telegram'. Name one that does: --conn")
    said = trunkline_here("chats", "--connection", pcids["SLACK"], "--account", "nobody")
    assert said.err == "trunkline: No account is called 'nobody'. `trunkline accounts` lists them.\n"
