"""Two worlds: `world`, an account whose network is the test, on each database; `stack`, everything over the sandbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.store.store import Store

from .sending_world import SendingWorld, copied, opened, prepare
from .world import World, new_world


@pytest.fixture
async def world(store: Store) -> World:
    """An account whose network is the test."""
    return await new_world(store)


@pytest.fixture(scope="session")
async def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all seven accounts of the sandbox, connected and synced."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    await prepare(folder)
    return folder


@pytest.fixture
def data_folder(prepared_folder: Path, tmp_path: Path) -> Path:
    """A copy, for tests that open it themselves."""
    return copied(prepared_folder, tmp_path)


@pytest.fixture
async def stack(data_folder: Path) -> AsyncIterator[SendingWorld]:
    """A copy, running."""
    async with opened(data_folder) as running:
        yield running
