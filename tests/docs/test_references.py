"""The pages that are written from the program say what the program does."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_generated_pages_are_those_of_this_program() -> None:
    """Ours: script/docs renews them; a page that drifts from the program costs the trust in all others."""
    done = subprocess.run(
        [sys.executable, "-m", "_generate", "--check"],
        cwd=ROOT / "docs",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stderr, done.returncode) == ("", 0)
