"""A world on each database."""

import pytest

from trunkline.store.store import Store

from .world import World, new_world


@pytest.fixture
async def world(store: Store) -> World:
    """An account whose network is the test."""
    return await new_world(store)
