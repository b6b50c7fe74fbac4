"""Files on their way between us and the side process: bytes never travel in a line, and nothing stays behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import rmtree

from trunkline.model.ids import Entropy

_CHUNK = 256 * 1024


class Passing:
    """A folder for them. What an earlier process left in it is removed at the first use."""

    def __init__(self, folder: Path, entropy: Entropy):
        self._folder = folder
        self._entropy = entropy
        self._is_clean = False

    @asynccontextmanager
    async def path(self, ending: str = "") -> AsyncIterator[Path]:
        """A path that is free; what is there at the end is removed."""
        path = await asyncio.to_thread(self._free, ending)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    @asynccontextmanager
    async def file(self, data: bytes, ending: str = "") -> AsyncIterator[Path]:
        """A file of these bytes."""
        async with self.path(ending) as path:
            await asyncio.to_thread(_write, path, data)
            yield path

    def _free(self, ending: str) -> Path:
        if not self._is_clean:
            rmtree(self._folder, ignore_errors=True)
            self._is_clean = True
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / f"{self._entropy(12).hex()}{ending}"


async def chunks(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, piece by piece."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while data := await asyncio.to_thread(file.read, _CHUNK):
            yield data


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
