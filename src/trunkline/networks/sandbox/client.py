"""A session's line to the simulated network: what takes time, can be lost or refused on the way."""

from collections.abc import AsyncIterator

import msgspec

from trunkline.contract.commands import Command, Done, OutgoingFile
from trunkline.contract.connector import Keeper, Media, OpenAccount
from trunkline.contract.events import Update
from trunkline.model.errors import Disconnected, NetworkFailed, NotFound, NotReached, Restricted, TrunklineError
from trunkline.networks.sandbox.accept.arrival import Arrival, take
from trunkline.networks.sandbox.accept.commands import TAKEN_BY
from trunkline.networks.sandbox.accept.sends import upload_ref
from trunkline.networks.sandbox.convert import shown
from trunkline.networks.sandbox.world import accounts, events, faults, files
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.files import Kept
from trunkline.networks.sandbox.world.world import World

_CHUNK = 64 * 1024


class Client:
    """One account's line. `connect` first; every method raises only errors of the model."""

    def __init__(self, world: World, opened: OpenAccount, keeper: Keeper, media: Media) -> None:
        self.world = world
        self._opened = opened
        self._keeper = keeper
        self._media = media
        self._account: Account | None = None
        self._credentials = b""

    @property
    def account(self) -> Account:
        """Whose line this is. Raises NotReached before `connect`."""
        if self._account is None:
            raise NotReached("The session is not connected yet. Nothing was done.")
        return self._account

    async def connect(self) -> Account:
        """Log in with the kept credentials. Raises Disconnected when they are no longer good."""
        await self.world.catch_up()
        self.world.live()
        account = accounts.by_identity(self.world.fetch, self._opened.account_type, self._opened.identity)
        if account is None:
            raise Disconnected("The sandbox has no such user any more. Connect the account again.")
        if await self.world.change(lambda change: faults.use_up(change, account.key, "no_link")) is not None:
            raise NotReached
        self._credentials = await self._keeper.get("credentials") or b""
        self._check_login(account)
        self._account = account
        return account

    async def command(
        self, kind: str, command: Command, token: str | None = None, outgoing: tuple[OutgoingFile, ...] = ()
    ) -> Done:
        """Send a command and wait for the answer."""
        account = self.account
        uploaded = tuple([await self._read(file) for file in outgoing])
        await self._travel(kind)

        def arrive(change: Change) -> Done | TrunklineError:
            return take(Arrival(change, account, kind, command, token, self._credentials, uploaded), TAKEN_BY[kind])

        answer = await self.world.change(arrive)
        if isinstance(answer, TrunklineError):
            raise answer
        return msgspec.structs.replace(answer, events=tuple(shown(account.account_type, event) for event in answer.events))

    def updates(self, position: str | None) -> AsyncIterator[Update]:
        """What happens from a position on (None: from this call on), as the network's log has it.

        Who begins anew is told at once where they are, so that nothing is lost if they stop before the first event.
        """
        if position is not None:
            return self._updates(_number(position))
        return self._updates(events.newest(self.world.fetch), tell_position=True)

    async def _updates(self, after: int, *, tell_position: bool = False) -> AsyncIterator[Update]:
        account, fetch = self.account, self.world.fetch
        if tell_position:
            yield Update(events=(), position=str(after))
        lost = events.gap(fetch, account.key, after)
        if lost is not None:
            after = int(lost.position or 0)
            yield lost
        while True:
            ringing = self.world.wake(account.key).next()
            await self._check_link(account)
            update = events.read(fetch, account.key, after)
            if update is None:
                await ringing.wait()
                continue
            after = int(update.position or 0)
            yield update

    def check(self) -> None:
        """Whether a read may be asked for now. Raises AccountError when the account is logged out or restricted."""
        self._check_login(self.account)

    async def bytes(self, ref: str) -> AsyncIterator[bytes]:
        """A file's bytes. Raises NotFound when they are gone."""
        self.check()
        await self._travel("file")
        kept = files.find(self.world.fetch, ref)
        if kept is None or kept.data is None:
            raise NotFound("The network no longer has this file.")
        for start in range(0, len(kept.data), _CHUNK):
            yield kept.data[start : start + _CHUNK]

    async def _travel(self, kind: str) -> None:
        slow = None
        if faults.is_set(self.world.fetch, self.account.key, "slow"):
            slow = await self.world.change(lambda change: faults.use_up(change, self.account.key, "slow", kind))
        delay_ms = self.world.options.latency_ms + (0 if slow is None else slow.ms)
        if delay_ms:
            await self.world.sleep_until(self.world.now() + delay_ms)

    async def _read(self, file: OutgoingFile) -> Kept:
        data = await self._media.read(file.content)
        return Kept(upload_ref(file), file.media_type, file.file_name, data)

    async def _check_link(self, account: Account) -> None:
        self._check_login(account)
        if not faults.is_set(self.world.fetch, account.key, "dropped_link"):
            return
        if await self.world.change(lambda change: faults.use_up(change, account.key, "dropped_link")) is not None:
            raise NetworkFailed("The link to the network broke off.")

    def _check_login(self, account: Account) -> None:
        if not accounts.is_logged_in(self.world.fetch, account.key, self._credentials):
            raise Disconnected
        if faults.is_set(self.world.fetch, account.key, "restricted"):
            raise Restricted


def _number(position: str) -> int:
    if not position.isascii() or not position.isdigit():
        raise NetworkFailed(f"{position!r} is no position of the sandbox.")
    return int(position)
