"""Find the owner of a data folder: connect to it, or take the lock and become it."""

import json
import time
from pathlib import Path
from typing import NamedTuple

from trunkline.owner import proof, server_file
from trunkline.owner.cannot_start import NotNow
from trunkline.owner.folder import prepare
from trunkline.owner.lock import Lock, take
from trunkline.owner.loopback import Broken, Connection

CHALLENGE_S = 5.0
PATIENCE_S = 30.0
_PAUSE_S = 0.02


class Owner(NamedTuple):
    """A running owner that has proven itself."""

    pid: int
    port: int
    token: str
    version: str


class OwnerSilent(NotNow):
    """A process holds the data folder but does not answer; the text says which and what to do."""


def connect(folder: Path) -> Owner | None:
    """The running owner, or None where nobody answers who can prove to have written server.json."""
    server = server_file.read(folder)
    if server is None:
        return None
    nonce = proof.new_secret()
    try:
        connection = Connection(server.port, CHALLENGE_S)
        try:
            answer = connection.exchange("GET", f"{proof.PATH}?nonce={nonce}", [("Connection", "close")])
        finally:
            connection.close()
        proven = answer.status == 200 and _proof_in(answer.body, server, nonce)
    except Broken:
        return None
    return Owner(*server) if proven else None


def find(folder: Path, patience_s: float = PATIENCE_S) -> Owner | Lock:
    """The running owner, or the lock: then this process owns the folder and has to serve.

    Waits while another process is starting. Raises FolderUnusable, and OwnerSilent after `patience_s` seconds.
    """
    prepare(folder)
    deadline = time.monotonic() + patience_s
    while True:
        if (owner := connect(folder)) is not None:
            return owner
        if (lock := take(folder)) is not None:
            return lock
        if time.monotonic() > deadline:
            raise OwnerSilent(_silence(folder))
        time.sleep(_PAUSE_S)


def _proof_in(body: bytearray, server: server_file.ServerFile, nonce: str) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and proof.is_proven(server.token, nonce, server.port, answer.get("proof"))


def _silence(folder: Path) -> str:
    server = server_file.read(folder)
    who = f"process {server.pid}" if server else "another process"
    return f"The data folder {folder} is held by {who}, which does not answer. End it, or name another folder with --data."
