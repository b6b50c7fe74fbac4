"""The quickstart is run as it stands, as a new user would: an empty home folder, the page's commands in the page's order."""

import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "quickstart.md"

pytestmark = pytest.mark.slow


def blocks() -> list[str]:
    """The page's shell blocks, in order; the first one starts the server."""
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Terminal:
    """The page's first command, running in a terminal of its own."""

    def __init__(self, command: str, home: Path, port: int):
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TRUNKLINE_", "XDG_"))},
            "HOME": str(home),
            "TRUNKLINE_PORT": str(port),
        }
        self._ready = home / "ready.json"
        self._server = subprocess.Popen(
            ["sh", "-c", f"exec {command.strip()} --ready-file '{self._ready}'"],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read_greeting(self) -> str:
        """What it says until the person is told how to stop it."""
        assert self._server.stdout is not None
        lines = []
        for line in self._server.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        return "".join(lines)

    def environment(self) -> dict[str, str]:
        """What a second terminal has, once the key was put into it."""
        ready = json.loads(self._ready.read_text(encoding="utf-8"))
        return {**self._environment, "KEY": ready["api_key"]}

    def end(self) -> int:
        """End it as a service manager would; gives the exit code."""
        self._server.send_signal(signal.SIGTERM)
        self._server.communicate(timeout=20)
        return self._server.returncode


def test_the_commands_of_the_quickstart_do_what_the_page_says(tmp_path: Path) -> None:
    """Ours: the first page a person follows is the last one that may be wrong."""
    start, *others = blocks()
    assert others
    port = free_port()
    script = "\n".join(["set -eu", *others]).replace("127.0.0.1:3114", f"127.0.0.1:{port}")
    terminal = Terminal(start, tmp_path, port)
    try:
        greeting = terminal.read_greeting()
        done = subprocess.run(
            ["sh", "-c", script], cwd=ROOT, env=terminal.environment(), capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        exit_code = terminal.end()
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Shall we meet on Thursday?" in done.stdout
    assert "send_message_in_chat" in done.stdout, "the audit shows what was done"
    assert re.search(r"API key +tl_\w+", greeting)
    assert re.search(r"PCID +pc_\w+", greeting)
    assert f"claude mcp add trunkline -- {ROOT}/.venv/bin/trunkline mcp" in greeting
    assert exit_code == 0
