"""A start on a full disk, and one whose greeting nobody reads: one sentence, and an end."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import CEILING_S, environment

pytestmark = pytest.mark.slow

FULL = 'mount -t tmpfs -o size=3m none "$1" && exec "$2" -m trunkline serve --data "$1/data" --port 0 --seed small'


def own_mounts() -> bool:
    """Whether this machine lets a process have a small disk of its own."""
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not own_mounts(), reason="no disks of one's own here")
def test_a_start_on_a_full_disk_names_the_folder_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", FULL, "sh", str(tmp_path), sys.executable],
        capture_output=True,
        timeout=CEILING_S,
        check=False,
        env=environment(),
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"trunkline: The disk of the data folder {tmp_path}/data is full: ")
    assert done.stderr.count("\n") == 1


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
