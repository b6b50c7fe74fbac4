"""What may be a data folder: local, writable, closed to other users."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from trunkline.owner.cannot_start import CannotStart

NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "afs", "ncpfs", "lustre", "glusterfs", "ceph", "davfs",
        "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.davfs2", "fuse.glusterfs", "fuse.gcsfuse", "webdav",
    }
)  # fmt: skip
"""Where file locks and shared memory between processes are not dependable; SQLite's own advice is to stay away."""

MOUNTS = Path("/proc/self/mountinfo")


class FolderUnusable(CannotStart):
    """The folder cannot be a data folder; the text says why and what to do."""


def default_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where a person's data lies unless a setting says otherwise."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "trunkline"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "trunkline"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "trunkline"


def prepare(folder: Path) -> None:
    """Make the folder (0700) where it is missing, and try to write in it. Raises FolderUnusable."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise FolderUnusable(f"The data folder {folder} is a file. Name a folder with --data.") from None
    except OSError as error:
        raise FolderUnusable(
            f"The data folder {folder} cannot be made ({error.strerror}). Name another with --data or TRUNKLINE_DATA."
        ) from None
    if kind := network_file_system(folder):
        raise FolderUnusable(
            f"The data folder {folder} lies on a network file system ({kind}), where file locks cannot be trusted. "
            "Name a local folder with --data or TRUNKLINE_DATA."
        )
    _try_to_write(folder)


def network_file_system(folder: Path, mounts: str | None = None) -> str | None:
    """The name of the network file system that `folder` lies on, None when it is local or cannot be told.

    mounts: text in the form of Linux's /proc/self/mountinfo (proc(5)); read from there by default.
    """
    if str(folder).startswith("\\\\"):
        return "a Windows share"
    if mounts is None:
        try:
            mounts = MOUNTS.read_text("utf-8", "surrogateescape")
        except OSError:
            return None
    best, kind = "", ""
    resolved = f"{os.path.realpath(folder)}/"
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = _unescape(fields[4])
        if resolved.startswith(point.rstrip("/") + "/") and len(point) >= len(best):
            best, kind = point, after.split(" ")[0]
    return kind if kind in NETWORK_FILE_SYSTEMS else None


def _unescape(point: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point


def _try_to_write(folder: Path) -> None:
    probe = folder / f".probe-{os.getpid()}"
    try:
        os.close(os.open(probe, os.O_CREAT | os.O_WRONLY, 0o600))
        probe.unlink()
    except OSError as error:
        raise FolderUnusable(
            f"The data folder {folder} cannot be written to ({error.strerror}). "
            "Mend its rights, free some space or name another folder with --data or TRUNKLINE_DATA."
        ) from None
