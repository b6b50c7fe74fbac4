"""Joins the parts, and serves them: `trunkline serve`, and a stdio process that owns its data folder."""

import asyncio
import errno
import logging
import os
import shutil
import socket
import sys
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from getpass import getuser
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from starlette.types import ASGIApp

from trunkline import __version__, first_run, logs
from trunkline.contract.connector import AnswersChallenges, Connector, Posted, ReceivesPosts, TakesRedirects
from trunkline.first_run import Greeting
from trunkline.gateway import first_run as first_person
from trunkline.gateway.gate import Gate
from trunkline.hub.hub import Hub
from trunkline.hub.options import HubOptions
from trunkline.model.errors import StoreUnavailable, TrunklineError
from trunkline.networks.scan import Network, Setup, find_networks, network_names
from trunkline.owner import proof, server_file
from trunkline.owner.cannot_start import CannotStart, NotNow
from trunkline.owner.find import Owner, find
from trunkline.owner.folder import default_folder
from trunkline.owner.lock import Lock
from trunkline.owner.server_file import ServerFile
from trunkline.owner.stop import Stop
from trunkline.settings import Settings, network_options, read_settings
from trunkline.store.store import Store, open_store
from trunkline.surfaces.door import health, provider, token
from trunkline.surfaces.door.credentials import Credentials, LocalUser
from trunkline.surfaces.door.crowd import Crowd
from trunkline.surfaces.door.door import Door
from trunkline.surfaces.door.gate import LinkGate
from trunkline.surfaces.door.hosts import Allowed, allow
from trunkline.surfaces.door.listening import PortTaken, open_sockets, port_of
from trunkline.surfaces.door.routing import POST, READ, Only
from trunkline.surfaces.door.running import Running, loop_factory
from trunkline.surfaces.hosted import app as hosted
from trunkline.surfaces.mcp.endpoint import Endpoint
from trunkline.surfaces.mcp.server import build_server
from trunkline.surfaces.mcp.tools import all_tools, messaging_tools
from trunkline.surfaces.rest import openapi, uploads
from trunkline.surfaces.rest.api import BASE, Api
from trunkline.surfaces.rest.try_page import try_page
from trunkline.unipile.backend import UnipileBackend
from trunkline.unipile.http import RemoteHttp

log = logging.getLogger(__name__)

_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What a system says when a disk, or a person's share of it, is full."""
ROOM_BYTES = 16 * 1024**2
"""Free space without which no start is tried: several times what the seed `small` takes."""

CLOSING_S = 3.0
"""How long sessions and the store may take to end."""


@dataclass(frozen=True)
class Site:
    """What the HTTP surfaces are built from."""

    gate: LinkGate
    allowed: Allowed
    local_user: LocalUser
    port: int
    """Where it listens on 127.0.0.1."""
    wait_ms: int
    """How long a call may wait for a network, in milliseconds."""
    max_upload_bytes: int
    connectors: tuple[Connector, ...] = ()
    """Roads whose networks post to this server, or send browsers back to it."""


def build_door(site: Site) -> Door:
    """The whole HTTP side as one ASGI app."""
    credentials = Credentials(site.gate, site.local_user)
    crowd = Crowd()
    messaging, everything = (
        Endpoint(build_server(tools, site.gate, site.wait_ms), site.gate, credentials, crowd, site.allowed)
        for tools in (messaging_tools(), all_tools())
    )
    exact: dict[str, ASGIApp] = {
        "/unipile-messaging": messaging,
        "/mcp": everything,
        health.HEALTH: Only(READ, health.health),
        proof.PATH: Only(READ, health.OwnerProof(site.local_user.token, site.port)),
        uploads.PATH: Only(POST, uploads.Uploads(site.gate, credentials, crowd, site.max_upload_bytes)),
        token.PATH: Only(POST, token.TokenRoute(site.gate)),
        openapi.PATH: Only(READ, openapi.Description()),
        **try_page(),
    }
    below: dict[str, ASGIApp] = {
        BASE: Api(site.gate, credentials, crowd, site.wait_ms, site.max_upload_bytes),
        provider.POSTS: provider.ProviderPosts(_posts_to(site.connectors), _challenges_to(site.connectors)),
        provider.RETURNS: provider.OAuthReturns(_returns_to(site.connectors)),
        hosted.BASE: hosted.Hosted(site.gate, crowd, site.wait_ms),
    }
    return Door(site.allowed, exact, below, lives=(messaging.life, everything.life))


