"""Servers to be killed, over a data folder of the test's own."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random

import pytest
from tests.hub.sending_world import copied, prepare
from tests.tell import Tell

from .served import Nursery


@pytest.fixture(scope="session")
async def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all seven accounts of the sandbox, connected and synced."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    await prepare(folder)
    return folder


@pytest.fixture
def data_folder(prepared_folder: Path, tmp_path: Path) -> Path:
    """A copy."""
    return copied(prepared_folder, tmp_path)


@pytest.fixture(scope="session")
def one_nursery() -> Iterator[Nursery]:
    """The process that forks servers."""
    made = Nursery()
    yield made
    made.close()


@pytest.fixture
async def nursery(one_nursery: Nursery) -> AsyncIterator[Nursery]:
    """Where servers come from; a test that fails leaves none behind."""
    yield one_nursery
    await one_nursery.kill_all()


@pytest.fixture
def random(tell: Tell) -> Random:
    """Chance, with its seed told. TRUNKLINE_SEED repeats a run as far as the machine's timing allows."""
    seed = os.environ.get("TRUNKLINE_SEED") or str(int.from_bytes(os.urandom(4), "big"))
    tell(f"seed {seed}")
    return Random(seed)
