"""A running scene on each database."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from trunkline.store.store import Store

from .scene import Scene, scene_of


@pytest.fixture
async def scene(store: Store, clock: Any) -> AsyncIterator[Scene]:
    """A running scene."""
    async with scene_of(store, clock) as running:
        yield running
