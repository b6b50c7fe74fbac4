"""A person at a terminal: sees codes to scan, addresses to open and what was wrong, and types what is asked for.

Everything of the conversation is on standard error; secrets do not show while they are typed.
"""

import io
import os
import time
from typing import TextIO

import segno
import typer
from rich.cells import cell_len

from trunkline.model.login import Checkpoint, LoginStep, StepField
from trunkline.surfaces.cli.exits import Failed
from trunkline.surfaces.cli.login.lines import Lines
from trunkline.surfaces.cli.login.news import News
from trunkline.surfaces.cli.login.play import Resend
from trunkline.surfaces.cli.plain import block, line

AGAIN = "again"
"""What a person types to have a code sent once more."""
_LIGHT_ON_DARK, _PLAIN = "\x1b[97;40m", "\x1b[0m"
_RENEWED = ("qr", "confirm_in_app")
"""Kinds of steps that come again by themselves, as a fresh code or with how far something is."""
_QUIET_ZONE = 2
"""Modules around a QR code; four by the standard, two are enough for every phone and save lines."""


class Person:
    """Shows and asks. lines: standard input, where it is no terminal, or while the login may go on by itself."""

    def __init__(self, err: TextIO, lines: Lines, *, is_terminal: bool):
        self._err = err
        self._lines = lines
        self._is_terminal = is_terminal
        self._drawn: tuple[str, int] | None = None
        self._wrong: str | None = None
        self._news = News()

    def show(self, checkpoint: Checkpoint, body: bytes) -> None:
        """The step in words and, where there is one, its picture. A renewed one takes the place of the one before."""
        demand = checkpoint.checkpoint
        step = demand.step
        assert isinstance(step, LoginStep)
        if self._drawn is not None and self._drawn[0] == step.step_id and self._err.isatty():
            self._err.write(f"\x1b[{self._drawn[1]}A\x1b[J")
        said = []
        self._wrong = line(demand.error) if isinstance(demand.error, str) else None
        if self._wrong is not None:
            said.append(self._wrong)
        if isinstance(demand.instructions, str) and (text := self._words(step, demand.instructions)):
            said.append(block(text))
        said += _things_of(step)
        if step.kind == "qr" and step.data:
            said += _picture(step.data, colours=self._err.isatty())
        if said:
            self.tell("\n".join(said))
        self._drawn = (step.step_id, self._rows(said)) if step.kind in _RENEWED and not step.fields else None

    def answer(self, step: LoginStep, timeout_s: float | None) -> dict[str, str] | None:
        """What the person types, field by field."""
        if not step.fields:
            time.sleep(timeout_s or 0)
            return None
        if timeout_s is not None:
            return self._while_waiting(step.fields[0], timeout_s)
        return {field.name: self._value(field, step) for field in step.fields}

    def tell(self, sentence: str) -> None:
        """A line on standard error."""
        self._err.write(f"{sentence}\n")
        self._err.flush()

    def _words(self, step: LoginStep, instructions: str) -> str:
        """What to say of a step: of how far something is, no more than a person wants to find in a file."""
        if step.kind != "confirm_in_app" or self._err.isatty():
            return instructions
        return self._news.of(step.step_id, instructions)

    def _rows(self, said: list[str]) -> int:
        """How many rows of the terminal this takes: a long line goes on in the next row. Colours take no room."""
        if not self._err.isatty():
            return len(said)
        columns = max(os.get_terminal_size(self._err.fileno()).columns, 1)
        lines = "\n".join(said).replace(_LIGHT_ON_DARK, "").replace(_PLAIN, "").split("\n")
        return sum(max(1, -(-cell_len(each) // columns)) for each in lines)

    def _while_waiting(self, field: StepField, timeout_s: float) -> dict[str, str] | None:
        try:
            typed = self._lines.next(timeout_s)
        except EOFError:
            time.sleep(timeout_s)
            return None
        return {field.name: typed.strip()} if typed and typed.strip() else None

    def _value(self, field: StepField, step: LoginStep) -> str:
        typed = self._typed(field, step)
        if step.can_resend and typed == AGAIN:
            raise Resend
        if step.options and typed.isdecimal() and 0 < int(typed) <= len(step.options):
            return step.options[int(typed) - 1].id
        return typed

    def _typed(self, field: StepField, step: LoginStep) -> str:
        is_needed = field.required and field.default is None
        title = line(field.title) + (f" (or `{AGAIN}` to have it sent once more)" if step.can_resend else "")
        title += "" if field.required or field.default else " (may be left empty)"
        if self._is_terminal:
            return self._prompted(field, title, is_needed=is_needed)
        self.tell(f"{title}:")
        try:
            typed = (self._lines.next() or "").strip()
        except EOFError:
            if is_needed:
                raise Failed(self._ended_at(field)) from None
            typed = ""
        return typed or field.default or ""

    def _prompted(self, field: StepField, title: str, *, is_needed: bool) -> str:
        while True:
            typed = typer.prompt(
                title,
                default=field.default or "",
                hide_input=field.secret,
                show_default=bool(field.default) and not field.secret,
                err=True,
                type=str,
            )
            if (said := str(typed).strip()) or not is_needed:
                return str(typed) if field.name == "password" else said  # a password may begin or end with a blank
            self.tell("It is needed. Ctrl-C gives the login up.")

    def _ended_at(self, field: StepField) -> str:
        """Why a login could not go on: what was wrong, or what is missing."""
        if self._wrong is not None:
            return f"{self._wrong} Nothing was connected."
        return f"The login asks for {line(field.title)}, and standard input has ended. Nothing was connected."


def _things_of(step: LoginStep) -> list[str]:
    """What a step shows beside its words: a code, an address, a choice."""
    if step.kind == "pairing_code" and step.data:
        return ["", f"    {line(step.data)}", ""]
    if step.kind == "redirect" and step.data:
        return ["", f"    {line(step.data)}", ""]
    return [f"  {number}  {line(option.name)}" for number, option in enumerate(step.options, 1)]


def _picture(data: str, *, colours: bool) -> list[str]:
    """A QR code in half blocks, light on dark; the text itself where it is too long for one."""
    try:
        code = segno.make(data, error="l", micro=False)
    except segno.DataOverflowError:
        return [line(data)]
    drawn = io.StringIO()
    code.terminal(out=drawn, border=_QUIET_ZONE, compact=True)
    rows = drawn.getvalue().splitlines()
    return [f"{_LIGHT_ON_DARK}{row}{_PLAIN}" for row in rows] if colours else rows
