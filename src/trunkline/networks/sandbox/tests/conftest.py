"""A sandbox to try things on."""

from collections.abc import AsyncIterator, Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from trunkline.contract.connector import OpenAccount
from trunkline.contract.login import LoginDone
from trunkline.model.ids import Entropy
from trunkline.model.networks import AccountType
from trunkline.networks.sandbox import connectors
from trunkline.networks.sandbox.connector import SandboxConnector
from trunkline.networks.sandbox.world import life
from trunkline.networks.scan import Setup

NOW_MS = 1_795_345_200_000
"""2026-11-22 11:00 UTC."""


class Keeper:
    """A session's store, in memory."""

    def __init__(self, credentials: bytes) -> None:
        self.kept = {"credentials": credentials}

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def put(self, key: str, value: bytes) -> None:
        self.kept[key] = value


class Media:
    """Every content is its own name."""

    async def read(self, content: str) -> bytes:
        return content.encode()


class Sandbox:
    """A sandbox whose clock stands still unless it is moved, and whose people answer at once."""

    def __init__(self, folder: Path, options: Mapping[str, str], entropy: Entropy | None = None) -> None:
        self.folder = folder
        self.options = options
        self._entropy = entropy or repeatable()
        self.connector = self._connector()

    def _connector(self) -> SandboxConnector:
        setup = Setup(self.folder, lambda: NOW_MS, self._entropy, self.options)
        (connector,) = connectors(setup)
        assert isinstance(connector, SandboxConnector)
        return connector

    async def control(self, name: str, **values: object) -> Any:
        """Ask the world for something; `as_` stands for `as`."""
        return await self.connector.controls(name, {name.rstrip("_"): value for name, value in values.items()})

    async def session(self, account_type: AccountType, number: int = 1) -> Any:
        """A connected session."""
        login, _ = await self.connector.login("instant", {"account_type": account_type, "number": str(number)})
        done = await login.submit({})
        assert isinstance(done, LoginDone)
        opened = OpenAccount(account_id="account", account_type=account_type, identity=done.identity)
        session = self.connector.open(opened, Keeper(done.credentials), Media())
        await session.connect()
        return session

    async def chat(self, account: str, name: str) -> str:
        """The id of the chat of this title, or of the 1:1 chat with this person."""
        chats = await self.control("chats", account=account)
        found = [chat for chat in chats if chat["name"] == name or (chat["type"] != 1 and chat["with"] == [name])]
        return str(found[0]["provider_id"])

    async def person(self, account: str, name: str) -> str:
        """Somebody's provider id."""
        people = await self.control("people", account=account)
        return str(next(person["provider_id"] for person in people if person["name"] == name))

    async def texts(self, account: str, chat: str) -> list[str]:
        """The chat's messages, newest first."""
        found = await self.control("messages", account=account, chat=chat, limit=1000)
        return [message["text"] for message in found]

    async def pass_time(self) -> None:
        """Let the world do all that is due now."""
        world = self.connector.world
        while (next_ms := await world.change(life.happen)) is not None and next_ms <= world.now():
            pass

    async def restart(self) -> None:
        """Another process opens the same file."""
        await self.connector.close()
        self.connector = self._connector()


def repeatable() -> Callable[[int], bytes]:
    """Bytes that look random and are the same in every run."""
    drawn = 0

    def draw(count: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return sha256(str(drawn).encode()).digest()[:count]

    return draw


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """The world `small`; nobody answers."""
    made = Sandbox(tmp_path, {"sandbox.answers": "0"})
    await made.control("seed", seed="small")
    yield made
    await made.connector.close()


@pytest.fixture
async def lively(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """The world `small`, where people answer at once."""
    made = Sandbox(tmp_path, {"sandbox.answer_ms": "0"})
    await made.control("seed", seed="small")
    yield made
    await made.connector.close()