def _posts_to(connectors: Iterable[Connector]) -> Mapping[str, provider.TakePost]:
    def taker(road: ReceivesPosts) -> provider.TakePost:
        async def take(headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
            return _said(await road.receive(headers, body))

        return take

    return {each.road: taker(each) for each in connectors if isinstance(each, ReceivesPosts)}


def _challenges_to(connectors: Iterable[Connector]) -> Mapping[str, provider.TakeChallenge]:
    def taker(road: AnswersChallenges) -> provider.TakeChallenge:
        async def take(query: Mapping[str, str]) -> tuple[int, str, bytes]:
            return _said(await road.challenged(query))

        return take

    return {each.road: taker(each) for each in connectors if isinstance(each, AnswersChallenges)}


def _said(posted: Posted) -> tuple[int, str, bytes]:
    return posted.status, posted.media_type, posted.body


def _returns_to(connectors: Iterable[Connector]) -> Mapping[str, provider.TakeReturn]:
    return {each.road: each.come_back for each in connectors if isinstance(each, TakesRedirects)}


@dataclass(frozen=True)
class Parts:
    """The inside of a server."""

    store: Store
    hub: Hub
    unipile: UnipileBackend
    gate: Gate
    connectors: tuple[Connector, ...]

    @property
    def simulated(self) -> tuple[str, ...]:
        """The roads where nobody real is reached."""
        return tuple(connector.road for connector in self.connectors if connector.simulated)


@asynccontextmanager
async def open_parts(settings: Settings, url: str) -> AsyncIterator[Parts]:
    """Store, hub and gate, started; closed in order at the end. Raises NotNow when the store cannot be opened."""
    try:
        store = await open_store(settings.data, url=settings.database, secret=read_secret(settings.secret, os.environ))
    except TrunklineError as error:
        raise NotNow(error.text) from None
    async with AsyncExitStack() as ending:
        ending.push_async_callback(store.close)
        options = network_options(network_names(), os.environ)
        found = find_networks(Setup(settings.data, store.clock, store.entropy, options))
        networks = tuple(network for network in found if network.name in (settings.networks or network_names()))
        connectors = tuple(connector for network in networks for connector in network.connectors)
        hub = Hub(store, connectors, _hub_options(settings, url, store.clock(), networks))
        ending.push_async_callback(_close_in_time, hub)
        simulated = [connector.road for connector in connectors if connector.simulated]
        unipile = UnipileBackend(store, RemoteHttp(store.clock), wait_ms=settings.call_seconds * 1000)
        ending.push_async_callback(unipile.close)
        gate = Gate(
            store,
            {"hub": hub, "unipile": unipile},
            roads=[each.road for each in connectors],
            simulated=simulated,
            remotes=unipile,
        )
        await gate.start()
        ending.push_async_callback(gate.close)
        yield Parts(store, hub, unipile, gate, connectors)


async def serve(settings: Settings, lock: Lock, stop: Stop, *, greets: bool) -> int:
    """Serve until stopped; gives the exit code. greets: tell a person on standard output how to begin.

    Raises CannotStart, with nothing changed but what the first start makes.
    """
    _check_networks(settings.networks)
    _check_room(settings.data)
    sockets = _sockets(settings)
    port = port_of(sockets[-1])
    url = f"http://{_shown_host(settings.host)}:{port}"
    async with open_parts(settings, url) as parts:
        first = await first_person.set_up(parts.store, person=_person(), connection="Simulated networks", roads=parts.simulated)
        caller = await parts.gate.local_user()
        await parts.hub.start()
        await parts.unipile.start()
        if settings.seed is not None:
            await first_run.plant(parts.store, parts.hub, parts.connectors, settings.seed, caller.principal)
        local_user = LocalUser(proof.new_secret())
        allowed = allow(port, settings.host, settings.allowed_hosts, settings.allowed_origins)
        wait_ms = settings.call_seconds * 1000
        site = Site(parts.gate, allowed, local_user, port, wait_ms, settings.max_upload_bytes, parts.connectors)

        async def announce() -> None:
            server_file.write(lock.folder, ServerFile(os.getpid(), port, local_user.token, __version__))
            if settings.ready_file is not None:
                await _write_ready_file(settings.ready_file, parts.store, url)
            if greets:
                key = None if first is None else first.api_key
                print(first_run.words(Greeting(url, _stdio_command(settings), key, caller.default_pcid)), flush=True)

        running = Running(build_door(site), announce, parts.hub.end_waits)
        loop = asyncio.get_running_loop()

        def end() -> None:
            with suppress(RuntimeError):  # it has ended already, and its loop is closed
                loop.call_soon_threadsafe(running.stop)

        stop.on_set(end)
        try:
            await running.serve(sockets)
        finally:
            server_file.remove(lock.folder, local_user.token)
            if settings.ready_file is not None:
                settings.ready_file.unlink(missing_ok=True)
    return 0


def serve_command(given: Mapping[str, str]) -> int:
    """`trunkline serve`. given: settings by name. Raises CannotStart."""
    settings = read_settings(given, os.environ)
    logs.set_up(settings.log_level)
    settings = replace(settings, data=settings.data.absolute())
    found = find(settings.data)
    if isinstance(found, Owner):
        raise NotNow(
            f"Trunkline serves the data folder {settings.data} already: process {found.pid}, http://127.0.0.1:{found.port}. "
            "Use that one, or end it first."
        )
    return _run(settings, found, Stop(), greets=True)


def serve_beside_pipe(given: Mapping[str, str], lock: Lock, stop: Stop) -> int:
    """Serve for stdio processes, from within the first of them: on the loopback alone, on whatever port is free."""
    settings = read_settings(given, os.environ)
    logs.set_up(settings.log_level)
    here = replace(settings, data=lock.folder, host="127.0.0.1", port=0, ready_file=None)
    return _run(here, lock, stop, greets=False)


def read_secret(source: str, environ: Mapping[str, str]) -> bytes | Path | None:
    """The secret of the setting of that name, or its file; None: the data folder's own. Raises CannotStart."""
    kind, _, rest = source.partition(":")
    if not rest:
        return None
    if kind == "file":
        return Path(rest).expanduser()
    try:
        secret = urlsafe_b64decode(environ.get(rest, "").encode())
    except ValueError:
        secret = b""
    if len(secret) != 32:
        raise CannotStart(f"The environment variable {rest} must hold the secret: 32 random bytes in base64url.")
    return secret


def _run(settings: Settings, lock: Lock, stop: Stop, *, greets: bool) -> int:
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(serve(settings, lock, stop, greets=greets))
    except StoreUnavailable as error:
        raise NotNow(f"Trunkline could not start in the data folder {settings.data}: {error.text}") from None
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise NotNow(
            f"The disk of the data folder {settings.data} has no room left. Free some space and start again: what is stored is "
            "safe, and what was not done yet goes on."
        ) from None
    finally:
        lock.release()


def _check_networks(wanted: Iterable[str]) -> None:
    """A misspelt name would leave a network out in silence."""
    known = network_names()
    for name in wanted:
        if name not in known:
            raise CannotStart(f"The setting networks names {name!r}, which is none. There are: {', '.join(known)}.")


def _check_room(folder: Path) -> None:
    """A start on a full disk would end half-way, or wait without end for what cannot be stored."""
    free = shutil.disk_usage(folder).free
    if free < ROOM_BYTES:
        raise NotNow(
            f"The disk of the data folder {folder} is full: {free / 1024**2:.1f} MiB are free and a start takes "
            f"{ROOM_BYTES // 1024**2} MiB. Free some space and start again, or name another folder with --data."
        )


def _sockets(settings: Settings) -> list[socket.socket]:
    try:
        return open_sockets(settings.host, settings.port)
    except PortTaken:
        raise NotNow(
            f"Port {settings.port} on {settings.host} is in use by another program. "
            "End that program, or take another port with --port."
        ) from None
    except OSError as error:
        raise CannotStart(f"Trunkline cannot listen on {settings.host} port {settings.port}: {error.strerror}.") from None


def _hub_options(settings: Settings, url: str, started_at: int, networks: Iterable[Network]) -> HubOptions:
    return HubOptions(
        journal_days=settings.journal_days,
        call_days=settings.calls_days,
        media_cache_bytes=settings.media_cache_bytes,
        data_folder=settings.data,
        url=url,
        started_at=started_at,
        hosts=allow(urlsplit(url).port or 80, settings.host, settings.allowed_hosts, settings.allowed_origins).hosts,
        folders=settings.folders,
        private_targets=settings.private_targets,
        unavailable={network.name: network.unavailable for network in networks if network.unavailable is not None},
    )


async def _close_in_time(hub: Hub) -> None:
    try:
        await asyncio.wait_for(hub.close(), CLOSING_S)
    except TimeoutError:
        log.warning("sessions did not end in time; what they were sending is settled at the next start")


async def _write_ready_file(path: Path, store: Store, url: str) -> None:
    keys = await first_person.ready_keys(store)
    ready = {"url": url, **msgspec.to_builtins(keys), "pid": os.getpid()}
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.write_bytes(msgspec.json.encode(ready))
    draft.replace(path)


def _person() -> str:
    """What the first person is called."""
    try:
        return getuser()
    except (KeyError, OSError):
        return "me"


def _stdio_command(settings: Settings) -> tuple[str, ...]:
    """What an MCP client starts, wherever it stands."""
    program = str(Path(shutil.which(sys.argv[0]) or sys.argv[0]).absolute())
    if settings.data == default_folder(os.environ).absolute():
        return program, "mcp"
    return program, "mcp", "--data", str(settings.data)


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
