"""Bytes of files, named by their content (SHA-256, hex): outgoing attachments, uploads, and what was fetched from networks.

Names are ours alone; a sender's file name is data in a column, never a path.
"""

import asyncio
import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from trunkline.model.errors import NotFound, StoreUnavailable, TooLarge

CHUNK_BYTES = 256 * 1024


class MediaFolder:
    """A folder of files named by content."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def put(self, data: bytes) -> str:
        """Keep bytes durably; gives their name."""
        return await asyncio.to_thread(self._put, data)

    async def put_stream(self, chunks: AsyncIterator[bytes], most: int) -> tuple[str, int]:
        """Keep a stream durably, counting real bytes; gives its name and size.

        Raises TooLarge beyond `most` bytes, StoreUnavailable when the disk refuses, and what the stream itself raises.
        """
        digest, size = hashlib.sha256(), 0
        unfinished, file = self._new_file()
        try:
            async for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise TooLarge(f"The file is larger than {most} bytes, the most that is taken. Nothing was kept.")
                digest.update(chunk)
                with _told_in_words():
                    await asyncio.to_thread(file.write, chunk)
            await asyncio.to_thread(self._finish, unfinished, file, digest.hexdigest())
        finally:
            _discard(unfinished, file)
        return digest.hexdigest(), size

    async def read(self, content: str) -> bytes:
        """All bytes of a file. Raises NotFound."""
        try:
            return await asyncio.to_thread(self._path(content).read_bytes)
        except FileNotFoundError as error:
            raise NotFound("The file is no longer kept here.") from error

    async def chunks(self, content: str) -> AsyncIterator[bytes]:
        """A file piece by piece. Raises NotFound."""
        try:
            file = await asyncio.to_thread(self._path(content).open, "rb")
        except FileNotFoundError as error:
            raise NotFound("The file is no longer kept here.") from error
        with file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk

    def has(self, content: str) -> bool:
        """Whether the file is here."""
        return self._path(content).exists()

    def size_of(self, content: str) -> int:
        """Its size in bytes. Raises FileNotFoundError."""
        return self._path(content).stat().st_size

    def remove(self, content: str) -> None:
        """Forget a file; no error when it is gone already."""
        self._path(content).unlink(missing_ok=True)

    def older_than(self, age_s: float) -> list[str]:
        """Names of files nobody has put or kept again for this many seconds, unfinished ones among them."""
        last = time.time() - age_s
        old = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # a file that is just being put changes its name
                if path.stat().st_mtime < last:
                    old.append(path.name)
        return old

    def remove_if_older(self, name: str, age_s: float) -> None:
        """Forget a file of `older_than`, unless somebody has put the same bytes meanwhile."""
        path = self._folder / name
        with self._lock, contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - age_s:
                path.unlink()

    def _path(self, content: str) -> Path:
        if len(content) != 64 or not set(content) <= set("0123456789abcdef"):
            raise NotFound("There is no such file here.")
        return self._folder / content

    def _put(self, data: bytes) -> str:
        content = hashlib.sha256(data).hexdigest()
        path = self._path(content)
        with self._lock, contextlib.suppress(FileNotFoundError):
            os.utime(path)
            return content
        unfinished, file = self._new_file()
        try:
            with _told_in_words():
                file.write(data)
            self._finish(unfinished, file, content)
        finally:
            _discard(unfinished, file)
        return content

    def _new_file(self) -> tuple[Path, BinaryIO]:
        with _told_in_words():
            descriptor, name = tempfile.mkstemp(dir=self._folder, prefix="incoming-")
        return Path(name), os.fdopen(descriptor, "wb")

    def _finish(self, unfinished: Path, file: BinaryIO, content: str) -> None:
        """The bytes first, then the name: a power cut leaves the whole file or none."""
        with _told_in_words():
            file.flush()
            os.fsync(file.fileno())
            unfinished.replace(self._path(content))
            _sync_folder(self._folder)


@contextlib.contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable("The file could not be kept: the disk refuses. Nothing was done.") from error


def _discard(unfinished: Path, file: BinaryIO) -> None:
    """Close it, and remove what was not finished."""
    with contextlib.suppress(OSError):
        file.close()
    unfinished.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
