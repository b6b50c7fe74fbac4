"""Every type of error that Trunkline has is raised by a request over HTTP; those of the contract that never come up are named.

Source: unipile-v1 4.1, 4.2, 4.4.
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from tests.security.served import served
from tests.unipile.fake_unipile import FakeUnipile

from trunkline import app
from trunkline.gateway import first_run
from trunkline.model.errors import TrunklineError
from trunkline.model.times import system_clock

from .raising import RAISED, Place

DOCS = Path(__file__).resolve().parents[2] / "docs"
pytestmark = pytest.mark.slow


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    """A server of its own for each: what is broken on purpose stays broken."""
    remote = FakeUnipile(system_clock)
    await remote.start()
    async with served(tmp_path / "data", wait_ms=1000) as server:
        await server.log_in_everywhere(1, 1)
        keys = await first_run.ready_keys(server.store)
        admin, plain, local = (server.http(key) for key in (keys.admin_key, keys.api_key, server.local_token))
        async with admin, plain, local:
            yield Place(server, admin, plain, local, remote, monkeypatch)
    await remote.stop()


@pytest.mark.parametrize(("kind", "status"), RAISED, ids=[f"{status} {kind}" for kind, status in RAISED])
async def test_a_request_raises_it_in_the_contracts_envelope(place: Place, kind: str, status: int) -> None:
    answer: httpx2.Response = await RAISED[kind, status](place)
    body = answer.json()
    assert (answer.status_code, body["status"], body["type"]) == (status, status, f"errors/{kind}"), body
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert set(body) <= {"title", "type", "status", "detail", "instance"}
    assert body["title"]
    assert body["detail"].endswith((".", "`"))


def every(kind: type[TrunklineError]) -> Iterator[type[TrunklineError]]:
    """The error and all under it."""
    yield kind
    for under in kind.__subclasses__():
        yield from every(under)


def test_every_type_that_is_declared_is_raised_above() -> None:
    assert app  # all floors are loaded, so that every error is known
    declared = {each.type.removeprefix("errors/") for each in every(TrunklineError) if each.__module__.startswith("trunkline.")}
    assert declared == {kind for kind, _ in RAISED}


def test_what_the_contract_has_beyond_that_is_named_with_a_reason() -> None:
    contract = (DOCS / "background" / "unipile-v1.md").read_text()
    table = contract.partition("### 4.2")[2].partition("### 4.3")[0]
    theirs: set[str] = set()
    for status, kinds, *rest in (line.split("|")[1:-1] for line in table.splitlines() if re.match(r"\| \d", line)):
        assert status.strip().isdigit()
        listed = rest[1] if "others" in kinds else kinds
        theirs |= {kind.strip(" +") for kind in listed.split(",")}
    page = (DOCS / "moving-from-unipile.md").read_text().partition("## Error types that do not come up")[2]
    cells = [line.split("|")[1] for line in page.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    named = {kind for cell in cells for kind in re.findall(r"`([a-z0-9_]+)`", cell)}
    assert theirs == {kind for kind, _ in RAISED} | named
    assert not named & {kind for kind, _ in RAISED}
