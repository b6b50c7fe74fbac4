"""A start on a full disk, and one whose greeting nobody reads: one sentence, and an end."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trunkline.app import serve_command
from trunkline.owner import server_file
from trunkline.owner.cannot_start import NotNow

from .conftest import CEILING_S, environment

pytestmark = pytest.mark.slow

FULL = 'mount -t tmpfs -o size=$3 none "$1" && exec "$2" -m trunkline serve --data "$1/data" --port 0 --seed $4'


def own_mounts() -> bool:
    """Whether this machine lets a process have a small disk of its own."""
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not own_mounts(), reason="no disks of one's own here")
@pytest.mark.parametrize(
    ("size", "seed", "sentence"),
    [
        ("3m", "small", "The disk of the data folder {} is full: "),
        ("17m", "messages:40000", "The seed could not be brought in whole: "),
    ],
)
def test_a_start_on_a_disk_that_is_full_or_fills_up_says_so_and_ends(
    tmp_path: Path, size: str, seed: str, sentence: str
) -> None:
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", FULL, "sh", str(tmp_path), sys.executable, size, seed],
        capture_output=True,
        timeout=CEILING_S,
        check=False,
        env=environment(),
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"trunkline: {sentence.format(tmp_path / 'data')}")
    assert done.stderr.count("\n") == 1


def test_a_disk_that_fills_up_before_the_server_is_announced_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first sync took the last of it; the lock is given back."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(server_file, "write", full)
    monkeypatch.setenv("TRUNKLINE_NETWORKS", "sandbox")
    for _ in range(2):
        with pytest.raises(NotNow, match=r"data has no room left\. Free some space and start again"):
            serve_command({"data": str(tmp_path / "data"), "port": "0"})


def test_a_start_that_cannot_announce_itself_ends_in_order(tmp_path: Path) -> None:
    """The ready file cannot be written: no trace of the inside."""
    command = [sys.executable, "-m", "trunkline", "serve", "--data", f"{tmp_path}/data", "--port", "0"]
    done = subprocess.run(
        [*command, "--ready-file", f"{tmp_path}/missing/ready.json"],
        capture_output=True,
        timeout=CEILING_S,
        check=False,
        env=environment(),
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("trunkline: No such file or directory (")
    assert done.stderr.count("\n") == 1
