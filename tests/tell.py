"""What tests tell beside having passed: how many cases they ran, with which seed. Shown at the end of a run.

Printed too, so that a test that fails shows it beside its failure, whichever process it ran in.
"""

from collections.abc import Callable, Iterable

import pytest

Tell = Callable[[str], None]

PROPERTY = "told"


def teller(request: pytest.FixtureRequest) -> Tell:
    """For one test."""

    def tell(text: str) -> None:
        print(text)
        request.node.user_properties.append((PROPERTY, text))

    return tell


def told_in(reports: Iterable[pytest.TestReport]) -> list[str]:
    """One line for each test that told something."""
    lines = []
    for report in reports:
        texts = [str(text) for name, text in report.user_properties if name == PROPERTY]
        if texts:
            lines.append(f"{report.nodeid.rpartition('/')[2]}: {', '.join(texts)}")
    return lines
