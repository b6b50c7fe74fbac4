"""What the tests of this folder look at."""

from pathlib import Path

import pytest

from .source import ROOT, Source, read_source


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sources() -> list[Source]:
    """Every file of src/, a network's own tests among them."""
    return [read_source(path) for path in sorted((ROOT / "src").rglob("*.py"))]
