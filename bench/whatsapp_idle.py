"""What linked WhatsApp accounts cost while nothing happens: memory and processor time of the server and of its side process.

With the real Baileys, against npm's @openclaw/crabline, which script/test installs. One number is linked as many times as there
are to be accounts. What a device holds of keys and sessions grows with the people it writes to, and is not in these figures.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from parts.measure import IS_FULL, Claim
from parts.process import cpu_seconds, resident_mb
from trunkline.contract.connector import OpenAccount
from trunkline.model.times import system_clock
from trunkline.networks._testing.kept import MemoryKeeper, MemoryMedia
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.linked.connector import LinkedConnector
from trunkline.networks.whatsapp.options import Options
from trunkline.networks.whatsapp.tests.crabline_server import FOLDER, IS_INSTALLED, NODE

COUNTS = (1, 10, 50)
IDLE_S = 60.0 if IS_FULL else 15.0


class Counterpart(NamedTuple):
    """Where the accounts connect to, and as whom."""

    url: str
    own: str
    credentials: bytes


async def main() -> None:
    """Measure and print."""
    if not IS_INSTALLED:
        sys.exit("script/test installs the counterpart first: it is an npm package")
    with tempfile.TemporaryDirectory() as folder:
        async with crabline(Path(folder)) as there:
            for count in COUNTS:
                await idle(Path(folder) / str(count), there, count)


@asynccontextmanager
async def crabline(folder: Path) -> AsyncIterator[Counterpart]:
    """The counterpart, and the credentials of a device that looks linked."""
    program = FOLDER / "node_modules/@openclaw/crabline/dist/src/bin/crabline.js"
    process = await asyncio.create_subprocess_exec(
        NODE, str(program), "--json", "serve", "whatsapp", "--port", "0", "--ready-file", "wa.json",
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        ready = json.loads((folder / "wa.json").read_text())
        made = await said_by(NODE, str(FOLDER / "credentials.mjs"), ready["selfJid"])
        state = json.dumps({"number": "1", "creds": json.loads(made)}).encode()
        yield Counterpart(ready["endpoints"]["baileysWebSocketUrl"], ready["selfJid"], state)
    finally:
        process.kill()
        await process.communicate()


async def said_by(*command: str) -> bytes:
    """What a program writes."""
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return out


async def idle(folder: Path, there: Counterpart, count: int) -> None:
    """Connect so many, then watch."""
    before = resident_mb(os.getpid())
    options = Options(modules=str(FOLDER), node=NODE, web_socket_url=there.url)
    connector = LinkedConnector(Setup(folder, system_clock, os.urandom), options)
    for number in range(count):
        keeper = MemoryKeeper()
        keeper.kept["credentials"] = there.credentials
        account = OpenAccount(account_id=f"{number}", account_type="WHATSAPP", identity=there.own)
        await connector.open(account, keeper, MemoryMedia()).connect()
    side = connector.process.pid
    assert side is not None
    # The first moments belong to the connecting: what was asked for then is answered, and let go of.
    await asyncio.sleep(5)
    began, cpu = time.monotonic(), (cpu_seconds(os.getpid()), cpu_seconds(side))
    await asyncio.sleep(IDLE_S)
    lasted = time.monotonic() - began
    after = cpu_seconds(os.getpid()), cpu_seconds(side)
    ours, theirs = ((end - first) / lasted * 100 for end, first in zip(after, cpu, strict=True))
    alive = sum(1 for number in range(count) if connector.link(f"{number}").is_open)
    print(f"  {count} accounts, {alive} still connected:")
    print(f"    {Claim('side process', resident_mb(side), unit=' MB')}, {Claim('processor', theirs, unit=' %')}")
    more = resident_mb(os.getpid()) - before
    print(f"    {Claim('server, more than before', more, unit=' MB')}, {Claim('processor', ours, unit=' %')}")
    await connector.close()


if __name__ == "__main__":
    asyncio.run(main())
