"""Every statement of the gateway's nouns finds its rows by an index, read off SQLite's own plan."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from trunkline.operations.backend import Call
from trunkline.store import audit, calls
from trunkline.store.dialect import SQLITE, Dialect
from trunkline.store.engine import Row
from trunkline.store.store import Store

LOOKUPS = [
    "SELECT 1 FROM api_key WHERE id = 'k'",
    "SELECT 1 FROM token t JOIN api_key k ON k.id = t.key_id WHERE t.hash = x'00' AND t.expires_at > 1",
    "SELECT 1 FROM api_key WHERE revoked_at IS NULL AND (created_at, id) > (1, 'k') ORDER BY created_at, id LIMIT 9",
    "SELECT 1 FROM connection WHERE pcid = 'p' AND principal = 1 AND revoked_at IS NULL",
    "SELECT 1 FROM connection WHERE principal = 1 AND revoked_at IS NULL ORDER BY no",
    "SELECT 1 FROM upload WHERE id = 'u' AND principal = 1 AND expires_at > 1",
    "SELECT 1 FROM upload WHERE expires_at <= 1",
    "SELECT 1 FROM upload WHERE content = 'c' LIMIT 1",
    "DELETE FROM token WHERE key_id = 'k'",
    "DELETE FROM token WHERE expires_at <= 1",
    "UPDATE audit SET outcome = 'ok' WHERE call_no = 1",
    "SELECT 1 FROM principal WHERE name = 'n'",
]


async def plan_of(store: Store, sql: str, *params: object) -> str:
    """How SQLite would find the rows."""
    return "; ".join(row[3] for row in await store.db.fetch(f"EXPLAIN QUERY PLAN {sql}", *params))


def is_found(plan: str) -> bool:
    """Whether nothing is scanned and nothing is sorted."""
    return not re.search(r"\bSCAN \w+\b(?! USING (COVERING )?INDEX)|TEMP B-TREE", plan)


@pytest.mark.parametrize("sql", LOOKUPS)
async def test_rows_of_the_gateway_are_found_by_an_index(sqlite_store: Store, sql: str) -> None:
    plan = await plan_of(sqlite_store, sql)
    assert "SEARCH" in plan, plan
    assert is_found(plan), plan


FILTERS = [
    audit.Filter(principal=principal, operation=operation, before=before, after=after, position=position)
    for principal, operation, before, after, position in product((None, 1), (None, "x"), (None, 9), (None, 1), (None, (5, 5)))
]


@pytest.mark.parametrize("chosen", FILTERS)
async def test_every_page_of_the_audit_reads_an_index_in_order(sqlite_store: Store, chosen: audit.Filter) -> None:
    """Nothing is sorted, however long the audit has become."""
    sql, values = audit.page_statement(chosen, 100)
    plan = await plan_of(sqlite_store, sql, *values)
    assert "audit_by" in plan, plan
    assert is_found(plan), plan


@dataclass
class Noting:
    """A reader that keeps the statement it is asked, and finds nothing."""

    asked: tuple[str, *tuple[Any, ...]] = ("",)
    dialect: Dialect = SQLITE

    async def row(self, sql: str, *params: Any) -> Row | None:
        self.asked = (sql, *params)
        return None

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        raise NotImplementedError


async def test_the_call_that_a_repeat_repeats_is_found_by_its_fingerprint(sqlite_store: Store) -> None:
    """Not among all calls of the principal: each send would be slower than the one before."""
    call = Call(
        principal=1, connection=1, key_id=None, surface="mcp", operation="x", fingerprint=b"f", at_ms=10**12, deadline_ms=0
    )
    noting = Noting()
    await calls.earlier(noting, call)
    plan = await plan_of(sqlite_store, *noting.asked)
    assert plan == "SEARCH call USING INDEX call_by_fingerprint (principal=? AND connection=? AND fingerprint=? AND at>?)"


async def test_a_scan_would_be_seen(sqlite_store: Store) -> None:
    assert not is_found(await plan_of(sqlite_store, "SELECT 1 FROM audit WHERE outcome = 'ok'"))
    assert not is_found(await plan_of(sqlite_store, "SELECT 1 FROM api_key ORDER BY name"))
