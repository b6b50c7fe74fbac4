"""The OS lock on a data folder.

Who holds it owns the folder; the kernel gives it back when that process dies, however it dies.
"""

import errno
import os
import sys
import time
from pathlib import Path

from trunkline.owner.folder import FolderUnusable

LOCK_NAME = "owner.lock"
_HELD = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, wait: bool) -> None:
        # LK_LOCK gives up after ten seconds, so waiting is a loop here.
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
                return
            except OSError:
                if not wait:
                    raise
                time.sleep(0.1)

else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """A held lock, kept for the life of the process. A child that inherited it would keep the folder owned."""

    def __init__(self, folder: Path, descriptor: int):
        self.folder = folder
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the folder free. The file stays: deleting it would let two processes lock two files."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def take(folder: Path) -> Lock | None:
    """Own the folder, or None while another process does. Raises FolderUnusable where locks do not work."""
    return _take(folder, wait=False)


def wait_for(folder: Path) -> Lock:
    """Own the folder as soon as the present owner is gone. Blocks, for hours if need be: a thread of its own."""
    while True:
        if lock := _take(folder, wait=True):
            return lock


def _take(folder: Path, *, wait: bool) -> Lock | None:
    path = folder / LOCK_NAME
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise FolderUnusable(
                f"The data folder {folder} cannot be written to ({error.strerror}). "
                "Mend its rights or name another folder with --data or TRUNKLINE_DATA."
            ) from None
        try:
            _lock(descriptor, wait=wait)
        except OSError as error:
            os.close(descriptor)
            if error.errno in _HELD:
                return None
            raise FolderUnusable(
                f"The data folder {folder} has no file locks ({error.strerror}); network folders often lack them. "
                "Name a local folder with --data or TRUNKLINE_DATA."
            ) from None
        if _is_still(descriptor, path):
            return Lock(folder, descriptor)
        os.close(descriptor)


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the locked file is the one the path names: somebody may have deleted it while we waited."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
