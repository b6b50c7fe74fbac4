"""The commands that a network's folder brings."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from trunkline.networks import scan
from trunkline.surfaces.cli import network_commands

from .conftest import Command
from .fake_server import FakeServer
from .test_reading import rows


def test_the_simulated_world_can_be_looked_at_and_played(trunkline: Command) -> None:
    """The issue: `trunkline sandbox` shows the world, makes somebody write, moves the clock."""
    assert trunkline("sandbox", "world", "--json").json["seed"] == "small"
    said = trunkline("sandbox", "write", "Maya Fernandes", "Are you \x1b[31mthere?", "--account", "WHATSAPP")
    assert (said.code, said.err) == (0, "")
    shown = trunkline("messages", "Maya Fernandes", "--limit", "1")
    assert rows(shown.out)[0].endswith("  Maya Fernandes  Are you \\x1b[31mthere?")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("sandbox", "write", "Nobody At All", "hi"), 1, "The sandbox has nobody named 'Nobody At All' there."),
        (("sandbox", "nap"), 2, "No such command 'nap'."),
        (("sandbox", "write"), 2, "Missing argument"),
    ],
)
def test_what_it_refuses_is_one_sentence(trunkline: Command, arguments: tuple[str, ...], code: int, words: str) -> None:
    said = trunkline(*arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith(f"trunkline: {words}")
    assert said.err.count("\n") == 1


@pytest.fixture
def networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of networks of the test's own."""
    package = ModuleType("made_up_networks")
    package.__path__ = [str(tmp_path)]
    monkeypatch.setitem(sys.modules, "made_up_networks", package)
    monkeypatch.setattr(network_commands, "network_names", lambda: scan.network_names("made_up_networks"))
    monkeypatch.setattr(
        network_commands, "find_module", lambda name, module: scan.find_module(name, module, "made_up_networks")
    )
    monkeypatch.setattr(network_commands, "find_modules", lambda module: scan.find_modules(module, "made_up_networks"))
    return tmp_path


def make(folder: Path, name: str, files: dict[str, str]) -> None:
    (folder / name).mkdir()
    for file, text in {"__init__.py": "", **files}.items():
        (folder / name / file).write_text(text)


def test_a_network_whose_library_is_missing_says_so_and_breaks_nothing(networks: Path, command: Command) -> None:
    """style.md 5: listed as unavailable with the reason, and nothing else breaks."""
    make(networks, "semaphore", {"__init__.py": "import a_library_nobody_has", "commands.py": ""})
    make(networks, "pigeon", {})
    said = command("semaphore", "list")
    install = scan.install_command("semaphore")
    missing = "The Python package a_library_nobody_has is not installed."
    assert (said.code, said.err) == (1, f"trunkline: {missing} Install it with `{install}`, then start again.\n")
    assert "semaphore" not in command("--help").out
    assert command("pigeon").err.startswith("trunkline: No such command 'pigeon'.")


TELEGRAPH = """
import typer

def commands(control):
    app = typer.Typer(help="Play the telegraph.", no_args_is_help=True)

    @app.command()
    def rest() -> None:
        pass

    @app.command()
    def tap(key: str) -> None:
        print(control("tap", {"key": key}))

    return app
"""


def test_a_network_is_asked_by_its_own_name(networks: Path, command: Command, tmp_path: Path) -> None:
    make(networks, "telegraph", {"commands.py": TELEGRAPH})
    assert re.search(r"\n  telegraph +Play the telegraph\.\n", command("--help").out)
    fake = FakeServer()
    fake.announce(tmp_path / "telegraph")
    fake.acts = [(200, {"object": "ControlAnswered", "answer": "tapped"})]
    said = command("telegraph", "tap", "k", environ={"TRUNKLINE_DATA": str(tmp_path / "telegraph")})
    fake.end()
    assert (said.code, said.out, said.err) == (0, "tapped\n", "")
    assert [(asked.line, asked.body) for asked in fake.asked] == [
        ("POST /api/v1/networks/telegraph/controls/tap", b'{"values":{"key":"k"}}')
    ]
