"""The sandbox's settings, each named `sandbox.<name>`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from trunkline.model.errors import InvalidArgument

_PREFIX = "sandbox."


@dataclass(frozen=True)
class Options:
    """How the simulated world behaves. All times are milliseconds on the sandbox's clock."""

    latency_ms: int = 0
    """How long each request takes to the network and back."""
    answer_ms: int = 1_500
    """How long a person thinks before answering; up to half as much again, by chance."""
    answers: int = 1
    """1: people answer; 0: they stay silent."""
    settle_ms: int = 30_000
    """How long a hub should wait before it looks for an unclear send in the history."""
    memory_ms: int = 86_400_000
    """How long WhatsApp and Telegram remember the tokens of sends."""


def read_options(given: Mapping[str, str]) -> Options:
    """The sandbox's part of the settings. Raises InvalidArgument for an unknown name or a value that is no number."""
    known = {field.name for field in fields(Options)}
    values = {}
    for name, text in given.items():
        if not name.startswith(_PREFIX):
            continue
        short = name.removeprefix(_PREFIX)
        if short not in known:
            raise InvalidArgument(f"{name} is no setting of the sandbox. It knows: {', '.join(sorted(known))}.")
        if not text.isascii() or not text.isdigit():
            raise InvalidArgument(f"{name} must be a whole number from 0 on, not {text!r}.")
        values[short] = int(text)
    return Options(**values)
