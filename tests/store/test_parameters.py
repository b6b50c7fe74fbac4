"""Parameters are bound by their numbers."""

from pathlib import Path

from trunkline.store.sqlite import SqliteDatabase


async def test_a_statement_may_name_its_parameters_in_any_order(tmp_path: Path) -> None:
    """Ours: SQLite takes `$2` for a name and binds names in the order the text has them; PostgreSQL goes by the number."""
    database = SqliteDatabase(tmp_path / "numbers.db")
    rows = await database.fetch("SELECT $2 AS second, $1 AS first, $2 AS again", "one", "two")
    await database.close()
    assert [tuple(row) for row in rows] == [("two", "one", "two")]
