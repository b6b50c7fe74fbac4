"""Finding the networks."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from trunkline.model.times import system_clock
from trunkline.networks.scan import Network, Setup, find_connectors, find_modules, find_networks, install_command, network_names

PACKAGE = "found_networks"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of networks to be found."""
    made = tmp_path / PACKAGE
    write(made / "__init__.py", "")
    write(made / "scan.py", "")
    write(made / "_library" / "__init__.py", "raise AssertionError('a library is no network')")
    write(made / "one" / "__init__.py", "def connectors(setup):\n    return ('the connector of one',)\n")
    write(made / "one" / "commands.py", "NAME = 'one'\n")
    write(made / "two" / "__init__.py", "import a_library_nobody_has\n")
    write(made / "two" / "commands.py", "")
    monkeypatch.syspath_prepend(tmp_path)
    yield made
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_every_folder_is_a_network_but_for_libraries(folder: Path) -> None:
    """design.md 8: a scan finds it."""
    assert network_names(PACKAGE) == ("one", "two")


def test_a_network_whose_library_is_missing_is_listed_with_the_reason(folder: Path) -> None:
    """style.md 5: listed as unavailable with the reason, and nothing else breaks."""
    one, two = find_networks(setup(folder), PACKAGE)
    assert one == Network("one", connectors=cast(Any, ("the connector of one",)))
    assert (two.name, two.connectors) == ("two", ())
    assert two.unavailable == (
        "The Python package a_library_nobody_has is not installed. Install it with "
        f"`{sys.executable} -m pip install 'trunkline[two]'`, then start again."
    )
    assert find_connectors(setup(folder), PACKAGE) == one.connectors


def test_a_library_that_is_imported_late_may_be_missing_too(folder: Path) -> None:
    """docs/add-a-network.md: sheets and settings can be read without the library."""
    write(folder / "late" / "__init__.py", "def connectors(setup):\n    import a_library_nobody_has\n")
    write(folder / "late" / "options.py", "NAME = 'late'\n")
    assert "a_library_nobody_has is not installed" in str(find_networks(setup(folder), PACKAGE)[0].unavailable)
    assert [(name, module.NAME) for name, module in find_modules("options", PACKAGE)] == [("late", "late")]


def test_the_command_that_installs_a_library_is_the_one_for_this_environment() -> None:
    """A checkout's .venv knows no package `trunkline`: there the script beside it installs."""
    root = Path(__file__).resolve().parents[3]
    assert install_command("two", "/usr", "/usr/bin/python 3") == "'/usr/bin/python 3' -m pip install 'trunkline[two]'"
    assert install_command("two", str(root / ".venv")) == f"{root}/script/network two"


def test_a_module_of_a_network_is_found_where_there_is_one(folder: Path) -> None:
    """design.md 8: optionally `commands.py` for the command line."""
    assert [(name, module.NAME) for name, module in find_modules("commands", PACKAGE)] == [("one", "one")]
    assert list(find_modules("suite", PACKAGE)) == []


def test_a_bug_of_our_own_is_no_missing_library(folder: Path) -> None:
    """Ours: a mistyped import of ours must not look like something to install."""
    write(folder / "three" / "__init__.py", "import trunkline.no_such_module\n")
    with pytest.raises(ModuleNotFoundError, match=r"trunkline\.no_such_module"):
        find_networks(setup(folder), PACKAGE)


def test_the_networks_of_this_program_are_found(tmp_path: Path) -> None:
    """design.md 8: roads are unique over all networks."""
    networks = find_networks(setup(tmp_path))
    roads = [connector.road for network in networks for connector in network.connectors]
    assert [network.unavailable for network in networks] == [None] * len(networks)
    assert len(roads) == len(set(roads)) >= 1
    assert list(tmp_path.iterdir()) == []


def setup(folder: Path) -> Setup:
    """What networks are given."""
    return Setup(folder, system_clock, os.urandom)


def write(path: Path, text: str) -> None:
    """A file in a folder made for it."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
