"""A disk that can lose its power or refuse: a file system for SQLite that knows what has reached the platter.

Writes go through to real files, and are noted. A sync makes what was written so far durable. At a cut of the power the durable
bytes stay; of the writes since the last sync some are there and some are not, in any order, and some are torn: only a part of
their sectors is there. (Nothing is really synced: the test's own files need not survive.)
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR = 512
KEPT = 0.3
"""The chance that a write that was not synced is there after the cut."""


@dataclass(frozen=True)
class Write:
    """Bytes at a place."""

    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """The file gets shorter."""

    size: int


@dataclass
class Kept:
    """One file: what is durable, and what came after."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write | Truncate] = field(default_factory=list)

    def sync(self) -> None:
        """All of it is durable."""
        for change in self.pending:
            _apply(self.durable, change)
        self.pending.clear()

    def after_cut(self, chance: random.Random) -> bytes:
        """What is found when the power is back."""
        found = bytearray(self.durable)
        kept = [change for change in self.pending if chance.random() < KEPT]
        if chance.random() < 0.5:
            chance.shuffle(kept)
        for change in kept:
            for part in _torn(change, chance) if chance.random() < 0.3 else (change,):
                _apply(found, part)
        return bytes(found)


def _apply(content: bytearray, change: Write | Truncate) -> None:
    if isinstance(change, Truncate):
        del content[change.size :]
        return
    if len(content) < change.offset:
        content.extend(bytes(change.offset - len(content)))
    content[change.offset : change.offset + len(change.data)] = change.data


def _torn(change: Write | Truncate, chance: random.Random) -> list[Write | Truncate]:
    """Some of a write's sectors."""
    if isinstance(change, Truncate):
        return []
    sectors = range(0, len(change.data), SECTOR)
    return [Write(change.offset + at, change.data[at : at + SECTOR]) for at in sectors if chance.random() < 0.5]


class SimulatedDisk(apsw.VFS):
    """Registered under `name` while it lives. `moment` is called before everything that changes a file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.files: dict[str, Kept] = {}
        self.trouble: type[apsw.Error] | None = None
        """What every change ends in, None while the disk works."""
        self.moment: Callable[[], None] = lambda: None
        self.syncs = 0
        super().__init__(name, base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 (SQLite's name)
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if path not in self.files:
            self.files[path] = Kept(bytearray(Path(path).read_bytes()) if Path(path).exists() else bytearray())
        return _File(self, self.files[path], name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self.files.pop(filename, None)

    def changing(self) -> None:
        """Something is about to change a file."""
        if self.trouble is not None:
            raise self.trouble("the simulated disk refuses")
        self.moment()

    def image(self, chance: random.Random) -> dict[str, bytes]:
        """What would be found, by file name, were the power cut now."""
        return {Path(path).name: kept.after_cut(chance) for path, kept in self.files.items()}


class _File(apsw.VFSFile):
    def __init__(self, disk: SimulatedDisk, kept: Kept, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        self._kept = kept
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.changing()
        super().xWrite(data, offset)
        self._kept.pending.append(Write(offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.changing()
        super().xTruncate(newsize)
        self._kept.pending.append(Truncate(newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.changing()
        self._disk.syncs += 1
        self._kept.sync()
