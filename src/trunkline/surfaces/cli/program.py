"""The program: from a command line to an exit code. Nothing ends in a traceback."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from typer.main import get_command

from trunkline.model.errors import TrunklineError
from trunkline.model.times import system_clock
from trunkline.owner.cannot_start import CannotStart
from trunkline.owner.folder import default_folder
from trunkline.surfaces.cli.client import Client
from trunkline.surfaces.cli.exits import DONE, FAILED, INTERRUPTED, PIPE_CLOSED, WRONG, Ended, WrongUsage, place_of
from trunkline.surfaces.cli.output import Output, standard_output
from trunkline.surfaces.cli.plain import line
from trunkline.surfaces.cli.server import Serve, Server
from trunkline.surfaces.cli.terminal import Terminal
from trunkline.surfaces.cli.tree import Other, command_tree
from trunkline.surfaces.cli.wording import for_a_person

PROGRAM = "trunkline"
_WHOLE_NUMBER = ("Input should be a valid integer, unable to parse string as an integer", "give a whole number")
"""The library's words of a number that is none, and ours."""


def run(
    arguments: Sequence[str],
    serve: Serve,
    others: Mapping[str, Other] = {},
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Run a command; gives the exit code (exits.py).

    serve: how this process can be the server where none runs. others: commands that are no clients, such as `serve`.
    """
    output = standard_output()
    try:
        code = _run(arguments, serve, others, environ, output)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_stdout()
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _say(output, f"{PROGRAM} failed, by a fault of its own: {place_of(error)}.", FAILED)
    return code


def _run(
    arguments: Sequence[str], serve: Serve, others: Mapping[str, Other], environ: Mapping[str, str], output: Output
) -> int:
    try:
        left, data = take_data(arguments)
        with _terminal(data, serve, environ, output) as terminal:
            tree = get_command(command_tree(others))
            ended = tree.main(args=left, prog_name=PROGRAM, standalone_mode=False, obj=terminal)
            return ended if isinstance(ended, int) else DONE
    except Ended as error:
        return _say(output, error.text, error.exit_code)
    except TrunklineError as error:  # a value that its operation refuses before anything is asked
        return _say(output, for_a_person(error.text), WRONG)
    except CannotStart as error:
        return _say(output, str(error), error.exit_code)
    except typer.Abort:
        return _say(output, "Nothing was done.", FAILED)
    except typer.TyperException as error:
        return _say_usage(output, error)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        place = f" ({error.filename})" if error.filename else ""
        return _say(output, f"{error.strerror or error}{place}.", FAILED)
    except SystemExit as ended:
        # typer ends so when nobody reads any more, and after completion was installed or shown.
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        return ended.code if isinstance(ended.code, int) else DONE


def take_data(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """The arguments without `--data FOLDER`, which may stand anywhere before a `--`, and the folder. Raises WrongUsage."""
    left: list[str] = []
    found: str | None = None
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            return [*left, word, *waiting], found
        if word == "--data" or word.startswith("--data="):
            if found is not None:
                raise WrongUsage("--data is given twice.")
            if word == "--data" and not waiting:
                raise WrongUsage("--data needs the path of a folder.")
            found = waiting.pop(0) if word == "--data" else word.removeprefix("--data=")
            if not found:
                raise WrongUsage("--data is empty; give the path of a folder.")
        else:
            left.append(word)
    return left, found


@contextmanager
def _terminal(data: str | None, serve: Serve, environ: Mapping[str, str], output: Output) -> Iterator[Terminal]:
    named = data or environ.get("TRUNKLINE_DATA")
    folder = (Path(named).expanduser() if named else default_folder(environ)).absolute()
    server = Server(folder, serve)
    client = Client(server, os.urandom)
    try:
        yield Terminal(
            server=server,
            client=client,
            output=output,
            clock=system_clock,
            environ=environ,
            given={"data": str(folder)} if data else {},
        )
    finally:
        client.close()
        server.close()


def _say(output: Output, text: str, code: int) -> int:
    output.note(f"{PROGRAM}: {text}")
    return code


def _say_usage(output: Output, error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        output.note(error.format_message())
        return WRONG
    path = PROGRAM if context is None else context.command_path
    sentence = line(" ".join(error.format_message().split())).replace(*_WHOLE_NUMBER)
    stop = "" if sentence.endswith((".", "?")) else "."
    return _say(output, f"{sentence}{stop} `{path} --help` shows what there is.", WRONG)


def _let_go_of_stdout() -> None:
    """Nobody reads any more: what Python still holds back must not fail again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
