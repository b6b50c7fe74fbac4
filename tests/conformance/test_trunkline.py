"""The suite's general scenarios against Trunkline itself, by both of its paths: what needs no tool of the suite's own.

Source: npm package @modelcontextprotocol/conformance; expected-failures-trunkline.yaml says what cannot be judged and why.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from trunkline.app import Site, build_door, open_parts
from trunkline.gateway import first_run
from trunkline.settings import read_settings
from trunkline.surfaces.door.credentials import LocalUser
from trunkline.surfaces.door.hosts import allow

from .serving import WithKey, serving
from .suite import FOLDER, run_suite

pytestmark = pytest.mark.slow

PATHS = ("/mcp", "/unipile-messaging")
SCENARIOS = (
    ("2025-11-25", "server-initialize"),
    ("2025-11-25", "ping"),
    ("2025-11-25", "tools-list"),
    ("2025-11-25", "dns-rebinding-protection"),
    ("2026-07-28", "tools-list"),
    ("2026-07-28", "dns-rebinding-protection"),
    ("2026-07-28", "http-header-validation"),
    ("2026-07-28", "server-stateless"),
)
"""Those that speak of any server, with the revision they are run at."""


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("revision", "scenario"), SCENARIOS)
async def test_a_general_scenario_passes(revision: str, scenario: str, path: str, tmp_path: Path) -> None:
    """MCP: what any server must do, whatever its tools are."""
    expected = FOLDER / "expected-failures-trunkline.yaml"
    async with trunkline(tmp_path / "data") as url:
        outcome = await run_suite(
            f"{url}{path}",
            tmp_path / "out",
            *("--scenario", scenario, "--spec-version", revision, "--expected-failures", str(expected)),
        )
    assert outcome.exit_code == 0, outcome.output
    assert outcome.scenarios == {scenario}


@asynccontextmanager
async def trunkline(data: Path) -> AsyncIterator[str]:
    """The address of a Trunkline with a new data folder, met as by a caller with its first key."""
    data.mkdir()
    settings = read_settings({"data": str(data)}, {})
    async with open_parts(settings, "http://127.0.0.1") as parts:
        first = await first_run.set_up(parts.store, person="me", connection="Everything", roads=parts.simulated)
        assert first is not None
        local_user = LocalUser("unused")

        def build(port: int) -> WithKey:
            site = Site(parts.gate, allow(port, settings.host, (), ()), local_user, port, 30_000, settings.max_upload_bytes)
            return WithKey(build_door(site), first.api_key)

        async with serving(build) as url:
            yield url
