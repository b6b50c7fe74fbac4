"""The unipile backend's own world, for breaking it."""

from tests.unipile.conftest import remote, world

__all__ = ["remote", "world"]
