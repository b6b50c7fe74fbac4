"""Markdown, as all pages write it."""

from collections.abc import Iterable

GENERATED = "Written by `script/docs` from the program; changes belong there.\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; what would end a cell or a line inside it is written another way."""
    lines = [tuple(head), *(tuple(row) for row in rows)]
    written = ["| " + " | ".join(cell(each) for each in line) + " |" for line in lines]
    return "\n".join([written[0], "|" + "---|" * len(lines[0]), *written[1:]]) + "\n"


def cell(text: str) -> str:
    """The text on one line; without marks that Markdown would take for its own."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def anchor(heading: str) -> str:
    """What a heading is linked by."""
    return heading.lower().replace(" ", "-")
