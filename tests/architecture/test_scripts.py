"""What the README promises of its two commands is what the scripts do."""

import subprocess
from pathlib import Path

import pytest

SCRIPTS = (
    "script/server",
    "script/test",
    "script/lint",
    "script/bench",
    "script/lock",
    "script/network",
    "script/new-network",
    "script/with-postgres",
    ".ci/run",
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_a_program_that_the_plainest_shell_can_read(root: Path, name: str) -> None:
    """Ours: script/server runs on machines we know nothing of."""
    path = root / name
    assert path.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert path.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", path], check=True)


def test_ci_runs_the_test_command_of_the_readme(root: Path) -> None:
    """Ours: what a reader is told to run is what is known to pass."""
    assert "\n    script/test\n" in (root / "README.md").read_text(encoding="utf-8")
    assert "\nscript/test ||" in (root / ".ci" / "run").read_text(encoding="utf-8")


def copy_of_the_scripts(root: Path, into: Path) -> None:
    """A checkout with the scripts and the requirement files alone."""
    for name in ("script", "requirements"):
        (into / name).mkdir()
        for path in (root / name).iterdir():
            if path.is_file():
                target = into / name / path.name
                target.write_bytes(path.read_bytes())
                target.chmod(path.stat().st_mode)


def run_server(checkout: Path, bin_folder: Path) -> subprocess.CompletedProcess[str]:
    """script/server of that checkout, with these programs before all others and PYTHON naming the first one."""
    environment = {"PATH": f"{bin_folder}:/usr/bin:/bin", "PYTHON": str(bin_folder / "python3")}
    return subprocess.run(
        [checkout / "script" / "server"], env=environment, capture_output=True, text=True, timeout=30, check=False
    )


def fake_python(folder: Path, body: str, names: tuple[str, ...]) -> None:
    """Programs of these names, each this shell text."""
    folder.mkdir()
    for name in names:
        program = folder / name
        program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        program.chmod(0o755)


ALL_PYTHONS = ("python", "python3", "python3.11", "python3.12", "python3.13", "python3.14")


def test_a_machine_without_a_new_enough_python_is_told_so_in_one_sentence(root: Path, tmp_path: Path) -> None:
    """Ours: the first command a person runs either works or says what to do."""
    copy_of_the_scripts(root, tmp_path)
    fake_python(tmp_path / "bin", "exit 1", ALL_PYTHONS)
    done = run_server(tmp_path, tmp_path / "bin")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed and none was found" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_a_machine_without_venv_is_told_which_package_to_install(root: Path, tmp_path: Path) -> None:
    """Ours: Debian ships Python without venv; its own message is nine lines long."""
    copy_of_the_scripts(root, tmp_path)
    fake_python(tmp_path / "bin", 'case "$*" in *version_info*) exit 0 ;; *) exit 1 ;; esac', ALL_PYTHONS)
    done = run_server(tmp_path, tmp_path / "bin")
    assert done.returncode == 1
    assert "comes without venv; install it (Debian, Ubuntu: apt install python3-venv)" in done.stderr
