"""The server's side of the second password (SRP). Source: core.telegram.org/api/srp, 2026-11-22."""

import os
from hashlib import sha256
from typing import Any

from telethon.password import big_num_for_hash, compute_digest, num_bytes_for_hash, xor
from telethon.tl import types

_SALT1, _SALT2 = b"salt-one", b"salt-two"
_G = 3
PRIME = bytes.fromhex(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed4"
    "4cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f"
    "3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc4"
    "65b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf"
    "6f4fadf034b10403119cd8e3b92fcc5b"
)
"""The prime of Telegram's own servers, which clients know for good."""
_KDF = types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow
_ALGORITHM = _KDF(_SALT1, _SALT2, _G, PRIME)
_P = int.from_bytes(PRIME, "big")
_K = int.from_bytes(sha256(num_bytes_for_hash(PRIME) + big_num_for_hash(_G)).digest(), "big")


def verifier_of(password: str) -> int:
    """What a server keeps of a password."""
    return int.from_bytes(compute_digest(_ALGORITHM, password), "big")


def question(verifier: int, srp_id: int, secret: int, hint: str) -> Any:
    """What a client is asked."""
    public = (_K * verifier + pow(_G, secret, _P)) % _P
    return types.account.Password(
        new_algo=types.PasswordKdfAlgoUnknown(), new_secure_algo=types.SecurePasswordKdfAlgoUnknown(),
        secure_random=os.urandom(32),
        has_password=True, current_algo=_ALGORITHM, srp_B=big_num_for_hash(public), srp_id=srp_id, hint=hint,
    )  # fmt: skip


def new_secret() -> int:
    """A secret exponent for one question."""
    return int.from_bytes(os.urandom(256), "big")


def is_right(check: Any, verifier: int, srp_id: int, secret: int) -> bool:
    """Whether an InputCheckPasswordSRP proves the password."""
    if check.srp_id != srp_id:
        return False
    public = big_num_for_hash((_K * verifier + pow(_G, secret, _P)) % _P)
    theirs = num_bytes_for_hash(check.A)
    mixed = int.from_bytes(sha256(theirs + public).digest(), "big")
    shared = pow(int.from_bytes(theirs, "big") * pow(verifier, mixed, _P), secret, _P)
    proof = sha256(
        xor(sha256(num_bytes_for_hash(PRIME)).digest(), sha256(big_num_for_hash(_G)).digest())
        + sha256(_SALT1).digest()
        + sha256(_SALT2).digest()
        + theirs
        + public
        + sha256(big_num_for_hash(shared)).digest()
    ).digest()
    return proof == bytes(check.M1)
