"""The stack that a broken defence is tried on, and little patience with what then never happens."""

from collections.abc import Iterator

import pytest
from tests.hub import sending_world
from tests.hub.conftest import data_folder, prepared_folder

__all__ = ["data_folder", "prepared_folder"]


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that waits for what never comes fails all the same, only sooner."""
    with monkeypatch.context() as patch:
        patch.setattr(sending_world, "PATIENCE_S", 1.0)
        yield
