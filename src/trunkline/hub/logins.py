"""Logging in: running conversations with networks, and the account that comes of one.

A login lives in this process for as long as its person needs, at most LOGIN_MS; what is typed into it is kept nowhere. The same
login again finds its account: a second one of the same identity on the same road is not made.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from trunkline.contract.connector import Connector
from trunkline.contract.login import Login, LoginDone, Step
from trunkline.hub.asked import Parts
from trunkline.model.errors import InvalidArgument, NotFound, WrongAccount
from trunkline.store import accounts
from trunkline.store.engine import Transaction
from trunkline.store.keeper import CREDENTIALS

log = logging.getLogger(__name__)

LOGIN_MS = 15 * 60_000


class LoginGone(NotFound):
    """This login is over or was never begun. Begin again."""


@dataclass(frozen=True)
class Running:
    """A login that waits for its person. replaces: the id of the account it logs in again."""

    login: Login
    connector: Connector
    owner: int
    ends_at: int
    replaces: str | None = None


@dataclass(frozen=True)
class Connected:
    """The account that a login came to."""

    account_id: str
    account_no: int


@dataclass(frozen=True)
class Logins:
    """The running logins of this process, by id."""

    parts: Parts
    running: dict[str, Running] = field(default_factory=dict)

    async def start(
        self, road: str, way: str, values: Mapping[str, str], *, owner: int, replaces: str | None = None
    ) -> tuple[str, Step | Connected]:
        """Begin; gives the login's id and its first step, or the account where no step was needed."""
        connector = self.parts.lives.connectors.get(road)
        if connector is None:
            known = ", ".join(sorted(self.parts.lives.connectors))
            raise InvalidArgument(f"road is '{road}'; this server has {known}.")
        await self._sweep()
        login, step = await connector.login(way, values)
        login_id = self.parts.store.new_id()
        running = Running(login, connector, owner, self.parts.store.clock() + LOGIN_MS, replaces)
        self.running[login_id] = running
        return login_id, await self._next(login_id, step)

    async def submit(self, login_id: str, owner: int, values: Mapping[str, str]) -> Step | Connected:
        """Answer the current step. Raises LoginGone, and what the network says."""
        running = self._of(login_id, owner)
        return await self._next(login_id, await running.login.submit(dict(values)))

    async def wait(self, login_id: str, owner: int) -> Step | Connected:
        """Wait until the person has scanned or confirmed."""
        running = self._of(login_id, owner)
        return await self._next(login_id, await running.login.wait())

    async def close(self) -> None:
        """Give all of them up."""
        for login_id in list(self.running):
            await self._end(login_id)

    def _of(self, login_id: str, owner: int) -> Running:
        running = self.running.get(login_id)
        if running is None or running.owner != owner or running.ends_at < self.parts.store.clock():
            raise LoginGone
        return running

    async def _next(self, login_id: str, outcome: Step | LoginDone) -> Step | Connected:
        if isinstance(outcome, Step):
            return outcome
        running = self.running[login_id]
        try:
            return await self._keep(running, outcome)
        finally:
            await self._end(login_id)

    async def _keep(self, running: Running, done: LoginDone) -> Connected:
        """Make the account, or find it, with its credentials sealed, in one transaction; then bring it to life."""
        store = self.parts.store

        async def work(tx: Transaction) -> Connected:
            number, account_id = await accounts.add(
                tx,
                account_id=store.new_id(),
                owner=running.owner,
                road=running.connector.road,
                account_type=done.account_type,
                identity=done.identity,
                name=done.name,
                params=done.connection_params,
                at_ms=store.clock(),
            )
            if running.replaces is not None and account_id != running.replaces:
                raise WrongAccount("The login is of another account than the one to be connected again. Nothing was changed.")
            await store.keeper(number, account_id).put_in(tx, CREDENTIALS, done.credentials)
            return Connected(account_id=account_id, account_no=number)

        connected = await store.db.write(work)
        await self.parts.supervisor.stop(connected.account_no)
        self.parts.supervisor.start(connected.account_no)
        return connected

    async def _sweep(self) -> None:
        now = self.parts.store.clock()
        for login_id, running in list(self.running.items()):
            if running.ends_at < now:
                await self._end(login_id)

    async def _end(self, login_id: str) -> None:
        running = self.running.pop(login_id, None)
        if running is not None:
            try:
                await running.login.close()
            except Exception:
                log.exception("a login did not close in order")
