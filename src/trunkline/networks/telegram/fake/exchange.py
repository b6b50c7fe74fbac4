"""The server's side of the key exchange, with the RSA padding that Telethon uses.

Source: core.telegram.org/mtproto/auth_key, 2026-11-22.
"""

import os
import struct
import time
from functools import cache
from hashlib import sha1
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from telethon import helpers
from telethon.crypto import AES, AuthKey
from telethon.extensions import BinaryReader
from telethon.tl import TLObject, functions, types

from trunkline.networks.telegram.fake.frames import BadPacket
from trunkline.networks.telegram.fake.srp import PRIME

_P, _Q = 1_229_739_323, 1_402_015_859
_G = 3
_MODULUS = int.from_bytes(PRIME, "big")


@cache
def server_key() -> RSAPrivateKey:
    """This process's server key."""
    return generate_private_key(65_537, 2_048)


def public_key() -> str:
    """Its public half, as clients are given it."""
    return server_key().public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()


class Exchange:
    """One exchange with one client, in three requests. fails: the proof at its end is wrong."""

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails
        self._server_nonce = int.from_bytes(os.urandom(16), "little", signed=True)
        self._nonce = 0
        self._new_nonce = 0
        self._secret = int.from_bytes(os.urandom(256), "big")
        self.key: bytes | None = None
        """The key, once both sides know it."""

    def answer(self, request: Any) -> Any:
        """The answer to a request of the exchange. Raises BadPacket."""
        match request:
            case functions.ReqPqMultiRequest():
                self._nonce = request.nonce
                return types.ResPQ(self._nonce, self._server_nonce, _number(_P * _Q), [_fingerprint()])
            case functions.ReqDHParamsRequest():
                return self._parameters(request)
            case functions.SetClientDHParamsRequest():
                return self._agreed(request)
        raise BadPacket

    def _parameters(self, request: Any) -> Any:
        numbers = server_key().private_numbers()
        opened = pow(int.from_bytes(request.encrypted_data, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")[
            1:
        ]
        with BinaryReader(opened[20:]) as reader:
            inner = reader.tgread_object()
        if (
            inner.nonce != self._nonce
            or inner.server_nonce != self._server_nonce
            or {inner.p, inner.q} != {_number(_P), _number(_Q)}
        ):
            raise BadPacket
        self._new_nonce = inner.new_nonce
        public = pow(_G, self._secret, _MODULUS)
        told = bytes(types.ServerDHInnerData(self._nonce, self._server_nonce, _G, PRIME, _number(public), int(time.time())))
        hashed = sha1(told).digest() + told
        return types.ServerDHParamsOk(self._nonce, self._server_nonce, AES.encrypt_ige(_padded(hashed), *self._temporary()))

    def _agreed(self, request: Any) -> Any:
        opened = AES.decrypt_ige(request.encrypted_data, *self._temporary())
        with BinaryReader(opened[20:]) as reader:
            inner = reader.tgread_object()
        shared = pow(int.from_bytes(inner.g_b, "big"), self._secret, _MODULUS)
        self.key = shared.to_bytes(256, "big")
        proof = AuthKey(self.key).calc_new_nonce_hash(self._new_nonce, 2 if self._fails else 1)
        return types.DhGenOk(self._nonce, self._server_nonce, proof)

    def _temporary(self) -> tuple[bytes, bytes]:
        key, iv = helpers.generate_key_data_from_nonce(self._server_nonce, self._new_nonce)
        return key, iv


def plain(body: bytes) -> bytes:
    """A message without encryption."""
    return struct.pack("<qqi", 0, int(time.time()) << 32 | 1, len(body)) + body


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _padded(data: bytes) -> bytes:
    return data + os.urandom(-len(data) % 16)


def _fingerprint() -> int:
    public = server_key().public_key().public_numbers()
    packed = b"".join(TLObject.serialize_bytes(_number(value)) for value in (public.n, public.e))
    return int(struct.unpack("<q", sha1(packed).digest()[-8:])[0])
