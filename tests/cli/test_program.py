"""The program as a whole: what a shell sees of it."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from trunkline.__main__ import COMMANDS
from trunkline.owner.find import connect
from trunkline.surfaces.cli import program as program_module
from trunkline.surfaces.cli.commands.accounts import NO_ACCOUNTS
from trunkline.surfaces.cli.exits import WrongUsage
from trunkline.surfaces.cli.program import take_data
from trunkline.surfaces.cli.reference import pages

from .conftest import CEILING_S, Command, World, plain_environment, program
from .fake_server import FakeServer

RECORDED = Path(__file__).resolve().parents[1] / "golden" / "commands.txt"
slow = pytest.mark.slow


def test_the_commands_and_their_help_are_the_recorded_ones() -> None:
    """A command is a promise: `python tests/golden/record.py` writes the file anew, and the change is seen in review."""
    others = {name: (line, len) for name, (_, line) in COMMANDS.items()}
    assert "\n".join(f"$ {path}\n{text}\n" for path, text in pages(others)) == RECORDED.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "left", "data"),
    [
        (["chats", "--limit", "3"], ["chats", "--limit", "3"], None),
        (["--data", "/d", "chats"], ["chats"], "/d"),
        (["chats", "--data=/d", "--json"], ["chats", "--json"], "/d"),
        (["send", "c", "--", "--data", "x"], ["send", "c", "--", "--data", "x"], None),
        (["send", "c", "--database"], ["send", "c", "--database"], None),
    ],
)
def test_the_data_folder_can_be_named_anywhere_on_the_line(arguments: list[str], left: list[str], data: str | None) -> None:
    assert take_data(arguments) == (left, data)


@pytest.mark.parametrize("arguments", [["chats", "--data"], ["--data", "a", "--data=b"], ["--data="]])
def test_a_data_folder_that_is_not_named_or_named_twice_is_refused(arguments: list[str]) -> None:
    with pytest.raises(WrongUsage, match="--data"):
        take_data(arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("chatz",), "trunkline: No such command 'chatz'. Did you mean 'chats'? `trunkline --help` shows what there is.\n"),
        (("--nope",), "trunkline: No such option: --nope. `trunkline --help` shows what there is.\n"),
        (("backup", "x"), "trunkline: Got unexpected extra argument(s) (x). `trunkline backup --help` shows what there is.\n"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_understood_is_told_in_a_sentence(
    command: Command, arguments: tuple[str, ...], words: str
) -> None:
    said = command(*arguments)
    assert (said.code, said.out, said.err) == (2, "", words)


@pytest.mark.parametrize("arguments", [(), ("key",), ("connection",), ("sandbox",)])
def test_no_command_is_answered_with_the_list_of_them(command: Command, arguments: tuple[str, ...]) -> None:
    said = command(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"Usage: {' '.join(['trunkline', *arguments])} [OPTIONS] COMMAND [ARGS]...\n")


def test_a_fault_of_our_own_is_told_without_its_text(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: never a traceback; its text may quote a message."""

    def fail(arguments: object) -> None:
        raise KeyError("what somebody wrote")

    monkeypatch.setattr(program_module, "take_data", fail)
    said = command("chats")
    assert said.code == 1
    assert said.err.startswith("trunkline: trunkline failed, by a fault of its own: KeyError at test_program.py:")
    assert "somebody" not in said.err


def test_other_commands_get_what_is_theirs(capsys: pytest.CaptureFixture[str]) -> None:
    """`trunkline --data X serve --port 1` reaches `serve`, as `trunkline serve --data X --port 1` does."""
    taken: list[list[str]] = []

    def serve(arguments: object) -> int:
        assert isinstance(arguments, list)
        taken.append(arguments)
        return 7

    def never(*arguments: object) -> int:
        raise AssertionError

    code = program_module.run(["--data", "/d", "serve", "--port", "1", "--help"], never, {"serve": ("Serve.", serve)}, {})
    assert (code, taken) == (7, [["--data", "/d", "--port", "1", "--help"]])


@slow
def test_the_program_answers_a_person_and_a_program(world: World) -> None:
    said = program("chats", "--limit", "2", folder=world.folder)
    assert (said.code, len(said.out.splitlines())) == (0, 3)
    assert program("accounts", "--json", folder=world.folder).json["object"] == "AccountList"
    assert program("accounts", "--data", str(world.folder), "--json", folder=Path("/nonexistent")).code == 0


