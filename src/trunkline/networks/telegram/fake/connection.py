"""One connection of a client. Without tasks: what arrives is answered where it arrives."""

import asyncio
import struct
import time
from typing import TYPE_CHECKING, Any

from telethon.extensions import BinaryReader
from telethon.tl import types
from telethon.tl.core import GzipPacked, MessageContainer
from telethon.tl.functions import PingDelayDisconnectRequest, PingRequest

from trunkline.networks.telegram.fake.exchange import Exchange, plain
from trunkline.networks.telegram.fake.frames import BadPacket, Opened, key_id_of, next_packet, opened, packet, sealed
from trunkline.networks.telegram.fake.keys import Key

if TYPE_CHECKING:
    from trunkline.networks.telegram.fake.server import FakeTelegram

_VECTOR, _RESULT = 0x1CB5C415, 0xF35C6D01
_TRUE, _FALSE = 0x997275B5, 0xBC799737
_SALT = 0x5A17
_ZIP_FROM = 4_096


class Refuse(Exception):
    """The server's answer is an error."""

    def __init__(self, code: int, name: str) -> None:
        super().__init__(name)
        self.code = code
        self.name = name


class Cut(Exception):
    """The server closes the connection instead of answering."""


class Connection(asyncio.Protocol):
    """A client's connection: packets, encryption, message ids, salts, acknowledgements."""

    def __init__(self, server: "FakeTelegram", data_center: int) -> None:
        self.server = server
        self.data_center = data_center
        self.key: Key | None = None
        self.wants_updates = False
        self.unacknowledged: set[int] = set()
        """Messages of ours that the client has not acknowledged."""
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._packets_in = 0
        self._packets_out = 0
        self._exchange: Exchange | None = None
        self._session = 0
        self._last_id = 0
        self._sent = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.server.connections.append(self)
        self.server.links_made += 1
        if self.server.refuses_links:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self in self.server.connections:
            self.server.connections.remove(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        try:
            while (payload := next_packet(self._received, self._packets_in)) is not None:
                self._packets_in += 1
                self._take(payload)
        except (BadPacket, Cut):
            self.close()

    def close(self) -> None:
        """Drop the link."""
        if self._transport is not None:
            self._transport.abort()

    def send(self, thing: Any, *, is_answer: bool = False) -> None:
        """Send an object to the client: an answer, or something of the server's own."""
        if self._transport is None or self.key is None:
            return
        body = thing if isinstance(thing, bytes) else bytes(thing)
        msg_id = self._next_id(1 if is_answer else 3)
        self.unacknowledged.add(msg_id)
        seq_no = 2 * self._sent + 1
        self._sent += 1
        self._write(sealed(Opened(_SALT, self._session, msg_id, seq_no, body), self.key.data, self.key.id))

    def send_bytes(self, payload: bytes) -> None:
        """Send a packet whose content is no message: garbage, or a transport error."""
        self._write(payload)

    def _write(self, payload: bytes) -> None:
        if self._transport is not None:
            self._transport.write(packet(payload, self._packets_out))
            self._packets_out += 1

    def _take(self, payload: bytes) -> None:
        if key_id_of(payload) == 0:
            self._exchange_key(payload)
            return
        key = self.server.keys.get(key_id_of(payload))
        if key is None or key.data_center != self.data_center:
            self._write(struct.pack("<i", -404))  # the transport's way to say: no such key
            return
        self.key = key
        message = opened(payload, key.data)
        if message.msg_id % 4:
            raise BadPacket
        is_new = message.session != self._session
        self._session = message.session
        if message.salt != _SALT:
            self.send(types.BadServerSalt(message.msg_id, message.seq_no, 48, _SALT))
            return
        if is_new:
            self.send(types.NewSessionCreated(message.msg_id, 1, _SALT))
        with BinaryReader(message.body) as reader:
            self._hear(message.msg_id, reader.tgread_object())

    def _exchange_key(self, payload: bytes) -> None:
        self._exchange = self._exchange or Exchange(fails=self._fails_exchange())
        with BinaryReader(payload[20:]) as reader:
            self._write(plain(bytes(self._exchange.answer(reader.tgread_object()))))
        if self._exchange.key is not None:
            made = Key(self._exchange.key, self.data_center)
            self.server.keys[made.id] = made
            self._exchange = None

    def _fails_exchange(self) -> bool:
        return self.server.hits("bad_exchange") or self.server.hits(f"bad_exchange in {self.data_center}")

    def _hear(self, msg_id: int, heard: Any) -> None:
        match heard:
            case MessageContainer():
                for inner in heard.messages:
                    self._hear(inner.msg_id, inner.obj)
            case GzipPacked():
                with BinaryReader(heard.data) as reader:
                    self._hear(msg_id, reader.tgread_object())
            case types.MsgsAck():
                self.unacknowledged.difference_update(heard.msg_ids)
            case PingRequest() | PingDelayDisconnectRequest():
                self.send(types.Pong(msg_id, heard.ping_id), is_answer=True)
            case _:
                self._answer(msg_id, heard)

    def _answer(self, msg_id: int, request: Any) -> None:
        try:
            body = _encoded(self.server.answer(self, request))
        except Refuse as refused:
            body = bytes(types.RpcError(refused.code, refused.name))
        if len(body) > _ZIP_FROM and self.server.zips:
            body = bytes(GzipPacked(body))
        self.send(struct.pack("<Iq", _RESULT, msg_id) + body, is_answer=True)

    def _next_id(self, ending: int) -> int:
        now = time.time()
        number = (int(now) << 32 | int(now % 1 * 2**30) << 2) & ~3 | ending
        while number <= self._last_id:
            number = (self._last_id & ~3) + 4 + ending
        self._last_id = number
        return number


def _encoded(answer: Any) -> bytes:
    if isinstance(answer, bool):
        return struct.pack("<I", _TRUE if answer else _FALSE)
    if isinstance(answer, list):
        return struct.pack("<Ii", _VECTOR, len(answer)) + b"".join(bytes(each) for each in answer)
    return bytes(answer)
