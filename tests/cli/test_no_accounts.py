"""What a server without accounts says of itself."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_a_server_without_accounts_is_not_called_well(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "trunkline", "--data", str(tmp_path / "data"), "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert "All is well." not in done.stdout
    assert (
        "There are no accounts yet. `trunkline connect` says how to connect one; `trunkline serve --seed small`" in done.stdout
    )


def test_a_file_of_the_database_that_goes_while_its_size_is_read_is_not_counted(tmp_path: Path) -> None:
    """SQLite takes its logs away by itself. A link to nowhere is listed and is not there, as a log that just went."""
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "trunkline.db-gone").symlink_to("nowhere")
    command = [sys.executable, "-m", "trunkline", "--data", str(tmp_path / "data"), "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
