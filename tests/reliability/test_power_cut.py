"""R4 (security.md 8.1): the power is cut at any moment; nothing that was acknowledged is lost, and nothing is damaged."""

import asyncio
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import apsw
import pytest
from tests.hub.world import NOW, World, new_world, said
from tests.store.simulated_disk import SimulatedDisk

from trunkline.contract.commands import SendMessage
from trunkline.contract.events import MessageChanged
from trunkline.store import outbox, schema, sqlite
from trunkline.store.engine import Transaction
from trunkline.store.media import MediaFolder
from trunkline.store.outbox import NewRow
from trunkline.store.seal import Seal
from trunkline.store.sqlite import SqliteDatabase
from trunkline.store.store import DATABASE_FILE, Store, open_store

WRITERS = 4
WRITES_EACH = 12
CUTS_A_ROUND = 50
ROUNDS_TOGETHER = 5


@dataclass(frozen=True)
class Fact:
    """Something the store said yes to: a message with its text, its edit, or a send by its token."""

    kind: str
    name: str
    text: str = ""


@dataclass(frozen=True)
class Cut:
    """The files as they were found, and what had been acknowledged by then."""

    files: dict[str, bytes]
    facts: tuple[Fact, ...]


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> Iterator[SimulatedDisk]:
    """A disk of the test's own."""
    made = SimulatedDisk(f"disk of {request.node.name}")
    yield made
    made.unregister()


async def write_for_a_while(folder: Path, disk: SimulatedDisk, seed: int, facts: list[Fact]) -> list[Cut]:
    """Some writers work; what would be found is noted at many moments, the last of them the end."""
    chance, cuts = random.Random(seed), list[Cut]()

    def moment() -> None:
        if len(cuts) < CUTS_A_ROUND - 1 and chance.random() < 0.12:
            cuts.append(Cut(disk.image(chance), tuple(facts)))

    disk.files.clear()
    db = SqliteDatabase(folder / DATABASE_FILE, disk.name)
    await schema.migrate(db)
    seal = Seal(bytes(32))
    world = await new_world(Store(db, MediaFolder(folder / "media"), seal, clock=lambda: NOW, entropy=chance.randbytes))
    disk.moment = moment
    await asyncio.gather(*(_work(world, f"{seed}.{number}", facts) for number in range(WRITERS)))
    cuts.append(Cut(disk.image(chance), tuple(facts)))
    disk.moment = lambda: None
    await db.close()
    return cuts


async def _work(world: World, name: str, facts: list[Fact]) -> None:
    for number in range(WRITES_EACH):
        fact = Fact("message", f"{name}.{number}", f"first words of {name} {number} " + "and more " * (number % 7))
        await world.take(said(fact.name, fact.text, at_ms=NOW + number, chat=name, raw='{"raw":true}'))
        facts.append(fact)
        if number % 3 == 0:
            edit = Fact("edit", fact.name, f"edited {name} {number}")
            await world.take(MessageChanged(chat=name, provider_id=edit.name, at_ms=NOW + 1_000, text=edit.text))
            facts.append(edit)
        if number % 2 == 0:
            await world.store.db.write(_Send(world.account.no, f"token {name} {number}"))
            facts.append(Fact("send", f"token {name} {number}"))


class _Send:
    def __init__(self, account_no: int, token: str):
        self._account_no, self._token = account_no, token

    async def __call__(self, tx: Transaction) -> None:
        new = NewRow(
            call_no=1,
            account_no=self._account_no,
            chat_no=None,
            queue=self._token,
            public_id=None,
            command=SendMessage(chat="chat", text="hello"),
            token=self._token,
            created_at=NOW,
            deadline_at=NOW,
        )
        await outbox.put(tx, new)


def lay_out(cut: Cut, folder: Path) -> Path:
    """The files, as they are found when the power is back."""
    folder.mkdir()
    for name, content in cut.files.items():
        (folder / name).write_bytes(content)
    return folder


def lost(cut: Cut, folder: Path) -> list[Fact]:
    """What was acknowledged and is not there. Fails when anything is damaged."""
    connection = apsw.Connection(str(folder / DATABASE_FILE))
    connection.execute("PRAGMA synchronous = OFF")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'message'").fetchone() is None:
            return list(cut.facts)
        rows = cast("list[tuple[str, bytes]]", connection.execute("SELECT provider_id, document FROM message").fetchall())
        texts = {name: json.loads(b"{" + document)["text"] for name, document in rows}
        tokens = {row[0] for row in connection.execute("SELECT token FROM outbox")}
        said = "SELECT rowid FROM message_words WHERE message_words MATCH 'words OR edited'"
        assert {row[0] for row in connection.execute(said)} == {row[0] for row in connection.execute("SELECT key FROM message")}
    finally:
        connection.close()
    edited = {fact.name: fact.text for fact in cut.facts if fact.kind == "edit"}
    missing = [fact for fact in cut.facts if fact.kind == "send" and fact.name not in tokens]
    for fact in cut.facts:
        if fact.kind != "message":
            continue
        found = texts.get(fact.name)
        is_kept = found == edited[fact.name] if fact.name in edited else found is not None
        if not is_kept:
            missing.append(fact)
    return missing


async def cut_again_and_again(folder: Path, disk: SimulatedDisk, rounds: int) -> tuple[int, list[Fact]]:
    """Rounds go on from where the last one's power was cut, five in a row. Gives the number of cuts and all that was lost."""
    missing: list[Fact] = []
    looked_at = 0
    for number in range(rounds):
        if number % ROUNDS_TOGETHER == 0:
            start, facts = folder / f"start {number}", list[Fact]()
            start.mkdir()
        cuts = await write_for_a_while(start, disk, number, facts)
        _remove(start)
        for cut in cuts:
            looked_at += 1
            found = lay_out(cut, folder / f"cut {looked_at}")
            missing += lost(cut, found)
            if cut is cuts[-1]:
                start, facts = found, list(cut.facts)
            else:
                _remove(found)
    await _goes_on(start)
    return looked_at, missing


def _remove(folder: Path) -> None:
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    folder.rmdir()


async def _goes_on(folder: Path) -> None:
    """The program itself opens what was found, and works."""
    store = await open_store(folder, secret=bytes(32))
    world = await new_world(store, "after")
    await world.take(said("afterwards"))
    await store.close()


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(2, id="100 cuts"),
        pytest.param(20, id="1000 cuts", marks=pytest.mark.slow),
        pytest.param(400, id="20000 cuts", marks=pytest.mark.heavy),
    ],
)
async def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, disk: SimulatedDisk, rounds: int) -> None:
    cuts, missing = await cut_again_and_again(tmp_path, disk, rounds)
    assert missing == []
    assert cuts == rounds * CUTS_A_ROUND
    print(f"R4: {cuts} power cuts, 0 acknowledged rows lost, 0 files damaged")


async def test_without_waiting_for_the_disk_acknowledged_rows_would_be_lost(
    tmp_path: Path, disk: SimulatedDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why `synchronous` is FULL: the same cuts with NORMAL, where a commit does not wait for the disk."""
    monkeypatch.setattr(sqlite, "SYNCHRONOUS", "NORMAL")
    _, missing = await cut_again_and_again(tmp_path, disk, 1)
    assert len(missing) > 100
