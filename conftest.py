"""What every test stands on."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test is about time. In a fresh clone Hypothesis first builds its tables of characters, which alone takes a second.
settings.register_profile("trunkline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trunkline")

ROOT = Path(__file__).resolve().parent

LONG = ("tests/contract_suite", "tests/hub", "tests/mutations", "tests/reliability", "tests/serving", "src/trunkline/networks")
"""Folders of many tests that each take a moment: `script/test --fast` leaves them out, as it does what is marked slow."""


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


TOO_LONG_TO_SHOW = 2_000
"""Characters or bytes from which on two values are not shown against each other line by line: that takes minutes where pytest
shows them whole, as it does when the variable CI is set."""


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Of long texts and bytes the lengths and the first difference tell enough."""
    if op != "==" or not (_is_long(left) or _is_long(right)):
        return None
    if not (isinstance(left, str | bytes) and isinstance(right, str | bytes)):
        return None
    pairs = enumerate(zip(left, right, strict=False))
    at = next((index for index, (mine, yours) in pairs if mine != yours), min(len(left), len(right)))
    near = slice(max(at - 20, 0), at + 20)
    return [f"{len(left)} == {len(right)} long, different from {at} on:", f"{left[near]!r}", f"{right[near]!r}"]


def _is_long(value: object) -> bool:
    return isinstance(value, str | bytes) and len(value) >= TOO_LONG_TO_SHOW
