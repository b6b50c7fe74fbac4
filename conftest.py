"""What every test stands on."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test is about time. In a fresh clone Hypothesis first builds its tables of characters, which alone takes a second.
settings.register_profile("trunkline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trunkline")

ROOT = Path(__file__).resolve().parent

LONG = ("tests/contract_suite", "tests/hub", "tests/mutations", "tests/reliability", "tests/serving", "src/trunkline/networks")
"""Folders of many tests that each take a moment: `script/test --fast` leaves them out, as it does what is marked slow."""


def pytest_configure() -> None:
    """A run in the background of a shell has Ctrl-C ignored, and so would the programs that it starts and presses it at."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """All async tests run on asyncio, the loop the server runs on."""
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in those folders."""
    folders = tuple(ROOT / folder for folder in LONG)
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker(pytest.mark.slow)
