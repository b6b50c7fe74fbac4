"""Who still needs which bytes of the media folder: uploads in force, fetched files, sends that are not settled."""

from collections.abc import Iterable

from trunkline.store.engine import Reader
from trunkline.store.statement import Values


async def unused(reader: Reader, contents: Iterable[str], *, besides: str | None = None) -> list[str]:
    """Those of the contents that nobody needs any more. besides: the name of a fetched file that is about to be forgotten."""
    candidates = list(contents)
    values = Values()
    rows = await reader.fetch(
        f"SELECT content FROM upload WHERE content IN ({values.all(candidates)})"
        f" UNION SELECT content FROM fetched WHERE content IN ({values.all(candidates)}) AND name <> {values(besides or '')}",
        *values,
    )
    needed = {row[0] for row in rows}
    waiting = await reader.fetch("SELECT command FROM outbox WHERE state IN ('queued', 'sending', 'unknown', 'held')")
    return [
        content for content in candidates if content not in needed and not any(content.encode() in row[0] for row in waiting)
    ]
