"""Crash points, found by counting: the process ends at the nth boundary that the running code passes.

A boundary is either side of every commit of the store, of every command a session carries and every look it takes, and of every
commit of the network itself; and the moment before an answer goes out. Nothing names them in advance: a commit that is added to
the path of a send is a boundary by itself.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from tests.hub.sending_world import SendingWorld

from trunkline.contract.connector import Connector
from trunkline.contract.declared import WRITTEN_BY
from trunkline.store.dialect import Dialect
from trunkline.store.engine import Database, Row, Work

T = TypeVar("T")

METHODS = (
    "connect",
    "chats",
    "history",
    "send",
    "start",
    "edit",
    "delete",
    "react",
    "forward",
    "delete_chat",
    "set_chat",
    "change_member",
    "label_chat",
    "invite_link",
)
"""Of a session: what goes to the network and back."""


class Crashes:
    """Counts boundaries once it is armed, and ends the process at number `at` (0: never)."""

    def __init__(self, at: int | None, *, armed: bool) -> None:
        self.at = at
        self.armed = armed
        self.passed: list[str] = []

    def pass_(self, name: str) -> None:
        """Here is a boundary."""
        if not self.armed or self.at is None:
            return
        self.passed.append(name)
        if len(self.passed) == self.at:
            os._exit(9)

    def database(self, inner: Database) -> "CrashingDatabase":
        """Stand before a database."""
        return CrashingDatabase(inner, self)

    def around(self, name: str, method: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
        """The method, with a boundary on either side."""

        async def passing(*arguments: Any) -> T:
            self.pass_(f"before {name}")
            result = await method(*arguments)
            self.pass_(f"after {name}")
            return result

        return passing


class CrashingDatabase:
    """A database with a boundary on either side of each commit."""

    def __init__(self, inner: Database, crashes: Crashes) -> None:
        self._inner = inner
        self._crashes = crashes

    @property
    def dialect(self) -> Dialect:
        return self._inner.dialect

    async def fetch(self, sql: str, *params: Any) -> Sequence[Row]:
        return await self._inner.fetch(sql, *params)

    async def row(self, sql: str, *params: Any) -> Row | None:
        return await self._inner.row(sql, *params)

    async def scan(self, sql: str, *params: Any) -> Sequence[Row]:
        return await self._inner.scan(sql, *params)

    async def write(self, work: Work[T]) -> T:
        name = f"commit {getattr(work, '__qualname__', type(work).__qualname__)}"
        self._crashes.pass_(f"before {name}")
        result = await self._inner.write(work)
        self._crashes.pass_(f"after {name}")
        return result

    async def close(self) -> None:
        await self._inner.close()


def crash_in(stack: SendingWorld, crashes: Crashes) -> None:
    """Put boundaries around the sessions that are opened from now on, and around the network's own commits."""
    connector: Connector = stack.connector
    world: Any = stack.connector.world
    world.change = crashes.around("the network's commit", world.change)
    plain = connector.open

    def open_(*arguments: Any) -> Any:
        session = plain(*arguments)
        for name in METHODS:
            if hasattr(session, name):
                setattr(session, name, crashes.around(f"the session's {name}", getattr(session, name)))
        return session

    connector.open = open_  # type: ignore[method-assign, assignment]


def unwrapped() -> set[str]:
    """Methods of a session that send or look, and have no boundary yet."""
    declared = {name for ability in WRITTEN_BY for name in vars(ability) if not name.startswith("_")}
    return declared - set(METHODS) - {"fetch_file", "fetch_picture"}
