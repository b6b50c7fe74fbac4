"""A folder, and an owner in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .fake_owner import FakeOwner


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[FakeOwner]:
    """An owner of `tmp_path` that answers."""
    fake = FakeOwner()
    fake.announce(tmp_path)
    yield fake
    fake.end()
