"""Where a broken defence is tried: a town, a folder for servers of its own, and the test's own way to patch sizes."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.security.town import Town


@dataclass(frozen=True)
class Ground:
    """What tests may need."""

    town: Town
    folder: Path
    """Not there yet."""
    patch: pytest.MonkeyPatch
    caplog: pytest.LogCaptureFixture
    capfd: pytest.CaptureFixture[str]
