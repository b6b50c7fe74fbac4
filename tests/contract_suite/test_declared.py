"""Declared must equal written."""

import re
from datetime import date
from typing import Any

import msgspec

from trunkline.contract.capabilities import Bound
from trunkline.contract.declared import undeclared

from .bench import Bench


async def test_a_session_has_the_method_exactly_when_its_capabilities_declare_it(bench: Bench) -> None:
    """networks.md 5.3 R9, design.md 8."""
    session = bench.session()
    await session.connect()
    assert undeclared(session, session.capabilities, widest=True) == []


async def test_the_sheet_of_a_session_is_of_its_account_type_and_no_wider_than_the_widest(bench: Bench) -> None:
    """contract/connector.py: `widest`."""
    session = bench.session()
    await session.connect()
    widest = bench.connector.widest[bench.sheet.account_type]
    assert session.capabilities.account_type == widest.account_type == bench.sheet.account_type
    wider = [
        name
        for name in widest.__struct_fields__
        if getattr(widest, name) is None and getattr(session.capabilities, name) is not None
    ]
    assert wider == []


async def test_every_bound_says_where_it_comes_from_and_when_that_was_seen(bench: Bench) -> None:
    """networks.md 4.0: limits are data, each with value, unit, source and date."""
    found = bounds(bench.sheet)
    assert found
    for bound in found:
        assert bound.value > 0
        assert bound.source.strip()
        assert date.fromisoformat(bound.seen) <= date(2100, 1, 1)


async def test_how_an_unclear_send_is_settled_is_complete(bench: Bench) -> None:
    """security.md 6.3: a token has a memory, a history a delay before it is read."""
    dedupe = bench.sheet.dedupe
    assert dedupe.kind != "token" or dedupe.memory_ms > 0
    assert dedupe.kind == "none" or dedupe.settle_ms > 0


async def test_a_road_says_what_it_is_without_any_account(bench: Bench) -> None:
    """contract/connector.py: facts are readable without an account."""
    connector = bench.connector
    assert re.fullmatch(r"[a-z][a-z0-9-]*", connector.road)
    assert connector.title
    assert connector.terms.endswith(".")
    assert bench.sheet.account_type in {way.account_type for way in connector.login_ways}
    assert all(name == sheet.account_type for name, sheet in connector.widest.items())


def bounds(value: Any) -> list[Bound]:
    """Every bound inside a sheet."""
    if isinstance(value, Bound):
        return [value]
    if not isinstance(value, msgspec.Struct):
        return []
    return [bound for name in value.__struct_fields__ for bound in bounds(getattr(value, name))]
