"""Fetching a chat's history, and watching it come."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from trunkline.surfaces.cli.program import run
from trunkline.surfaces.cli.progress import Progress

from .conftest import Command, Said, no_server_here
from .fake_server import FakeServer

CHAT = "A" * 22


def stands(status: str, **more: object) -> tuple[int, dict[str, object]]:
    return 200, {"object": "ChatHistorySync", "chat_id": CHAT, "status": status, **more}


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeServer]:
    """A server that knows one chat."""
    server = FakeServer()
    chat = {
        "object": "ChatDetail",
        "id": CHAT,
        "account_id": "a",
        "account_type": "SLACK",
        "provider_id": "p",
        "name": "general",
    }
    server.acts = [(200, chat)]
    server.announce(tmp_path)
    yield server
    server.end()


@pytest.fixture
def sync(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `trunkline sync` without its pauses."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)

    def say(*options: str) -> Said:
        return command("sync", CHAT, *options, environ={"TRUNKLINE_DATA": str(tmp_path)})

    return say


def asked(fake: FakeServer) -> list[str]:
    return [each.line for each in fake.asked if each.line.endswith("/sync")]


def test_a_sync_is_watched_until_it_is_done(sync: Command, fake: FakeServer) -> None:
    fake.acts += [stands("SYNC_STARTED"), stands("SYNC_RUNNING", messages=100), stands("SYNC_DONE", messages=1240)]
    assert sync() == Said(0, "The history of general is here: 1,240 messages.\n", "")
    assert asked(fake) == [f"GET /api/v1/chats/{CHAT}/sync"] * 3


def test_json_is_the_last_answer(sync: Command, fake: FakeServer) -> None:
    fake.acts += [stands("SYNC_STARTED"), stands("SYNC_DONE", messages=2)]
    assert sync("--json").json == stands("SYNC_DONE", messages=2)[1]


def test_it_can_be_begun_without_waiting(sync: Command, fake: FakeServer) -> None:
    fake.acts += [stands("SYNC_STARTED")]
    assert sync("--no-wait") == Said(0, "The history of general is being fetched.\n", "")
    assert len(asked(fake)) == 1


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (stands("SYNC_ERROR", detail="the network \x1b[2J went away"), "the network \\x1b[2J went away."),
        (stands("SYNC_ERROR"), "the network gave no reason."),
        (stands("CHAT_DELETED"), "the chat was deleted."),
    ],
)
def test_a_sync_that_fails_says_why(sync: Command, fake: FakeServer, last: tuple[int, dict[str, object]], words: str) -> None:
    fake.acts += [stands("SYNC_STARTED"), last]
    assert sync() == Said(1, "", f"trunkline: The history of general could not be fetched: {words}\n")


def test_ctrl_c_stops_the_watching_and_says_that_the_sync_goes_on(
    tmp_path: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The issue: Ctrl-C leaves it running."""

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    fake.acts += [stands("SYNC_STARTED")]
    monkeypatch.setattr(time, "sleep", interrupt)
    code = run(["sync", CHAT], no_server_here, {}, {"TRUNKLINE_DATA": str(tmp_path)})
    said = capsys.readouterr()
    assert (code, said.out) == (130, "")
    assert said.err == f"The sync goes on by itself; `trunkline sync {CHAT}` shows where it stands.\n"


def test_a_real_history_comes(trunkline: Command) -> None:
    said = trunkline("sync", "Saturday")
    assert (said.code, said.err) == (0, "")
    assert said.out == "The history of Saturday hike 🏔️ is here: 12 messages.\n"


class Screen(io.StringIO):
    """A terminal that can be looked at."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_goes_away() -> None:
    screen, clock = Screen(), iter([0.0, 1.0, 62.0])
    with Progress(screen, lambda: next(clock)) as progress:
        progress.show("general: 100 messages")
        progress.show("general: 200 messages")
    assert screen.getvalue().split("\r\x1b[K") == ["", "/ general: 100 messages (0:01)", "- general: 200 messages (1:02)", ""]


def test_progress_is_not_written_into_a_file() -> None:
    file = io.StringIO()
    with Progress(file) as progress:
        progress.show("general: 100 messages")
    assert file.getvalue() == ""
