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
