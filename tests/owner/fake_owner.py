"""An owner for tests of the pipe: the standard library's web server, and a record of what it was asked.

Run as a program it is a whole stdio process: `python fake_owner.py FOLDER RECORD`.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from trunkline.owner import proof, server_file
from trunkline.owner.lock import Lock
from trunkline.owner.pipe import run
from trunkline.owner.stop import Stop

CEILING_S = 30


class FakeOwner(ThreadingHTTPServer):
    """Answers /owner and /mcp. `script` holds, per method, what to do in place of echoing."""

    daemon_threads = True

    def __init__(self, record: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = proof.new_secret()
        self.record = record
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.script: dict[str, list[str]] = {}
        self.false_proof = False
        self.proof_port = self.port
        self.mutex = threading.Lock()
        self.is_serving = False
        self.came = threading.Event()
        self.go = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def announce(self, folder: Path) -> None:
        """Write server.json and begin to answer."""
        if not self.is_serving:
            self.is_serving = True
            threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        server_file.write(folder, server_file.ServerFile(os.getpid(), self.port, self.token, "fake"))

    def end(self) -> None:
        """Stop answering."""
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeOwner

    def do_GET(self) -> None:
        nonce = parse_qs(urlsplit(self.path).query)["nonce"][0]
        token = "f" * 64 if self.server.false_proof else self.server.token
        self._answer(200, {"proof": proof.prove(token, nonce, self.server.proof_port)})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.loads(raw)
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.mutex:
            self.server.asked.append((headers, body))
            todo = self.server.script.get(body["method"], [])
            act = todo.pop(0) if todo else "echo"
        if self.server.record is not None:
            with self.server.record.open("a") as record:
                record.write(json.dumps({"owner": os.getpid(), "body": body}) + "\n")
        if self.headers["Authorization"] != f"Bearer {self.server.token}":
            return self._answer(401, {"title": "Invalid credentials", "detail": "The token is not valid."})
        if act == "hold":
            self.server.came.set()
            self.server.go.wait(CEILING_S)
        if body["method"] == "held":
            self.server.came.wait(CEILING_S)
        if body["method"] == "go":
            self.server.go.set()
        if act == "break":
            self.close_connection = True
            return None
        if act == "die":
            os._exit(9)
        if act == "busy":
            return self._answer(503, {"detail": "busy"}, {"Retry-After": "0"})
        if act == "plain":
            return self._answer(413, {"detail": "The body is too large."})
        if act == "no id":
            return self._answer(400, {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "bad"}})
        if "id" not in body:
            return self._answer(202, None)
        result: dict[str, Any] = {"owner": os.getpid(), "saw": body.get("params")}
        if body["method"] == "initialize":
            result = {"protocolVersion": "2025-11-25"}
        return self._answer(200, {"jsonrpc": "2.0", "id": body["id"], "result": result})

    def _answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def serve(lock: Lock, stop: Stop) -> int:
    """Serve until told to end, as `trunkline mcp` would."""
    owner = FakeOwner(Path(sys.argv[2]))
    owner.script = json.loads(os.environ.get("SCRIPT", "{}"))
    ended = threading.Event()
    stop.on_set(ended.set)
    owner.announce(lock.folder)
    ended.wait()
    owner.end()
    server_file.remove(lock.folder, owner.token)
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), serve))
