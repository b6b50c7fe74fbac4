"""WhatsApp, played for tests: what `scripted/index.js` says at its wire is answered from a small world of people and chats.

The side process and everything above it run as they do in life; only the module `baileys` is replaced. It was written by this
project from Baileys' types and source: what works here shows that both agree, not that WhatsApp behaves so.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from trunkline.networks.whatsapp.linked.fake_answers import ANSWERS
from trunkline.networks.whatsapp.linked.fake_world import OWN, World

_QR_MS = 20_000
_PAIRING_MS = 150_000


class FakeNetwork:
    """The network. Nobody writes unless told to. clock: milliseconds."""

    def __init__(self, clock: Callable[[], int], own: str = OWN) -> None:
        self.world = World(clock, own)
        self.faults: Counter[str] = Counter()
        self.wires: list[Wire] = []
        self.queue: list[tuple[str, Any]] = []
        """What happened while nobody was connected."""
        self.on_message: Callable[[], None] | None = None
        """Called when a message was taken, before anything is said of it."""
        self.wanted: list[Any] = []
        self.typed: list[tuple[str, str]] = []
        self._held: list[tuple[str, Any]] = []
        self._beside: list[FakeNetwork] = []
        self._pairs: FakeNetwork | None = None
        self._server: asyncio.Server | None = None

    def refused(self, status: int, text: str) -> "Refused":
        """The network says no."""
        return Refused(status, text)

    def beside(self, own: str) -> "FakeNetwork":
        """Another person's part of the network, behind the same address. Whoever pairs from now on pairs with them."""
        made = FakeNetwork(self.world.clock, own)
        self._beside.append(made)
        self._pairs = made
        return made

    def pairs_with(self, whose: "FakeNetwork") -> None:
        """Whoever pairs from now on pairs with this part."""
        self._pairs = whose

    def home_of(self, device: str | None) -> "FakeNetwork":
        """The part that a device belongs to; None: one that is being paired."""
        if device is None:
            return self._pairs or self
        return next((each for each in self._beside if each.world.me["id"] == device), self)

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.get_running_loop().create_server(lambda: Wire(self), "127.0.0.1", 0)

    async def close(self) -> None:
        """Stop."""
        assert self._server is not None
        self._server.close()
        for wire in list(self.wires):
            wire.transport.abort()

    def open_wire(self) -> "Wire | None":
        """The connection of the logged-in device."""
        return next((wire for wire in self.wires if wire.is_open), None)

    def tell(self, name: str, data: Any) -> bool:
        """Something happens: told now, or once somebody is connected; gives whether it was told."""
        if self.faults["reordered_events"] > 0 and name == "messages.upsert":
            self._held.append((name, data))
            self.faults["reordered_events"] -= 1
            if self.faults["reordered_events"] > 0:
                return False
            held, self._held = self._held[::-1], []
            told = [self._deliver(*each) for each in held]
            return all(told)
        is_told = self._deliver(name, data)
        if self.faults["duplicate_events"] > 0 and name == "messages.upsert":
            self.faults["duplicate_events"] -= 1
            self._deliver(name, data)
        return is_told

    def confirm(self) -> None:
        """The person has scanned, or typed the code."""
        for wire in self.wires:
            if wire.is_pairing:
                secret = self.world.log_in()
                wire.event("creds.update", {"me": self.world.me, "platform": "smba", "registered": True, "secret": secret})
                wire.event("connection.update", {"isNewLogin": True})
                wire.say({"close": 515})

    def moved(self) -> None:
        """The clock was moved."""
        for wire in self.wires:
            if wire.is_pairing:
                wire.renew(self.world.clock())

    def cut(self, code: int) -> bool:
        """End the connection of the device; gives whether there was one."""
        wire = self.open_wire()
        if wire is None:
            return False
        wire.is_open = False
        wire.say({"close": code})
        return True

    def _deliver(self, name: str, data: Any) -> bool:
        wire = self.open_wire()
        if wire is None:
            self.queue.append((name, data))
            return False
        wire.event(name, data)
        return True


class Wire(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self, network: FakeNetwork) -> None:
        self.network = network
        self.is_open = False
        self.is_pairing = False
        self._began_ms = 0
        self._codes = 0
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connects."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.network.wires.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self.is_open = self.is_pairing = False
        if self in self.network.wires:
            self.network.wires.remove(self)

    def data_received(self, data: bytes) -> None:
        """Lines."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def say(self, object_: dict[str, Any]) -> None:
        """Say a line."""
        if not self.transport.is_closing():
            self.transport.write(json.dumps(object_).encode() + b"\n")

    def event(self, name: str, data: Any) -> None:
        """Say an event of Baileys."""
        self.say({"event": name, "data": data})

    def renew(self, now: int) -> None:
        """Show another QR code when it is time."""
        if now - self._began_ms >= _PAIRING_MS:
            self.is_pairing = False
            self.say({"close": 408})
        elif now - self._began_ms >= _QR_MS * self._codes:
            self._codes += 1
            self.event("connection.update", {"qr": f"2@code-{self._codes}-{self._began_ms}"})

    def _take(self, said: dict[str, Any]) -> None:
        if "hello" in said:
            self._hello(said)
        elif "ask" in said:
            self._answer(said)
        elif "thanks" in said:
            self.network.world.thanked.add(said["thanks"])
        elif "wanted" in said:
            self.network.wanted.append(said["wanted"])

    def _hello(self, said: dict[str, Any]) -> None:
        self.network.wires.remove(self)
        self.network = self.network.home_of(said["hello"])
        self.network.wires.append(self)
        world = self.network.world
        if said["hello"] is None:
            self.is_pairing = True
            self._began_ms = world.clock()
            self.renew(self._began_ms)
        elif world.is_restricted:
            self.say({"close": 403})
        elif said["secret"] not in world.secrets:
            self.say({"close": 401})
        else:
            self._open()

    def _open(self) -> None:
        world, network = self.network.world, self.network
        self.is_open = True
        self.say({"keys": {"session": {f"{world.me['id']}.0": {"record": world.clock()}}}})
        self.event("connection.update", {"connection": "open"})
        for notice in world.notices():
            self.say({"history": notice})
        queue, network.queue = network.queue, []
        for name, data in queue:
            self.event(name, data)

    def _answer(self, said: dict[str, Any]) -> None:
        answer: dict[str, Any] = {"answer": said["ask"]}
        try:
            answer["value"] = ANSWERS[said["name"]](self.network, *said["args"])
        except Refused as refused:
            answer |= {"status": refused.status, "text": str(refused)}
        self.say(answer)


class Refused(Exception):
    """The network says no, with its number."""

    def __init__(self, status: int, text: str = "refused") -> None:
        super().__init__(text)
        self.status = status
