"""What a login came to: the account, the connection that reads it, and the command that lets it do more."""

import time

from msgspec import json

from trunkline.model.connection import Connection
from trunkline.model.login import AccountCreated, AccountReconnected
from trunkline.operations.accounts import GetAccount
from trunkline.operations.administration import ListAllConnections
from trunkline.operations.wire import read_result
from trunkline.surfaces.cli.commands.accounts import STATES, state
from trunkline.surfaces.cli.commands.connections import table
from trunkline.surfaces.cli.listing import Listing
from trunkline.surfaces.cli.names import network

SETTLE_S = 3.0
"""How long is waited at most for the first connect: a person should see "connected", not "connecting"."""
LOOK_S = 0.1


def show_connected(listing: Listing, done: AccountCreated | AccountReconnected, *, again: bool, as_json: bool) -> None:
    """For a person two tables and what to do next; for a program the account's line and the connection's."""
    terminal = listing.terminal
    body = _settled(listing, done)
    connection = _connection(listing, done)
    if as_json:
        terminal.output.json(body)
        if connection is not None:
            terminal.output.json(json.encode(connection))
        return
    account = read_result(GetAccount, body)
    terminal.output.line("Logged in again:" if again else "Connected:")
    row = (network(account.type), account.name, state(account), str(account.road), account.id)
    terminal.output.table("network", "name", "state", "road", "id", rows=[row], whole=("network", "id"))
    if connection is not None:
        terminal.output.line("")
        table(listing, (connection,))
        terminal.output.note(_what_next(connection))
    else:
        terminal.output.note("Your connections to all accounts of this road reach it: `trunkline connection list`.")
    if terminal.server.is_ours:
        terminal.output.note("No server runs for this data folder; `trunkline serve` keeps the account connected.")


def _settled(listing: Listing, done: AccountCreated | AccountReconnected) -> bytes:
    """The account as JSON, once its first connect has come to something; as it stands where that takes longer."""
    client = listing.terminal.client
    until = time.monotonic() + SETTLE_S
    while True:
        body = client.ask(GetAccount(account_id=done.account_id))
        if state(read_result(GetAccount, body)) != STATES["CONNECTING"] or time.monotonic() >= until:
            return body
        time.sleep(LOOK_S)


def _connection(listing: Listing, done: AccountCreated | AccountReconnected) -> Connection | None:
    if not isinstance(done.pcid, str):
        return None
    connections = listing.terminal.client.result(ListAllConnections()).items
    return next((each for each in connections if each.pcid == done.pcid), None)


def _what_next(connection: Connection) -> str:
    if set(connection.effects) == {"read"}:
        return (
            "An agent that is given this PCID reads the account and can do nothing else. This lets it write, to real people "
            f"and without anybody looking first:\n  trunkline connection allow {connection.pcid} send,change --open\n"
            f"What it reaches:\n  trunkline chats --connection {connection.pcid}"
        )
    return f"`trunkline connection stop {connection.pcid}` stops at once whatever it writes."
