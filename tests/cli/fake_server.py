"""An owner that answers as it is told, and notes what it was asked."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from trunkline.owner import proof, server_file

Act = tuple[int, object] | str
"""A status and a body; or `break`: take the request and end the connection without a word."""


class Asked(NamedTuple):
    """One request."""

    line: str
    headers: dict[str, str]
    body: bytes


class FakeServer(ThreadingHTTPServer):
    """Proves itself; then does one act after another, and `{}` when there is none left. `silent`: takes and never answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = proof.new_secret()
        self.acts: list[Act] = []
        self.asked: list[Asked] = []
        self.port = int(self.server_address[1])
        self.silent = False
        self.has_been_asked = threading.Event()
        self.has_ended = threading.Event()

    def announce(self, folder: Path, pid: int | None = None) -> None:
        """Write server.json and begin to answer."""
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        server_file.write(folder, server_file.ServerFile(pid or os.getpid(), self.port, self.token, "fake"))

    def end(self) -> None:
        """Stop answering."""
        self.has_ended.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FakeServer

    def do_GET(self) -> None:
        if self.path.startswith(proof.PATH):
            nonce = parse_qs(urlsplit(self.path).query)["nonce"][0]
            self._answer(200, {"proof": proof.prove(self.server.token, nonce, self.server.port)})
        else:
            self._act()

    def do_POST(self) -> None:
        self._act()

    def do_DELETE(self) -> None:
        self._act()

    def _act(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(f"{self.command} {self.path}", headers, body))
        self.server.has_been_asked.set()
        if self.server.silent:
            self.server.has_ended.wait()
            self.close_connection = True
            return
        act = self.server.acts.pop(0) if self.server.acts else (200, {})
        if act == "break":
            self.close_connection = True
            return
        assert not isinstance(act, str)
        if headers["authorization"] != f"Bearer {self.server.token}":
            act = (401, {"type": "errors/invalid_credentials", "detail": "The API key or token is not valid."})
        self._answer(*act)

    def _answer(self, status: int, body: object) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
