"""What may be a data folder, and who holds it."""

import subprocess
import sys
from pathlib import Path

import pytest

from trunkline.owner import lock, server_file
from trunkline.owner.folder import FolderUnusable, default_folder, network_file_system, prepare
from trunkline.owner.lock import LOCK_NAME, take
from trunkline.owner.server_file import ServerFile

MOUNTS = """\
22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:40 / /home rw shared:2 - nfs4 server:/home rw
41 40 259:2 / /home/me/local rw - ext4 /dev/sdb1 rw
42 22 0:42 / /mnt/a\\040b rw - fuse.sshfs host: rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/x", None),
        ("/home/me/data", "nfs4"),
        ("/home/me/local/data", None),
        ("/homework", None),
        ("/mnt/a b/c", "fuse.sshfs"),
    ],
)
def test_a_network_folder_is_told_by_its_mount(folder: str, kind: str | None) -> None:
    """Linux proc(5): the longest mount point that is a prefix counts."""
    assert network_file_system(Path(folder), MOUNTS) == kind


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    prepare(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_a_file_or_lies_below_one_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(FolderUnusable, match=r"is a file\. Name a folder with --data\."):
        prepare(file)
    with pytest.raises(FolderUnusable, match=r"cannot be made \(Not a directory\)\. Name another"):
        prepare(file / "below")


def test_the_default_folder_follows_each_platform() -> None:
    assert default_folder({"HOME": "/h"}, "linux") == Path("/h/.local/share/trunkline")
    assert default_folder({"HOME": "/h", "XDG_DATA_HOME": "/x"}, "linux") == Path("/x/trunkline")
    assert default_folder({"HOME": "/h"}, "darwin") == Path("/h/Library/Application Support/trunkline")
    assert default_folder({"USERPROFILE": "/h", "LOCALAPPDATA": "/l"}, "win32") == Path("/l/trunkline")


def test_a_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    first = take(tmp_path)
    assert first is not None
    assert take(tmp_path) is None
    first.release()
    second = take(tmp_path)
    assert second is not None
    second.release()


def test_a_lock_on_a_file_that_was_deleted_meanwhile_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: who waited on a deleted file and who locked the new one would both believe that they own the folder."""
    path = tmp_path / LOCK_NAME
    truly = lock._lock
    descriptors = []

    def delete_once(descriptor: int, *, wait: bool) -> None:
        truly(descriptor, wait=wait)
        descriptors.append(descriptor)
        if len(descriptors) == 1:
            path.unlink()
            path.touch()

    monkeypatch.setattr(lock, "_lock", delete_once)
    held = take(tmp_path)
    assert held is not None
    assert len(descriptors) == 2
    monkeypatch.setattr(lock, "_lock", truly)
    assert take(tmp_path) is None
    held.release()


def test_the_kernel_gives_the_folder_back_when_its_owner_dies(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from trunkline.owner.lock import take; "
        "lock = take(Path(sys.argv[1])); print(lock is not None, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"True\n"
        assert take(tmp_path) is None
        process.kill()
        process.wait()
    again = take(tmp_path)
    assert again is not None
    again.release()


def test_server_json_is_for_its_owner_alone_and_is_removed_by_its_writer_alone(tmp_path: Path) -> None:
    server = ServerFile(12, 3114, "token", "1.0")
    server_file.write(tmp_path, server)
    assert (tmp_path / server_file.NAME).stat().st_mode & 0o777 == 0o600
    assert server_file.read(tmp_path) == server
    server_file.remove(tmp_path, "another token")
    assert server_file.read(tmp_path) == server
    server_file.remove(tmp_path, "token")
    assert server_file.read(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"pid":1,"port":0,"token":"t","version":"v"}', "null"])
def test_a_damaged_server_json_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / server_file.NAME).write_text(text)
    assert server_file.read(tmp_path) is None
