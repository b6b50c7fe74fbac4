"""`trunkline sandbox ...`, over a sandbox in the same process."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from trunkline.model.errors import InvalidArgument
from trunkline.networks.sandbox.commands import commands, drawn

from .conftest import Sandbox


class Line:
    """The command line of a sandbox."""

    def __init__(self, runner: asyncio.Runner, folder: Path) -> None:
        self.runner = runner
        self.sandbox = Sandbox(folder, {"sandbox.answers": "0"})

    def control(self, name: str, values: Mapping[str, object]) -> Any:
        return self.runner.run(self.sandbox.connector.controls(name, values))

    def run(self, *words: str) -> str:
        """Run a command; gives what it printed."""
        result = CliRunner(env={"COLUMNS": "300"}).invoke(commands(self.control), words, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def json(self, *words: str) -> Any:
        """Run a command with --json; gives what it printed, read."""
        return json.loads(self.run(*words, "--json"))


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """A seeded sandbox's command line."""
    with asyncio.Runner() as runner:
        made = Line(runner, tmp_path)
        made.run("seed", "small")
        yield made
        runner.run(made.sandbox.connector.close())


def test_the_world_is_shown_as_a_table_and_as_json(line: Line) -> None:
    """issue: `trunkline sandbox` shows the world."""
    shown = line.run("world")
    assert "Seed small" in shown
    assert "TELEGRAM:1" in shown
    assert line.json("world")["seed"] == "small"


def test_people_and_chats_are_listed(line: Line) -> None:
    """Ours."""
    assert "Maya Fernandes" in line.run("people", "--account", "WHATSAPP")
    assert {row["account"] for row in line.json("people", "--account", "WHATSAPP")} == {"WHATSAPP:1"}
    assert "Flat 2B" in line.run("chats")
    assert line.json("chats", "--account", "SLACK")


def test_somebody_writes(line: Line) -> None:
    """issue: makes somebody write."""
    assert "WHATSAPP:1" in line.run("write", "Maya Fernandes", "Hello [you]")
    made = line.json("write", "me", "On the phone", "--account", "SLACK", "--chat", "general", "--file", "photo")
    assert made["account"] == "SLACK:1"


def test_the_clock_is_shown_and_moved_both_ways(line: Line) -> None:
    """issue: moves the clock."""
    assert "2026-11-22T11:00:00.000Z" in line.run("clock")
    assert "2026-11-22T11:15:00.000Z" in line.run("clock", "15m")
    assert "2026-11-22T09:15:00.000Z" in line.run("clock", "-2h")
    assert line.json("clock", "--real")["offset_ms"] == 0


def test_a_fault_is_injected_listed_and_cleared(line: Line) -> None:
    """issue: injects a fault."""
    assert "rate_limited" in line.run("fault")
    assert "30000" in line.run("fault", "rate_limited", "--account", "WHATSAPP", "--ms", "30s")
    assert [fault["left"] for fault in line.json("fault", "slow", "--count", "3")["set"]] == [1, 3]
    assert line.json("fault", "--clear", "all")["set"] == []


def test_an_unknown_fault_is_answered_with_every_fault_there_is(line: Line) -> None:
    """Ours: also the one that happens at once."""
    kinds = line.json("fault")["kinds"]
    with pytest.raises(InvalidArgument) as caught:
        line.run("fault", "nonsense")
    assert caught.value.text == f"There is no fault 'nonsense'. There are: {', '.join(kinds)}."
    assert "logged_out" in kinds


def test_an_id_is_never_broken_however_narrow_the_terminal_is(line: Line) -> None:
    """Ours: ids are copied from the screen."""
    rows = line.json("people")
    for width in (None, 20, 80):
        shown = drawn(rows, ("account", "name", "provider_id", "answers", "distance"), width).splitlines()
        words = {word for text in shown for word in text.split()}
        assert {row["provider_id"] for row in rows} <= words
    piped = line.run("people").splitlines()
    assert len(piped) == len(rows) + 1
    assert [text for text in piped if text != text.rstrip()] == []


def test_a_reason_is_wrapped_between_its_words_beside_an_id() -> None:
    """Ours: the table of what arrived, at 80 columns."""
    record: dict[str, Any] = {
        "n": 1,
        "account_type": "LINKEDIN",
        "kind": "send",
        "chat": "2-" + "x" * 38,
        "reason": "Nobody has this name. " * 3,
    }
    shown = drawn([record], ("n", "account_type", "kind", "chat", "reason"), 80).splitlines()
    assert len(shown) > 2
    assert record["chat"] in shown[1].split()
    assert {word for text in shown[2:] for word in text.split()} <= set(record["reason"].split())


def test_the_record_is_shown(line: Line) -> None:
    """issue: record."""
    assert line.run("record") == ""
    assert line.json("record") == []


def test_a_reset_asks_first(line: Line) -> None:
    """issue: resets."""
    refused = CliRunner().invoke(commands(line.control), ["reset"], input="n\n")
    assert refused.exit_code == 1
    assert line.json("world")["seed"] == "small"
    assert "seed small" in line.run("reset", "--yes")
    assert line.json("world")["seed"] is None
    assert "Seeded. Accounts are logged in by `trunkline serve --seed`" in line.run("seed", "messages:10")
    assert "already" in line.run("seed", "messages:10")


def test_a_login_that_waits_is_confirmed(line: Line) -> None:
    """issue: login with each kind of checkpoint."""

    async def begin() -> None:
        await line.sandbox.connector.login("messenger-password", {})
        await line.sandbox.connector.login("whatsapp-qr", {})

    line.runner.run(begin())
    assert "whatsapp.qr" in line.run("world")
    assert "whatsapp.qr" in line.run("confirm", "WHATSAPP")
