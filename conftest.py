"""What every test stands on."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """All async tests run on asyncio, the loop the server runs on."""
    return "asyncio"
