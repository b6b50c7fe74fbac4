"""The webhooks' own scene on SQLite, for breaking it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.webhooks.scene import Scene, scene_of

from trunkline.store.store import Store


@pytest.fixture
async def scene(sqlite_store: Store, clock: Any) -> AsyncIterator[Scene]:
    """A running scene."""
    async with scene_of(sqlite_store, clock) as running:
        yield running
