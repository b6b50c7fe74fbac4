"""A sheet of capabilities short enough for a model to read."""

from collections.abc import Mapping
from typing import Any

_LEFT_OUT = frozenset({"verified", "seen", "source", "account_type", "dedupe", "product"})


def brief(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet (as plain values) without what the account cannot do, without defaults and without sources.

    The sources of the limits stand in the networks' reference page.
    """
    short: dict[str, Any] = {}
    for name, value in sheet.items():
        if value is None or value is False or value == () or name in _LEFT_OUT:
            continue
        short[name] = brief(value) or True if isinstance(value, dict) else value
    return short
