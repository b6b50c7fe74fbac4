"""The command `trunkline`. Imports almost nothing: what a command needs is loaded when it is asked for."""

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from trunkline import __version__
from trunkline.owner.cannot_start import CannotStart
from trunkline.owner.folder import default_folder
from trunkline.owner.lock import Lock
from trunkline.owner.stop import Stop

COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("trunkline.__main__:serve", "Serve MCP and REST until stopped."),
    "mcp": ("trunkline.__main__:mcp", "Be an MCP server on standard input and output."),
}
"""Each command's function, which takes the arguments and gives the exit code, and a line about it.

Whatever else is asked is for the command line, which is a client of the server.
"""
COMMAND_LINE = "trunkline.surfaces.cli.program:run"


class WrongUsage(CannotStart):
    """The command line cannot be understood."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code."""
    os.umask(0o077)
    asked = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(asked)
    except CannotStart as error:
        print(f"trunkline: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        print(f"trunkline: {error.strerror or error}{place}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def serve(arguments: Sequence[str]) -> int:
    """`trunkline serve`: every setting is an option."""
    settings = _load("trunkline.settings:SETTINGS")
    if "--help" in arguments or "-h" in arguments:
        print("Usage: trunkline serve [OPTION VALUE]...\n")
        for setting in settings:
            print(f"  {setting.option:<20} {setting.prose}" + (f" [{setting.default}]" if setting.default else ""))
        return 0
    given = read_options(arguments, {setting.option: setting.name for setting in settings}, "serve")
    code: int = _load_large("trunkline.app:serve_command")(given)
    return code


def mcp(arguments: Sequence[str]) -> int:
    """`trunkline mcp`: a pipe to the server of the data folder; the first one is that server too."""
    if "--help" in arguments or "-h" in arguments:
        print("Usage: trunkline mcp [--data FOLDER]\n\nMCP clients start this; it waits for messages on standard input.")
        return 0
    given = read_options(arguments, {"--data": "data"}, "mcp")
    data = given.get("data") or os.environ.get("TRUNKLINE_DATA")
    folder = (Path(data).expanduser() if data else default_folder(os.environ)).absolute()
    code: int = _load("trunkline.owner.pipe:run")(folder, serve_here)
    return code


def serve_here(lock: Lock, stop: Stop) -> int:
    """Be the server of a locked folder, within a process that was started for something else."""
    code: int = _load_large("trunkline.app:serve_beside_pipe")({"data": str(lock.folder)}, lock, stop)
    return code


def read_options(arguments: Sequence[str], known: Mapping[str, str], command: str) -> dict[str, str]:
    """`--name value` and `--name=value` as a dictionary. known: option to name. Raises WrongUsage."""
    given: dict[str, str] = {}
    left = list(arguments)
    while left:
        option, equals, value = left.pop(0).partition("=")
        if option not in known:
            raise WrongUsage(f"{command} has no option {option!r}; it has {', '.join(known)}.")
        if not equals:
            if not left:
                raise WrongUsage(f"{option} needs a value.")
            value = left.pop(0)
        if known[option] in given:
            raise WrongUsage(f"{option} is given twice.")
        given[known[option]] = value
    return given


def _run(asked: list[str]) -> int:
    first = asked[0] if asked else ""
    code: int
    if first in COMMANDS:
        code = _load(COMMANDS[first][0])(asked[1:])
        return code
    if first in ("--version", "-V"):
        print(f"trunkline {__version__}")
        return 0
    others = {name: (line, _load(function)) for name, (function, line) in COMMANDS.items()}
    code = _load_large(COMMAND_LINE)(["--help"] if first == "help" else asked, serve_here, others)
    return code


def _load_large(name: str) -> Any:
    """Like `_load`, without looking for garbage: imports make hundreds of thousands of objects that all stay."""
    gc.disable()
    found = _load(name)
    gc.freeze()
    gc.enable()
    return found


def _load(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


if __name__ == "__main__":
    sys.exit(main())
