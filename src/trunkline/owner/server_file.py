"""server.json in the data folder (0600): where the owner listens, and the token of the local user."""

import json
import os
from pathlib import Path
from typing import NamedTuple

NAME = "server.json"


class ServerFile(NamedTuple):
    """What the owner writes as soon as it answers."""

    pid: int
    port: int
    """On 127.0.0.1."""
    token: str
    """Fresh for each owner; stands for the local user. Only sent to an owner that has proven itself (proof.py)."""
    version: str


def write(folder: Path, server: ServerFile) -> None:
    """Put the file in place whole, so that no reader sees half of one. Raises OSError."""
    draft = folder / f".{NAME}-{server.pid}"
    descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(server._asdict(), file)
    draft.replace(folder / NAME)


def read(folder: Path) -> ServerFile | None:
    """The file's content; None where there is none or it is not ours to understand."""
    try:
        found = json.loads((folder / NAME).read_bytes())
        server = ServerFile(*(found[key] for key in ServerFile._fields))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    fits = isinstance(server.port, int) and isinstance(server.pid, int) and isinstance(server.token, str)
    return server if fits and 0 < server.port < 65536 else None


def remove(folder: Path, token: str) -> None:
    """Take the file away if it is still that of the owner with this token."""
    server = read(folder)
    if server is not None and server.token == token:
        (folder / NAME).unlink(missing_ok=True)
