"""Making connections to Unipile subscriptions, and trying them."""

from collections.abc import Collection
from typing import Protocol

from trunkline.gateway import credentials
from trunkline.gateway.administration.connections import ConnectionHandlers, granted
from trunkline.gateway.administration.order import Order
from trunkline.gateway.administration.people import principal_named
from trunkline.model.account import Account
from trunkline.model.connection import Connection, ConnectionChecked, ReachedAccount
from trunkline.model.errors import (
    InvalidArgument,
    KeyRefused,
    NotAllowed,
    NotFound,
    NotPossible,
    StoreUnavailable,
    TrunklineError,
)
from trunkline.operations.administration import AddUnipileConnection, CheckConnection
from trunkline.operations.missing import not_found
from trunkline.store import connections
from trunkline.store.connections import ConnectionRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store
from trunkline.unipile.remote import Remote, base_url_of, seal_remote


class Remotes(Protocol):
    """What is asked of the unipile backend beside calls."""

    async def accounts(self, remote: Remote) -> tuple[Account, ...]:
        """The messaging accounts that a key sees. Raises TrunklineError."""
        ...

    async def account_of_chat(self, remote: Remote, chat_id: str) -> str:
        """The id of the account that a chat belongs to. Raises TrunklineError."""
        ...

    async def remote_of(self, connection: int) -> Remote | None:
        """Where a connection goes."""
        ...


class UnipileConnectionHandlers:
    """The operations on connections to Unipile servers. remotes None: this server was started without that backend."""

    def __init__(self, store: Store, remotes: Remotes | None, connection_handlers: ConnectionHandlers):
        self._store = store
        self._remotes = remotes
        self._connections = connection_handlers

    async def add(self, order: Order[AddUnipileConnection]) -> Connection:
        """Try the key, then make the connection. The address is a person's word on this machine: no key reaches this far."""
        wanted, remotes = order.operation, self._there()
        if order.asked.surface != "cli":
            raise NotAllowed(
                "Where a key and messages go is said on the server's own machine alone: `trunkline connection add-unipile`."
            )
        remote = Remote(base_url_of(wanted.dsn), _api_key(wanted.api_key))
        try:
            found = await remotes.accounts(remote)
        except KeyRefused:
            raise InvalidArgument("api_key is refused by the Unipile server. Copy it anew from the dashboard.") from None
        await _check_reach(remotes, remote, wanted, {account.id for account in found})

        async def work(tx: Transaction) -> tuple[ConnectionRow, str]:
            principal = await principal_named(tx, wanted.principal, order.me, order.at_ms)
            pcid = credentials.new_pcid(self._store.entropy)
            row = await connections.add(
                tx,
                pcid=pcid,
                principal=principal.no,
                owner=order.me.owner,
                name=wanted.name,
                roads=(),
                accounts=None if wanted.accounts is None else frozenset(wanted.accounts),
                chats=None if wanted.chats is None else frozenset(wanted.chats),
                effects=wanted.effects or ("read",),
                mode=wanted.mode or "guarded",
                at_ms=order.at_ms,
                backend="unipile",
                settings=seal_remote(self._store.seal, pcid, remote),
            )
            await order.record(tx, "backend unipile", *granted(row), connection=row.no)
            return row, principal.name

        row, name = await order.change(self._store.db, work)
        return self._connections.shown(row, name, order.caller.default_pcid)

    async def check(self, order: Order[CheckConnection]) -> ConnectionChecked:
        """Try a connection now. A server that does not answer is what was found, not an error."""
        pcid = order.operation.pcid
        row = await connections.by_pcid(self._store.db, pcid)
        if row is None:
            raise not_found("pcid", pcid)
        if row.owner != order.me.owner:
            raise NotAllowed("This connection reaches somebody else's accounts, so only they can look at them.")
        if row.backend != "unipile":
            raise NotPossible("This connection goes to this server's own networks; `trunkline doctor` tells how they are.")
        remotes = self._there()
        remote = await remotes.remote_of(row.no)
        if remote is None:
            raise not_found("pcid", pcid)
        try:
            found = await remotes.accounts(remote)
        except TrunklineError as error:
            return ConnectionChecked(pcid=pcid, works=False, server=remote.base_url, detail=_why(error))
        reached = [_reached(account) for account in found if row.accounts is None or account.id in row.accounts]
        gone = (row.accounts or frozenset()) - {account.id for account in found}
        return ConnectionChecked(
            pcid=pcid, works=True, server=remote.base_url, detail=_told(reached, gone), accounts=tuple(reached)
        )

    def _there(self) -> Remotes:
        if self._remotes is None:
            raise StoreUnavailable("This server was started without the backend unipile. Nothing was done.")
        return self._remotes


async def _check_reach(remotes: Remotes, remote: Remote, wanted: AddUnipileConnection, seen: Collection[str]) -> None:
    """Accounts and chats must be there, and the chats those of the accounts."""
    if wanted.accounts is not None and not set(wanted.accounts) <= set(seen):
        raise NotFound(
            "accounts holds an id that this key does not see. Leave accounts out, then list the accounts to see them."
        )
    reached = seen if wanted.accounts is None else wanted.accounts
    for chat_id in wanted.chats or ():
        try:
            account_id = await remotes.account_of_chat(remote, chat_id)
        except NotFound:
            account_id = ""
        if account_id not in reached:
            raise NotFound("chats holds an id that is no chat of these accounts. List the chats to see which are.")


def _api_key(text: str) -> str:
    """Fit for a header. Raises InvalidArgument."""
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable():
        raise InvalidArgument("api_key must be the access token as the dashboard shows it: one line of plain characters.")
    return key


def _reached(account: Account) -> ReachedAccount:
    status = next((source.status for source in account.sources if source.status != "OK"), "OK")
    return ReachedAccount(account_id=account.id, account_type=account.type, name=account.name, status=status)


def _why(error: TrunklineError) -> str:
    if isinstance(error, KeyRefused):
        return (
            "The Unipile server refuses the key: it was revoked or replaced there. Add the connection anew with a key that is "
            "valid, and revoke this one."
        )
    return error.text


def _told(reached: Collection[ReachedAccount], gone: Collection[str]) -> str:
    poorly = [account for account in reached if account.status not in ("OK", "CONNECTING")]
    words = [f"The key works; {len(reached)} {'account is' if len(reached) == 1 else 'accounts are'} reached."]
    if poorly:
        verb = "needs" if len(poorly) == 1 else "need"
        words.append(f"{len(poorly)} {verb} attention: log in again where the subscription is managed.")
    if gone:
        words.append(f"{len(gone)} of the accounts that it was made for cannot be seen any more.")
    return " ".join(words)
