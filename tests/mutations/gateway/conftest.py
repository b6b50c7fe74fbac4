"""The gate's own world, for breaking it."""

from tests.gateway.conftest import store, world

__all__ = ["store", "world"]
