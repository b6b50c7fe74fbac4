"""Options that several commands have, once each."""

from typing import Annotated

import typer

from trunkline.model.page import MAX_LIMIT

PER_PAGE = 50
"""Items of a list unless --limit says otherwise."""

AsJson = Annotated[bool, typer.Option("--json", help="Print the operation's answer as JSON, for programs.")]
Account = Annotated[
    str | None, typer.Option(metavar="ACCOUNT", help="Only these accounts: ids, names or networks, with commas.")
]
Connection = Annotated[
    str | None, typer.Option(metavar="PCID", help="The connection to go through, by PCID or name; your first one if left out.")
]
Before = Annotated[str | None, typer.Option(metavar="TIME", help="Only what was before this time: 2026-11-20, 3h, 2d.")]
After = Annotated[str | None, typer.Option(metavar="TIME", help="Only what was after this time.")]
Limit = Annotated[int | None, typer.Option(metavar="N", help=f"How many: 1 to {MAX_LIMIT}; {PER_PAGE} if left out.")]
Cursor = Annotated[str | None, typer.Option(metavar="CURSOR", help="Where the page before ended.")]


def per_page(limit: int | None, cursor: str | None) -> int | None:
    """The limit to ask for: a cursor brings that of the page before."""
    return PER_PAGE if limit is None and cursor is None else limit
