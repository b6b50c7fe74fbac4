"""The contract suite's promises are run from here too, with its mark."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """As tests/contract_suite/conftest.py does."""
    config.addinivalue_line("markers", "needs(*abilities): tried where all of these are declared")
