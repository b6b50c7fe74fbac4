"""Migrations: forward only, whole steps, and never over a database that a newer program wrote."""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from msgspec import structs

from trunkline.model.errors import StoreUnavailable
from trunkline.store import messages, migrations, schema
from trunkline.store.dialect import SQLITE
from trunkline.store.document import decode
from trunkline.store.engine import Transaction
from trunkline.store.sqlite import SqliteDatabase
from trunkline.store.store import DATABASE_FILE, Store, open_store

from .planted import Said, add_account, add_chat, add_messages, message
from .simulated_disk import SimulatedDisk

STEPS = tuple(migrations.MIGRATIONS)


async def applied(store: Store) -> list[str]:
    """The steps that a database knows."""
    return [row[0] for row in await store.db.fetch("SELECT name FROM migration ORDER BY name")]


async def test_a_fresh_database_knows_every_step(store: Store) -> None:
    assert await applied(store) == list(STEPS) == sorted(STEPS)
    assert await schema.version(store.db) == STEPS[-1]


async def test_migrating_again_changes_nothing(store: Store) -> None:
    account = await add_account(store)
    await schema.migrate(store.db)
    assert await applied(store) == list(STEPS)
    assert [row[0] for row in await store.db.fetch("SELECT no FROM account")] == [account]


async def test_a_newer_database_is_refused_in_words_and_unchanged(store: Store) -> None:
    async def from_the_future(tx: Transaction) -> None:
        await tx.run("INSERT INTO migration (name) VALUES ('m9001_flying_cars')")

    await store.db.write(from_the_future)
    with pytest.raises(StoreUnavailable) as refusal:
        await schema.migrate(store.db)
    assert refusal.value.text == (
        "The database was written by a newer Trunkline (it knows the step m9001_flying_cars, this version does not)."
        " Install the newer version; nothing was changed."
    )
    assert await applied(store) == [*STEPS, "m9001_flying_cars"]


async def test_opening_a_newer_database_leaves_its_file_as_it_is(tmp_path: Path) -> None:
    await (await open_store(tmp_path)).close()
    connection = apsw.Connection(str(tmp_path / DATABASE_FILE))
    connection.execute("INSERT INTO migration (name) VALUES ('m9001_flying_cars')")
    connection.close()
    before = (tmp_path / DATABASE_FILE).read_bytes()
    with pytest.raises(schema.NewerDatabase):
        await open_store(tmp_path)
    assert (tmp_path / DATABASE_FILE).read_bytes() == before


async def test_a_step_that_fails_half_way_leaves_nothing_of_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ("CREATE TABLE half (no BIGINT PRIMARY KEY)", "CREATE TABLE nonsense (")
    monkeypatch.setitem(migrations.MIGRATIONS, "m9000_broken", broken)
    with pytest.raises(Exception, match=r"(?i)syntax|incomplete"):
        await schema.migrate(store.db)
    with pytest.raises(Exception, match="half"):
        await store.db.fetch("SELECT * FROM half")
    assert await applied(store) == list(STEPS)
    monkeypatch.setitem(migrations.MIGRATIONS, "m9000_broken", broken[:1])
    await schema.migrate(store.db)
    assert await applied(store) == [*STEPS, "m9000_broken"]


async def test_replies_that_were_stored_before_are_counted_where_the_network_counts(store: Store) -> None:
    """Step 7. Topics have no count: theirs stay uncounted."""
    chat = await add_chat(store, await add_account(store))
    await add_messages(store, chat, [Said(f"m{number}", 1_790_000_000_000 + number) for number in range(5)])

    first, reply, topic, post, _ = [await message(store, chat, f"m{number}") for number in range(5)]

    async def work(tx: Transaction) -> None:
        for row, changes in (
            (first, {"replies": 1}),
            (reply, {"parent": first.id}),
            (topic, {"text": 'Not a count: "replies":5'}),
            (post, {"parent": topic.id}),
        ):
            await messages.rewrite(tx, row, structs.replace(decode(row.document), **changes))
        for statement in migrations.ONLY_IN["m0007_replies"][tx.dialect.name]:
            await tx.run(statement)

    await store.db.write(work)
    found = [(await message(store, chat, f"m{number}")).thread for number in range(5)]
    assert found == [None, "m0", None, None, None]


@pytest.fixture
def disk() -> Iterator[SimulatedDisk]:
    """A disk whose power can be cut."""
    made = SimulatedDisk("disk of migrations")
    yield made
    made.unregister()


async def test_the_power_cut_while_migrating_leaves_whole_steps_from_which_it_goes_on(
    tmp_path: Path, disk: SimulatedDisk
) -> None:
    chance, images = random.Random(5), list[dict[str, bytes]]()
    moments = itertools.count()
    disk.moment = lambda: images.append(disk.image(chance)) if next(moments) % 8 == 0 else None
    db = SqliteDatabase(tmp_path / DATABASE_FILE, disk.name)
    await schema.migrate(db)
    images.append(disk.image(chance))
    disk.moment = lambda: None
    await db.close()
    states = []
    for number, image in enumerate(images):
        folder = tmp_path / f"cut {number}"
        folder.mkdir()
        for name, content in image.items():
            (folder / name).write_bytes(content)
        states.append(_whole_steps(folder / DATABASE_FILE))
        store = await open_store(folder, secret=bytes(32))
        assert await applied(store) == list(STEPS)
        await add_account(store)
        await store.close()
    assert {len(state) for state in states} == set(range(len(STEPS) + 1)), "a cut at every stage"


def _whole_steps(path: Path) -> list[str]:
    """The steps that are there, each with everything it makes."""
    connection = apsw.Connection(str(path))
    try:
        made = {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema")}
        known = [] if "migration" not in made else [str(row[0]) for row in connection.execute("SELECT name FROM migration")]
    finally:
        connection.close()
    for step in STEPS:
        tables = {_made_by(each) for each in migrations.statements(step, SQLITE) if each.startswith("CREATE")}
        assert tables <= made if step in known else not tables & made
    return known


def _made_by(statement: str) -> str:
    """The name of the table or index that a statement makes."""
    words = statement.split()
    return words[words.index("TABLE" if "TABLE" in words[:4] else "INDEX") + 1]
