"""The lines between us and the side process (networks.md 1.4): one JSON object each."""

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType


class Incoming(Struct, frozen=True):
    """A line of the side process. Which fields are there depends on `kind`.

    ready · ping (id) · bye · fault (text) · result (id, value) · error (id, code, text, certain, status, retry_ms) ·
    event (seq, account, name, data) · state (seq, account, data: changed credentials and keys)
    """

    kind: str
    id: int = 0
    value: Any = None
    code: str = ""
    text: str = ""
    certain: bool = False
    status: int | None = None
    retry_ms: int | None = None
    seq: int = 0
    account: str = ""
    name: str = ""
    data: Any = None


class Outgoing(Struct, frozen=True, omit_defaults=True):
    """A line to the side process: call (id, account, method, params) · ack (account, seq) · ping (id) · bye."""

    kind: str
    id: int | UnsetType = UNSET
    account: str | UnsetType = UNSET
    method: str | UnsetType = UNSET
    params: dict[str, Any] | UnsetType = UNSET
    seq: int | UnsetType = UNSET


_DECODER = msgspec.json.Decoder(Incoming)


def read_line(line: bytes) -> Incoming:
    """A line. Raises msgspec.DecodeError or msgspec.ValidationError for anything else."""
    return _DECODER.decode(line)


def write_line(line: Outgoing) -> bytes:
    """A line, with its end."""
    return msgspec.json.encode(line) + b"\n"
