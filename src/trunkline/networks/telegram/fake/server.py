"""The server: connections, keys, what it answers, what goes wrong, and the record of everything it took."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from telethon.crypto import AuthKey
from telethon.sessions import StringSession
from telethon.tl import functions, types
from telethon.tl.alltlobjects import LAYER

from trunkline.networks.telegram.fake import chats, logins, reads, writes
from trunkline.networks.telegram.fake.acts import Acts
from trunkline.networks.telegram.fake.asking import Asking, Handler
from trunkline.networks.telegram.fake.connection import Connection, Cut, Refuse
from trunkline.networks.telegram.fake.keys import Key, new_key
from trunkline.networks.telegram.fake.world import World

APP_ID, APP_HASH = 4242, "0123456789abcdef0123456789abcdef"
HOME = 2
"""The data centre that clients begin with."""

_HANDLERS: dict[type[Any], Handler] = {
    **logins.HANDLERS,
    **reads.HANDLERS,
    **writes.HANDLERS,
    **chats.HANDLERS,
}
_COMMANDS = frozenset({**writes.HANDLERS, **chats.HANDLERS}) - chats.READS
"""Requests that change something: faults hit these."""
_WITHOUT_LOGIN = frozenset(logins.HANDLERS)


class FakeTelegram:
    """Telegram in one process. now: its clock, in milliseconds."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.world = World(now)
        self.acts = Acts(self.world, self.tell)
        self.keys: dict[int, Key] = {}
        self.connections: list[Connection] = []
        self.faults: Counter[str] = Counter()
        """How often each fault still happens: see `fault`."""
        self.flood_ms = 0
        self.record: list[dict[str, Any]] = []
        """What was taken: kind, random ids, chat, the request's text; oldest first."""
        self.asked: Counter[str] = Counter()
        """How often each request came, refused or not."""
        self.zips = True
        self.refuses_links = False
        self.links_made = 0
        """How often somebody connected, refused or not."""
        self.tokens: dict[bytes, Key] = {}
        """Login tokens of QR codes, with the key that asked for them."""
        self._held: list[tuple[int, list[Any]]] = []
        self.exported: dict[bytes, int] = {}
        """Logins on their way to another data centre, with whom they are of."""
        self.ports: dict[int, int] = {HOME: 0}
        """Where each data centre listens."""
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        """Listen on a free port of this machine, for each data centre; again on the same ones after `stop`."""
        for number in self.ports:
            await self._listen(number)

    async def add_data_center(self, number: int) -> None:
        """One more, at a port of its own."""
        self.ports[number] = 0
        await self._listen(number)

    async def _listen(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self, number), "127.0.0.1", self.ports[number])
        self.ports[number] = server.sockets[0].getsockname()[1]
        self._servers.append(server)

    @property
    def port(self) -> int:
        """Where the first data centre listens."""
        return self.ports[HOME]

    async def stop(self) -> None:
        """Stop listening and drop every link."""
        while self._servers:
            self._servers.pop().close()
        self.drop()
        await asyncio.sleep(0)

    def wire(self) -> StringSession:
        """A session for a new login: with a key that both sides know, so that the key exchange falls away."""
        return self._session(new_key())

    def logged_in(self, person: int) -> str:
        """A session in which somebody is logged in already."""
        key = new_key()
        key.user = person
        return str(self._session(key).save())

    def _session(self, key: Key) -> StringSession:
        self.keys[key.id] = key
        session = StringSession()
        session.set_dc(HOME, "127.0.0.1", self.port)
        session.auth_key = AuthKey(key.data)
        return session

    def answer(self, connection: Connection, request: Any) -> Any:
        """The answer to a request. Raises Refuse, Cut."""
        match request:
            case functions.InvokeWithLayerRequest():
                if request.layer != LAYER:
                    raise Refuse(400, "CONNECTION_LAYER_INVALID")
                return self.answer(connection, request.query)
            case functions.InitConnectionRequest():
                if request.api_id != APP_ID:
                    raise Refuse(400, "CONNECTION_API_ID_INVALID")
                return self.answer(connection, request.query)
            case functions.InvokeWithoutUpdatesRequest():
                return self.answer(connection, request.query)
        self.asked[type(request).__name__.removesuffix("Request")] += 1
        handler = _HANDLERS.get(type(request))
        assert connection.key is not None
        if handler is None:
            raise Refuse(400, "INPUT_METHOD_INVALID")
        if type(request) not in _WITHOUT_LOGIN:
            self._check_login(connection.key)
            connection.wants_updates = True
        if type(request) in _COMMANDS:
            return self._carry(connection, request, handler)
        if isinstance(request, functions.users.GetUsersRequest) and self.hits("user_migrate"):
            raise Refuse(303, f"USER_MIGRATE_{max(self.ports)}")
        if isinstance(request, functions.messages.GetHistoryRequest) and self.hits("history_flood"):
            raise Refuse(420, f"FLOOD_WAIT_{self.flood_ms // 1000}")
        if isinstance(request, functions.messages.GetHistoryRequest) and self.hits("history_refused"):
            raise Refuse(400, "PEER_ID_INVALID")
        return handler(Asking(self, connection), request)

    def _carry(self, connection: Connection, request: Any, handler: Handler) -> Any:
        name = type(request).__name__.removesuffix("Request")

        def meets(kind: str) -> bool:
            return self.hits(kind) or self.hits(f"{name}: {kind}")

        if meets("rate_limited"):
            raise Refuse(420, f"FLOOD_WAIT_{self.flood_ms // 1000}")
        if meets("not_reached"):
            raise Refuse(-500, "No workers running")
        if meets("lost_request"):
            raise Refuse(-503, "Timeout")
        if meets("cut_before"):
            raise Cut
        answer = handler(Asking(self, connection), request)
        if meets("lost_answer"):
            raise Refuse(-503, "Timeout")
        if meets("cut_after"):
            raise Cut
        return answer

    def fault(self, kind: str, count: int = 1, ms: int = 0) -> None:
        """Let something go wrong with the next commands: rate_limited, not_reached, lost_request, lost_answer, cut_before,
        cut_after, duplicate_events, reordered_events, history_flood.
        """
        self.faults[kind] += count
        self.flood_ms = ms or self.flood_ms

    def fail_in(self, request: str, kind: str) -> None:
        """Let one fault happen at the next request of this name, such as SendMultiMedia, whatever comes before it."""
        self.faults[f"{request}: {kind}"] += 1

    def hits(self, kind: str) -> bool:
        """Whether a fault happens now."""
        if self.faults[kind] <= 0:
            return False
        self.faults[kind] -= 1
        return True

    def _check_login(self, key: Key) -> None:
        if key.user is None:
            raise Refuse(401, "AUTH_KEY_UNREGISTERED")
        if self.world.people[key.user].is_banned:
            raise Refuse(401, "USER_DEACTIVATED_BAN")

    def tell(self, owner: int, updates: list[Any], *, but: Connection | None = None) -> None:
        """Tell an account's connections what happened."""
        links = [
            link for link in self.connections if link is not but and link.wants_updates and link.key and link.key.user == owner
        ]
        if not links:
            return
        users, chats_ = self.world.with_them(owner, updates)
        for link in links:
            link.send(types.Updates(updates, users, chats_, self.world.date(), 0))

    def send_raw(self, owner: int, thing: Any) -> None:
        """Send an account's connections anything."""
        for link in self.connections:
            if link.key is not None and link.key.user == owner:
                link.send(thing)

    def revoke(self, owner: int) -> None:
        """The account ends its sessions on another device."""
        links = [link for link in self.connections if link.key is not None and link.key.user == owner]
        for key in self.keys.values():
            if key.user == owner:
                key.user = None
        for link in links:
            link.send(types.UpdatesTooLong())

    def drop(self) -> None:
        """Every link breaks."""
        for link in list(self.connections):
            link.close()

    def note(self, kind: str, **facts: Any) -> None:
        """Write into the record."""
        self.record.append({"kind": kind, **facts})
