"""The first start: the simulated world, its accounts, and what a person is told so that they can begin."""

import asyncio
import json
import shlex
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from trunkline.contract.connector import Connector
from trunkline.contract.login import Step
from trunkline.hub.hub import Hub
from trunkline.model.errors import InvalidArgument, NetworkError, Unsupported
from trunkline.model.networks import AccountType
from trunkline.operations.backend import Scope
from trunkline.owner.cannot_start import CannotStart, NotNow
from trunkline.store import accounts
from trunkline.store.store import Store

FIRST_SYNC_S = 20.0
"""How long the start waits for the chats of the seed; a slower machine serves while they still arrive."""


class Greeting(NamedTuple):
    """What the start has to say."""

    url: str
    command: tuple[str, ...]
    """What starts a stdio process: the absolute path of the `trunkline` command, and its arguments."""
    api_key: str | None
    """Only when it was made just now; it is not kept."""
    pcid: str | None


async def plant(store: Store, hub: Hub, connectors: Iterable[Connector], seed: str, owner: int) -> None:
    """Bring the seed into every simulated road, and log its accounts in where they are not. The same seed again does nothing.

    Their chats are there when it returns, so that the first question a person asks is not answered with an empty list.

    Raises CannotStart for another seed than the one that is there, and where the disk has no room for it; the next start goes
    on with what is there.
    """
    for connector in connectors:
        if not connector.simulated:
            continue
        try:
            await _plant_in(store, hub, connector, seed, owner)
        except Unsupported:
            continue  # a network that is still being built (script/new-network) has no seed
        except InvalidArgument as error:
            raise CannotStart(error.text) from None
        except NetworkError as error:
            raise NotNow(
                f"The seed could not be brought in whole: {error.text} Start again then; it goes on from there."
            ) from None


async def _plant_in(store: Store, hub: Hub, connector: Connector, seed: str, owner: int) -> None:
    await connector.controls("seed", {"seed": seed})
    scope = Scope(owner=owner, roads=frozenset({connector.road}))
    there = {account.type for account in await accounts.in_scope(store.db, scope)}
    for account_type in connector.widest:
        if account_type not in there:
            await _log_in(hub, connector, account_type, owner)
    with suppress(TimeoutError):
        async with asyncio.timeout(FIRST_SYNC_S):
            for account in await accounts.in_scope(store.db, scope):
                await hub.first_synced(account.no)


async def _log_in(hub: Hub, connector: Connector, account_type: AccountType, owner: int) -> None:
    """By the first way of the account type: on a simulated road it asks for nothing."""
    way = next(way.name for way in connector.login_ways if way.account_type == account_type)
    login_id, outcome = await hub.logins.start(connector.road, way, {"account_type": account_type}, owner=owner)
    if isinstance(outcome, Step):
        await hub.logins.submit(login_id, owner, {})


def words(greeting: Greeting) -> str:
    """What a person reads at the start of `trunkline serve`."""
    lines = [f"Trunkline answers at {greeting.url}", ""]
    if greeting.api_key is not None:
        lines += [f"  API key   {greeting.api_key}", "            shown this once; keep it", ""]
    if greeting.pcid is not None:
        lines += [f"  PCID      {greeting.pcid}", "            the connection to the simulated networks", ""]
    if greeting.api_key is None:
        return "\n".join([*lines, "Another API key: trunkline key create NAME. Settings for MCP clients: docs/clients.md", ""])
    return "\n".join([*lines, *_clients(greeting), ""])


def _clients(greeting: Greeting) -> list[str]:
    program, *arguments = greeting.command
    stdio = {"command": program, "args": arguments}
    headers = {"Authorization": f"Bearer {greeting.api_key}"}
    http = {"url": f"{greeting.url}/mcp", "headers": headers}
    command = shlex.join(greeting.command)
    return [
        "To connect an MCP client on this machine, paste one of these; no key is needed:",
        "",
        f"  Claude Code      claude mcp add trunkline -- {command}",
        f"  Claude Desktop   {_json({'mcpServers': {'trunkline': stdio}})}",
        f"  Cursor           {_json({'mcpServers': {'trunkline': stdio}})}",
        f"  VS Code          {_json({'servers': {'trunkline': {'type': 'stdio', **stdio}}})}",
        f"  Codex            [mcp_servers.trunkline]  command = {_json(program)}  args = {_json(arguments)}",
        "",
        "Over HTTP, while this server runs:",
        "",
        f'  Claude Code      claude mcp add --transport http trunkline {http["url"]} --header "{_bearer(headers)}"',
        f"  Cursor           {_json({'mcpServers': {'trunkline': http}})}",
        f"  VS Code          {_json({'servers': {'trunkline': {'type': 'http', **http}}})}",
        "",
        "Into which file each goes: docs/clients.md. Stop this server with Ctrl-C.",
    ]


def _bearer(headers: dict[str, str]) -> str:
    return f"Authorization: {headers['Authorization']}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
