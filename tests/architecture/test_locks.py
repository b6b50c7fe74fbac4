"""What is installed is what was locked: by hash, from ready-made wheels, for the machines people have."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

MINIMUM = {
    "mcp": "2.3.0",  # get_tool_input_schema: without it each call lists all tools first
    "starlette": "1.0.1",  # Host header parsing, CVE-2026-48710
}
"""Versions below these have a flaw that reaches us."""

MACHINES = {
    "Linux x86-64": r"linux.*x86_64$",
    "Linux ARM": r"linux.*aarch64$",
    "macOS": r"macosx.*(arm64|universal2)$",
    "Windows": r"win_amd64$",
}
PYTHONS = ("cp311", "cp312", "cp313")


def packages(root: Path) -> list[dict[str, Any]]:
    """Each package of uv.lock but our own."""
    lock = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = lock["package"]
    return [package for package in found if package["name"] != "trunkline"]


def requirement_lines(path: Path) -> list[str]:
    """The entries of a requirement file, each with its hashes on one line."""
    joined = path.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


NETWORKS = ("slack", "telegram", "whatsapp")
SOURCE_ALONE = {"pyaes==1.6.1"}
"""Plain Python without a wheel; script/environment builds it with a setuptools that is locked too."""


@pytest.mark.parametrize("name", ["server", "build", *NETWORKS, "dev"])
def test_every_requirement_is_pinned_and_hashed_and_names_no_address(root: Path, name: str) -> None:
    """Ours: whichever index pip is set up for, it can only serve what was locked."""
    lines = requirement_lines(root / "requirements" / f"{name}.txt")
    assert lines
    assert [line for line in lines if not re.match(r"[a-z0-9-]+==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", line)] == []
    assert [line for line in lines if "://" in line] == []


def test_the_locks_name_the_public_index_or_no_address_at_all(root: Path) -> None:
    """Ours: a lock renewed behind a mirror must not send others there."""
    sources = {json.dumps(package["source"]) for package in packages(root)}
    assert sources == {'{"registry": "https://pypi.org/simple"}'}
    npm = json.loads((root / "tests/conformance/package-lock.json").read_text(encoding="utf-8"))
    assert [path for path, entry in npm["packages"].items() if "resolved" in entry] == []
    assert [path for path, entry in npm["packages"].items() if path and "integrity" not in entry] == []


def test_the_requirement_files_hold_what_the_lock_says(root: Path) -> None:
    """Ours: script/lock writes the files from the lock; a lock renewed alone would go unused."""
    locked = {(package["name"], package["version"]) for package in packages(root)}
    for name in ("server", "build", *NETWORKS, "dev"):
        pinned = {tuple(line.split()[0].split("==")) for line in requirement_lines(root / f"requirements/{name}.txt")}
        assert pinned <= locked
    assert pinned == locked


def test_what_pyproject_asks_for_is_in_the_lock(root: Path) -> None:
    """Ours: script/lock was forgotten when this fails."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [line for lines in project["project"]["optional-dependencies"].values() for line in lines]
    groups = [line for lines in project["dependency-groups"].values() for line in lines]
    locked: dict[str, list[Version]] = {}
    for package in packages(root):
        locked.setdefault(package["name"], []).append(Version(package["version"]))
    for line in [*project["project"]["dependencies"], *extras, *groups]:
        wanted = Requirement(line)
        versions = locked[canonicalize_name(wanted.name)]
        assert [version for version in versions if version not in wanted.specifier] == [], line


def test_no_locked_version_is_below_one_with_a_known_flaw(root: Path) -> None:
    """Ours: each minimum stands above with its reason."""
    below = [
        package["name"]
        for package in packages(root)
        if package["name"] in MINIMUM and Version(package["version"]) < Version(MINIMUM[package["name"]])
    ]
    assert below == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", ["server", "build", *NETWORKS])
def test_everything_the_server_needs_is_a_ready_made_wheel(root: Path, name: str, machine: str, python: str) -> None:
    """Ours: script/server and script/network need no compiler. Sources are refused, so each package must have a wheel."""
    wheels: dict[str, list[str]] = {}
    for package in packages(root):
        wheels[f"{package['name']}=={package['version']}"] = [w["url"].rsplit("/", 1)[1] for w in package.get("wheels", [])]
    environment = {
        "sys_platform": {"Windows": "win32", "macOS": "darwin"}.get(machine.split(maxsplit=1)[0], "linux"),
        "python_full_version": f"3.{python[3:]}.0",
        "python_version": f"3.{python[3:]}",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    missing = []
    for line in requirement_lines(root / f"requirements/{name}.txt"):
        wanted = Requirement(line.split("--hash")[0])
        if wanted.marker and not wanted.marker.evaluate(environment):
            continue
        package_name = f"{wanted.name}{wanted.specifier}"
        if not any(fits(wheel, MACHINES[machine], python) for wheel in wheels[package_name]):
            missing.append(package_name)
    assert set(missing) <= SOURCE_ALONE


def fits(wheel: str, machine: str, python: str) -> bool:
    """Whether a wheel's name promises that it runs on this machine under this Python."""
    for tag in parse_wheel_filename(wheel)[3]:
        is_any_python = tag.interpreter == "py3"
        is_stable = tag.abi == "abi3" and tag.interpreter <= python
        if not (is_any_python or is_stable or (tag.interpreter == python and tag.abi == python)):
            continue
        if tag.platform == "any" or re.search(machine, tag.platform):
            return True
    return False
