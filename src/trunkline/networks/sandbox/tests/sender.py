"""A process that sends until it is killed. Arguments: folder, first number. Prints each number that was answered."""

import asyncio
import os
import sys
from pathlib import Path

from trunkline.contract.commands import SendMessage

from .conftest import Sandbox


async def send_on(folder: Path, first: int) -> None:
    """Four senders side by side, so that commits are shared."""
    sandbox = Sandbox(folder, {"sandbox.answers": "0"}, entropy=os.urandom)
    await sandbox.control("seed", seed="small")
    session = await sandbox.session("WHATSAPP")
    chats = [info.provider_id for info in (await session.chats(None)).chats if info.read_only is not True]
    numbers = iter(range(first, first + 100_000))

    async def send() -> None:
        for n in numbers:
            await session.send(SendMessage(chat=chats[n % 3], text=f"Number {n}"), f"token-{n}")
            print(n, flush=True)

    await asyncio.gather(*(send() for _ in range(4)))


if __name__ == "__main__":
    asyncio.run(send_on(Path(sys.argv[1]), int(sys.argv[2])))