@slow
def test_no_command_imports_the_mcp_sdk_or_the_server(world: World) -> None:
    """design.md 2: the SDK costs 0.75 s, and no command may pay for it."""
    code = (
        "import sys; from trunkline.__main__ import main; code = main(['chats', '--json']);"
        "heavy = {'mcp', 'mcp_types', 'starlette', 'uvicorn', 'apsw', 'httpx2', 'trunkline.app'} & set(sys.modules);"
        "assert (code, heavy) == (0, set()), (code, heavy)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**plain_environment(), "TRUNKLINE_DATA": str(world.folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=CEILING_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@slow
def test_where_no_server_runs_one_is_started_for_as_long_as_the_command_runs(tmp_path: Path) -> None:
    """design.md 7: find the owner, else take the lock and serve in this process."""
    folder = tmp_path / "new"
    said = program("accounts", folder=folder)
    assert (said.code, said.out) == (0, "")
    assert said.err == f"{NO_ACCOUNTS}\n"
    assert connect(folder) is None
    said = program("doctor", folder=folder)
    assert said.code == 0
    assert "\nnote: No server runs for this data folder; one was started for this look and ends with it." in said.out
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


@slow
def test_a_server_that_was_killed_is_no_hindrance(tmp_path: Path) -> None:
    """Ours: kill -9 leaves server.json behind."""
    folder = tmp_path / "data"
    server = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "serve", "--data", str(folder), "--port", "0"],
        env=plain_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert "Trunkline answers at" in server.stdout.readline()
    server.kill()
    server.communicate()
    assert (folder / "server.json").exists()
    assert program("key", "create", "after", folder=folder).code == 0


@slow
def test_a_server_that_cannot_start_is_told_and_doctor_says_so_too(tmp_path: Path) -> None:
    """The issue: a newer database, a wrong setting: said in words, exit code, nothing damaged."""
    folder = tmp_path / "data"
    assert program("accounts", folder=folder).code == 0
    with sqlite3.connect(folder / "trunkline.db") as database:
        database.execute("UPDATE migration SET name = replace(name, substr(name, 1, 4), '9999')")
    database.close()
    for arguments in (("accounts",), ("doctor",), ("doctor", "--json")):
        said = program(*arguments, folder=folder)
        assert (said.code, said.out) == (3, ""), said
        assert "newer" in said.err
        assert said.err.count("\n") == 1
    environ = {**plain_environment(), "TRUNKLINE_DATA": str(tmp_path / "other"), "TRUNKLINE_PORT": "x"}
    done = subprocess.run(
        [sys.executable, "-m", "trunkline", "doctor"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=CEILING_S,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr == "trunkline: port (TRUNKLINE_PORT) cannot be 'x'; it must be a whole number from 0 to 65535.\n"


@slow
@pytest.mark.parametrize("arguments", [("messages", "--limit", "250"), ("messages", "--limit", "250", "--json")])
def test_a_reader_that_stops_reading_ends_the_command_quietly(world: World, arguments: tuple[str, ...]) -> None:
    """`trunkline messages | head -1`. 141 is what a shell shows for a program that SIGPIPE ended."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "trunkline", *arguments],
        env={**plain_environment(), "TRUNKLINE_DATA": str(world.folder)},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=CEILING_S,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 141
    assert [line for line in done.stderr.splitlines() if not line.startswith("There is more: ")] == []


@slow
@pytest.mark.parametrize("arguments", [("chats",), ("chats", "--json")])
def test_a_full_disk_below_the_output_is_told(world: World, arguments: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "trunkline", *arguments],
            env={**plain_environment(), "TRUNKLINE_DATA": str(world.folder)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=CEILING_S,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "trunkline: No space left on device.\n")


@slow
def test_a_closed_output_and_a_plain_locale_are_no_fault(world: World) -> None:
    environ = {**plain_environment(), "TRUNKLINE_DATA": str(world.folder), "LC_ALL": "C", "PYTHONUTF8": "0"}
    environ["PYTHONCOERCECLOCALE"] = "0"
    shell = f"{sys.executable} -m trunkline chats --account whatsapp"
    closed = subprocess.run(["sh", "-c", f"{shell} >&-"], env=environ, capture_output=True, timeout=CEILING_S, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")
    plain = subprocess.run(["sh", "-c", shell], env=environ, capture_output=True, timeout=CEILING_S, check=False)
    assert plain.returncode == 0
    assert b"Saturday hike \\U0001f3d4" in plain.stdout


@slow
def test_ctrl_c_ends_a_command_that_waits(tmp_path: Path) -> None:
    """Ours: with the exit code of a program that SIGINT ended, and without a traceback."""
    silent = FakeServer()
    silent.announce(tmp_path)
    silent.silent = True
    waiting = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "chats", "--data", str(tmp_path)],
        env=plain_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert silent.has_been_asked.wait(CEILING_S)
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=CEILING_S)
    silent.end()
    assert (waiting.returncode, out, err) == (130, "", "")


@slow
@pytest.mark.parametrize(
    ("words", "found"), [("trunkline ch", "chats"), ("trunkline sandbox wo", "world"), ("trunkline chats --un", "--unread")]
)
def test_a_shell_can_complete_commands(tmp_path: Path, words: str, found: str) -> None:
    environ = {**plain_environment(), "_TRUNKLINE_COMPLETE": "complete_bash", "COMP_WORDS": words}
    environ["COMP_CWORD"] = str(len(words.split()) - 1)
    done = subprocess.run(
        [sys.executable, "-m", "trunkline"], env=environ, capture_output=True, text=True, timeout=CEILING_S, check=False
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, found, "")
