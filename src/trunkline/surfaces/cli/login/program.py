"""A program instead of a person: each step is a line of JSON on standard output, each answer a line on standard input.

{"values": {"code": "12345"}}    the step's fields by name
{"resend": true}                 have the code sent again
{"cancel": true}                 give the login up
"""

import json
import time

from trunkline.model.errors import MalformedRequest
from trunkline.model.login import Checkpoint, LoginStep
from trunkline.operations.json_names import refuse_repeated
from trunkline.surfaces.cli.exits import Failed
from trunkline.surfaces.cli.login.lines import Lines
from trunkline.surfaces.cli.login.play import GivenUp, Resend
from trunkline.surfaces.cli.output import Output

ANSWERS = '{"values": {"name": "text"}}, {"resend": true} or {"cancel": true}'


class Program:
    """Reads answers, writes steps."""

    def __init__(self, output: Output, lines: Lines):
        self._output = output
        self._lines = lines

    def show(self, checkpoint: Checkpoint, body: bytes) -> None:
        """The checkpoint as it came from the server."""
        self._output.json(body)

    def answer(self, step: LoginStep, timeout_s: float | None) -> dict[str, str] | None:
        """The next answer. A step that waits for something done elsewhere goes on without one."""
        try:
            text = self._lines.next(timeout_s)
        except EOFError:
            if timeout_s is None:
                raise Failed("The login asks for more, and standard input has ended. Nothing was connected.") from None
            time.sleep(timeout_s)
            return None
        return None if text is None else _read(text)

    def tell(self, sentence: str) -> None:
        """A line on standard error."""
        self._output.note(sentence)


def _read(text: str) -> dict[str, str]:
    """An answer. Raises Resend, GivenUp, Failed; what was typed is not repeated, for it may be a secret."""
    try:
        found = json.loads(text)
        refuse_repeated(text.encode(errors="surrogatepass"), found, "The answer")
    except (ValueError, RecursionError):
        found = None
    except MalformedRequest as error:
        raise Failed(f"{error.text} Nothing was connected.") from None
    match found:
        case {"cancel": True}:
            raise GivenUp("The login was given up. Nothing was connected.")
        case {"resend": True}:
            raise Resend
        case {"values": dict(values)} if all(isinstance(value, str) for value in values.values()):
            return values
    raise Failed(f"An answer must be a line of JSON such as {ANSWERS}. Nothing was connected.")
