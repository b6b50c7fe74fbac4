"""Which files that were fetched from networks lie in the media folder."""

from trunkline.store.engine import Reader, Transaction


async def find(reader: Reader, name: str) -> str | None:
    """The content of a fetched file, by the attachment's id or the picture's name."""
    row = await reader.row("SELECT content FROM fetched WHERE name = $1", name)
    return None if row is None else str(row[0])


async def note(tx: Transaction, name: str, content: str, size: int, at: int) -> None:
    """Note that a file was fetched or used."""
    await tx.run(
        "INSERT INTO fetched (name, content, size, used_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (name) DO UPDATE SET content = excluded.content, size = excluded.size, used_at = excluded.used_at",
        name,
        content,
        size,
        at,
    )


async def oldest(reader: Reader, limit: int) -> list[tuple[str, str, int]]:
    """Name, content and size of the files that were not used for longest."""
    rows = await reader.fetch("SELECT name, content, size FROM fetched ORDER BY used_at LIMIT $1", limit)
    return [(row[0], row[1], row[2]) for row in rows]


async def total_bytes(reader: Reader) -> int:
    """How many bytes all of them take."""
    row = await reader.row("SELECT COALESCE(sum(size), 0) FROM fetched")
    assert row is not None
    return int(row[0])


async def forget(tx: Transaction, name: str) -> None:
    """The file is gone."""
    await tx.run("DELETE FROM fetched WHERE name = $1", name)
