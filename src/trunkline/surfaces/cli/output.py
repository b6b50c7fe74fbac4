"""What a command prints: tables and lines for people, one JSON document for programs. Only the answer is on standard output."""

import io
import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trunkline.surfaces.cli.plain import block, json_text, line

_WIDE = 100_000
"""Nothing is wrapped or cut for a file or pipe."""
_GAP = 2
_WORD = 7
"""What a column of words needs at least, to be broken between words and not letter by letter."""


class Output:
    """Standard output and standard error."""

    def __init__(self, out: TextIO, err: TextIO):
        self._out = out
        self._err = err

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads the answer as it comes."""
        return self._out.isatty()

    @property
    def err(self) -> TextIO:
        """Standard error."""
        return self._err

    def json(self, body: bytes) -> None:
        """One JSON document: to a file or pipe byte for byte, to a terminal with control characters escaped."""
        if self.is_terminal:
            self._out.write(json_text(body.decode("utf-8", "replace")) + "\n")
            return
        self._out.flush()
        self._out.buffer.write(body + b"\n")
        self._out.flush()

    def line(self, text: str) -> None:
        """A line of the answer. Foreign text in it has to be made plain before."""
        self._out.write(text + "\n")

    def note(self, text: str) -> None:
        """A remark beside the answer."""
        self._out.flush()
        self._err.write(text + "\n")
        self._err.flush()

    def table(self, *columns: str, rows: Iterable[tuple[str, ...]], whole: Collection[str] = ()) -> None:
        """Rows below their column names. Cells are made plain here.

        whole: columns that are copied from the screen (ids, times) and so are never wrapped or cut, however narrow it is.
        """
        made_plain = block if self.is_terminal else line
        cells = [[made_plain(cell) for cell in row] for row in rows]
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        for name in columns:
            justify: Literal["left", "right"] = "right" if name in _NUMBERS else "left"
            table.add_column(name, no_wrap=name in whole, overflow="fold", justify=justify)
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        self._print(table, sum(_needed(name, number, cells, whole) for number, name in enumerate(columns)))

    def _print(self, table: Table, narrowest: int) -> None:
        if self.is_terminal:
            console = Console(file=self._out, highlight=False)
            console.width = max(console.width, narrowest)
            console.print(table)
            return
        drawn = io.StringIO()
        Console(file=drawn, highlight=False, width=_WIDE, color_system=None).print(table)
        for text in drawn.getvalue().splitlines():
            self._out.write(text.rstrip() + "\n")


def _needed(name: str, number: int, cells: list[list[str]], whole: Collection[str]) -> int:
    """How wide a column has to be at least. On a narrower screen it is the terminal that breaks the lines."""
    if name not in whole:
        return _WORD + _GAP
    return max((cell_len(row[number]) for row in cells), default=0) + _GAP


_NUMBERS = frozenset({"unread", "chats", "messages", "tries"})


def standard_output() -> Output:
    """Over the process's own streams. What they cannot encode is written as codes; a closed one swallows what it is given."""
    sys.stdout, sys.stderr = _usable(sys.stdout), _usable(sys.stderr)
    return Output(sys.stdout, sys.stderr)


def _usable(stream: TextIO | None) -> TextIO:
    if stream is None:  # closed by the shell: `>&-`
        return Path(os.devnull).open("w", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream
