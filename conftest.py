"""What every test stands on."""

import pytest
from hypothesis import HealthCheck, settings

# No test is about time. In a fresh clone Hypothesis first builds its tables of characters, which alone takes a second.
settings.register_profile("trunkline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trunkline")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """All async tests run on asyncio, the loop the server runs on."""
    return "asyncio"
