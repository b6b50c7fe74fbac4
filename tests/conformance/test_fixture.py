"""The official MCP conformance suite, all required scenarios of both revisions, over Trunkline's own door and endpoint.

Source: npm package @modelcontextprotocol/conformance; what we lack by design stands in expected-failures-*.yaml with reasons.
"""

from pathlib import Path

import pytest

from .fixture.app import KEY, PATH, build_app
from .serving import WithKey, serving
from .suite import FOLDER, Check, run_suite

pytestmark = pytest.mark.slow

RUNS = {
    "2026-07-28": (50, 180),
    "2025-11-25": (33, 65),
}
"""Scenarios, and checks at the least, that a revision runs. Fewer would mean that the suite met nothing to judge."""

DEFENCES = {
    "http-header-validation": "2026-07-28",
    "dns-rebinding-protection": "2026-07-28",
}
"""Scenarios that pass because of something the door does, with the revision they are run at."""


@pytest.mark.parametrize("revision", RUNS)
async def test_all_required_scenarios_of_a_revision_pass(revision: str, tmp_path: Path) -> None:
    """MCP: what conformance to the revision requires, but for what its file of expected failures names."""
    expected = FOLDER / f"expected-failures-{revision}.yaml"
    async with serving(lambda port: WithKey(build_app(port), KEY)) as url:
        outcome = await run_suite(f"{url}{PATH}", tmp_path, "--requirements", revision, "--expected-failures", str(expected))
    assert outcome.exit_code == 0, outcome.output
    scenarios, checks = RUNS[revision]
    assert len(outcome.scenarios) == scenarios
    assert len(outcome.checks) >= checks


@pytest.mark.parametrize("scenario", DEFENCES)
async def test_a_scenario_that_stands_on_the_door_passes(scenario: str, tmp_path: Path) -> None:
    """MCP: blanks around a header's value are no part of it; a page of another origin reaches nothing."""
    assert await failures(scenario, tmp_path) == ()


async def test_header_validation_fails_when_the_door_does_not_trim_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: the suite would notice if the trimming went away."""
    monkeypatch.setattr("trunkline.surfaces.door.door.trim", list)
    found = await failures("http-header-validation", tmp_path)
    assert [check.check_id for check in found] == ["sep-2243-server-accepts-whitespace-header-value"]


async def test_rebinding_protection_fails_when_no_host_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: the suite would notice if the Host and Origin checks went away, the door's and the one behind it."""
    monkeypatch.setattr("trunkline.surfaces.door.hosts.Allowed.check", lambda *_: None)
    monkeypatch.setattr("mcp.server.transport_security.TransportSecurityMiddleware.validate_request", _let_everything_in)
    found = await failures("dns-rebinding-protection", tmp_path)
    assert "localhost-host-rebinding-rejected" in {check.check_id for check in found}


async def test_a_caller_without_the_key_reaches_nothing(tmp_path: Path) -> None:
    """Ours: the key that the tests add is what lets the suite in."""
    async with serving(build_app) as url:
        outcome = await run_suite(f"{url}{PATH}", tmp_path, "--scenario", "tools-list", "--spec-version", "2026-07-28")
    assert outcome.exit_code != 0


async def failures(scenario: str, out: Path) -> tuple[Check, ...]:
    """The failed checks of one scenario; at least one check must have run."""
    arguments = ("--scenario", scenario, "--spec-version", DEFENCES[scenario])
    async with serving(lambda port: WithKey(build_app(port), KEY)) as url:
        outcome = await run_suite(f"{url}{PATH}", out, *arguments)
    assert outcome.scenarios == {scenario}, outcome.output
    assert (outcome.exit_code == 0) == (outcome.failures == ()), outcome.output
    return outcome.failures


async def _let_everything_in(*_: object, **__: object) -> None:
    """The SDK's own check, taken out."""
