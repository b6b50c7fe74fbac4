"""Finding the networks: every folder beside this file is one, and nothing has to be registered.

A network's package offers `connectors(setup) -> Iterable[Connector]`, and may offer a module `commands` with
`commands(control) -> typer.Typer` for the command line. It imports its library inside `connectors`, so that its sheets and
settings can be read without; a network whose library is not installed is listed as unavailable, with what installs it, and
breaks nothing.
"""

import pkgutil
import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from trunkline.contract.connector import Connector
from trunkline.model.ids import Entropy
from trunkline.model.times import Clock


@dataclass(frozen=True)
class Setup:
    """What every network is given: where it may keep files, the time, randomness, and its settings.

    data: a folder of the server's own; a network makes files or folders there under its own name. options: settings of all
    networks, each name beginning with the network's: `sandbox.answer_ms`.
    """

    data: Path
    clock: Clock
    entropy: Entropy
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """A folder that was found. `unavailable` says in words why it offers no connector."""

    name: str
    connectors: tuple[Connector, ...] = ()
    unavailable: str | None = None


def find_networks(setup: Setup, package: str = "trunkline.networks") -> tuple[Network, ...]:
    """Every network, by name, available or not. Does no I/O beyond importing."""
    return tuple(_read(setup, package, name) for name in network_names(package))


def find_connectors(setup: Setup, package: str = "trunkline.networks") -> tuple[Connector, ...]:
    """The connectors of the networks that are available."""
    return tuple(connector for network in find_networks(setup, package) for connector in network.connectors)


def find_modules(module: str, package: str = "trunkline.networks") -> Iterator[tuple[str, ModuleType]]:
    """(network, its module of this name) for every network that has one: `commands`, `suite`.

    A network whose library is missing is passed over.
    """
    for name in network_names(package):
        try:
            found = find_module(name, module, package)
        except ModuleNotFoundError as missing:
            _raise_if_ours(missing)
            continue
        if found is not None:
            yield name, found


def find_module(network: str, module: str, package: str = "trunkline.networks") -> ModuleType | None:
    """A network's module of this name; None where it has none.

    Raises ModuleNotFoundError when the network's library is not installed.
    """
    name = f"{package}.{network}.{module}"
    return None if find_spec(name) is None else import_module(name)


def network_names(package: str = "trunkline.networks") -> tuple[str, ...]:
    """The names of the network folders, sorted. Imports none of them."""
    folders = import_module(package).__path__
    return tuple(sorted(found.name for found in pkgutil.iter_modules(folders) if found.ispkg and found.name[0] != "_"))


def _read(setup: Setup, package: str, name: str) -> Network:
    try:
        return Network(name, connectors=tuple(import_module(f"{package}.{name}").connectors(setup)))
    except ModuleNotFoundError as missing:
        _raise_if_ours(missing)
        return Network(name, unavailable=what_is_missing(name, missing))


def what_is_missing(network: str, missing: ModuleNotFoundError) -> str:
    """A sentence for a network whose library is not installed, with the command that installs it here."""
    package = str(missing.name).partition(".")[0]
    return f"The Python package {package} is not installed. Install it with `{install_command(network)}`, then start again."


def install_command(network: str, prefix: str = sys.prefix, executable: str = sys.executable) -> str:
    """What installs a network's library into the environment that runs this.

    A checkout's .venv has its own script with locked, hashed versions: pip knows of no package `trunkline` there.
    """
    root = Path(__file__).resolve().parents[3]
    script = root / "script" / "network"
    if Path(prefix).resolve() == root / ".venv" and script.exists():
        return f"{shlex.quote(str(script))} {network}"
    return f"{shlex.quote(executable)} -m pip install 'trunkline[{network}]'"


def _raise_if_ours(missing: ModuleNotFoundError) -> None:
    """A missing module of our own is a bug, not a library that somebody has not installed."""
    if missing.name is None or missing.name.partition(".")[0] == "trunkline":
        raise missing
