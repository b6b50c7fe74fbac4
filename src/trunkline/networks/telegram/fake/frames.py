"""Packets of MTProto over TCP ("full" transport) and their encryption, from the server's side.

Source: core.telegram.org/mtproto/mtproto-transports and /mtproto/description (MTProto 2.0), 2026-11-22.
"""

import os
import struct
from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

from telethon.crypto import AES
from telethon.network.mtprotostate import MTProtoState


class BadPacket(Exception):
    """The client broke the transport's rules."""


class Opened(NamedTuple):
    """A message, decrypted."""

    salt: int
    session: int
    msg_id: int
    seq_no: int
    body: bytes


def packet(payload: bytes, number: int) -> bytes:
    """length, sequence number, payload, CRC32."""
    head = struct.pack("<ii", len(payload) + 12, number) + payload
    return head + struct.pack("<I", crc32(head))


def next_packet(received: bytearray, number: int) -> bytes | None:
    """Take a whole packet off what was received; None while there is none. Raises BadPacket."""
    if len(received) < 8:
        return None
    length, found = struct.unpack_from("<ii", received)
    if not 12 <= length <= 2**24 or found != number:
        raise BadPacket
    if len(received) < length:
        return None
    whole = bytes(received[:length])
    del received[:length]
    if struct.unpack("<I", whole[-4:])[0] != crc32(whole[:-4]):
        raise BadPacket
    return whole[8:-4]


def key_id_of(payload: bytes) -> int:
    """Which key a payload is encrypted with."""
    return int(struct.unpack_from("<Q", payload)[0])


def opened(payload: bytes, key: bytes) -> Opened:
    """Decrypt what a client sent. Raises BadPacket."""
    msg_key = payload[8:24]
    aes_key, aes_iv = MTProtoState._calc_key(key, msg_key, True)
    data = AES.decrypt_ige(payload[24:], aes_key, aes_iv)
    if sha256(key[88:120] + data).digest()[8:24] != msg_key:
        raise BadPacket
    salt, session, msg_id, seq_no, length = struct.unpack_from("<qqqii", data)
    if not 0 <= length <= len(data) - 32:
        raise BadPacket
    return Opened(salt, session, msg_id, seq_no, data[32 : 32 + length])


def sealed(message: Opened, key: bytes, key_id: int) -> bytes:
    """Encrypt a message to a client."""
    head = struct.pack("<qqqii", message.salt, message.session, message.msg_id, message.seq_no, len(message.body))
    data = head + message.body
    data += os.urandom(-(len(data) + 12) % 16 + 12)
    msg_key = sha256(key[96:128] + data).digest()[8:24]
    aes_key, aes_iv = MTProtoState._calc_key(key, msg_key, False)
    return struct.pack("<Q", key_id) + msg_key + bytes(AES.encrypt_ige(data, aes_key, aes_iv))
