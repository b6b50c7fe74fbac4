"""script/new-network: what it lays out works at once, and the rules of this checkout hold for it."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

CEILING_S = 300


def copied(root: Path, into: Path) -> Path:
    """A checkout with what the script, the contract suite and the rules need."""
    into.mkdir()
    for name in ("src", "tests", "script"):
        skip = shutil.ignore_patterns("__pycache__", "node_modules", "slack", "telegram")
        shutil.copytree(root / name, into / name, ignore=skip)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copyfile(root / name, into / name)
    return into


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program in the copy, which imports the copy."""
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    return subprocess.run(
        arguments, cwd=checkout, env=environment, capture_output=True, text=True, timeout=CEILING_S, check=False
    )


@pytest.mark.slow
def test_a_new_network_keeps_every_promise_for_what_it_declares(root: Path, tmp_path: Path) -> None:
    """Issue 4, part 3; docs/add-a-network.md."""
    checkout = copied(root, tmp_path / "checkout")
    bin_folder = Path(sys.executable).parent
    laid_out = run(checkout, "script/new-network", "zebra", "TELEGRAM")
    assert laid_out.returncode == 0, laid_out.stderr
    folder = "src/trunkline/networks/zebra"
    tried = run(checkout, sys.executable, "-m", "pytest", "-q", "tests/contract_suite", f"{folder}/tests", "-k", "zebra")
    assert tried.returncode == 0, tried.stdout
    assert "passed" in tried.stdout or tried.stdout.count(".") > 30
    for rule in (("ruff", "check", folder), ("ruff", "format", "--check", folder), ("mypy", folder), ("lint-imports",)):
        kept = run(checkout, str(bin_folder / rule[0]), *rule[1:])
        assert kept.returncode == 0, kept.stdout + kept.stderr
    names = run(checkout, sys.executable, "-m", "pytest", "-q", "tests/architecture/test_names.py")
    assert names.returncode == 0, names.stdout


@pytest.mark.slow
def test_a_server_with_a_new_network_starts_with_its_seed(root: Path, tmp_path: Path) -> None:
    """A network that has no seed yet leaves the sandbox's alone."""
    checkout = copied(root, tmp_path / "checkout")
    assert run(checkout, "script/new-network", "zebra").returncode == 0
    ready, data = tmp_path / "ready.json", tmp_path / "data"
    arguments = ("serve", "--seed", "small", "--port", "0", "--data", str(data), "--ready-file", str(ready))
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    log = tmp_path / "log"
    with log.open("w") as said:
        served = subprocess.Popen((sys.executable, "-m", "trunkline", *arguments), cwd=checkout, env=environment, stderr=said)
        try:
            for _ in range(CEILING_S * 10):
                if ready.exists() or served.poll() is not None:
                    break
                with suppress(subprocess.TimeoutExpired):
                    served.wait(0.1)
            assert ready.exists(), log.read_text()
        finally:
            served.terminate()
            served.wait()


@pytest.mark.parametrize("name", ["", "Zebra", "1st", "two-words", "../x"])
def test_a_name_that_cannot_be_a_folder_of_ours_is_refused(root: Path, name: str) -> None:
    """Ours: one sentence, and nothing is written."""
    refused = subprocess.run([root / "script/new-network", name], capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("new-network: give the network a name of small letters and digits")


def test_a_network_that_is_there_is_not_written_over(root: Path) -> None:
    """Ours: the sandbox stays as it is."""
    refused = subprocess.run([root / "script/new-network", "sandbox"], capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 1
    assert refused.stderr.endswith("networks/sandbox is there already\n")
