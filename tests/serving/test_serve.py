"""`trunkline serve` from start to end, and every way in which it cannot start. Sources: design.md 7, 11; security.md 6.8."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from trunkline.owner import server_file
from trunkline.owner.find import connect
from trunkline.store.store import DATABASE_FILE

from .conftest import CEILING_S, Begin, environment

pytestmark = pytest.mark.slow

SECRET_MODES = 0o077


def run(*arguments: str, **variables: str) -> tuple[int, str, str]:
    """A command that ends by itself."""
    done = subprocess.run(
        [sys.executable, "-m", "trunkline", *arguments],
        capture_output=True,
        timeout=CEILING_S,
        check=False,
        env={**environment(), **variables},
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_first_start_says_all_that_is_needed_and_later_ones_keep_the_key(begin: Begin, folder: Path) -> None:
    """design.md 11."""
    first = begin("--seed", "small")
    ready = first.wait()
    assert set(ready) == {"url", "api_key", "admin_key", "pcid", "pid"}
    assert ready["pid"] == first.process.pid
    assert first.ready_file.stat().st_mode & SECRET_MODES == 0
    owner = connect(folder)
    assert owner is not None
    assert owner.pid == first.process.pid
    code, out, err = first.end()
    assert (code, err) == (0, "")
    assert ready["url"] in out
    assert ready["pcid"] in out
    assert out.count("tl_") == 4  # once by itself, and in three HTTP settings
    assert ready["api_key"] not in out
    assert f'"args": ["mcp", "--data", "{folder}"]' in out
    assert not first.ready_file.exists()
    assert server_file.read(folder) is None

    second = begin("--seed", "small")
    again = second.wait()
    assert again["pcid"] == ready["pcid"]
    assert again["api_key"] != ready["api_key"]
    code, out, err = second.end(signal.SIGINT)
    assert (code, err) == (0, "")
    assert "tl_" not in out
    assert "trunkline key create" in out


def test_everything_in_the_data_folder_is_for_its_owner_alone(begin: Begin, folder: Path) -> None:
    """security.md 5.3: umask 077 first thing."""
    server = begin("--seed", "small")
    server.wait()
    for path in [folder, *folder.rglob("*")]:
        assert (path, path.stat().st_mode & SECRET_MODES) == (path, 0)


def test_the_seed_brings_an_account_on_each_network_and_a_second_seed_is_refused(begin: Begin) -> None:
    server = begin("--seed", "small")
    with server.http() as http:
        accounts = http.get("/api/v1/connections/accounts").json()["items"]
    assert len({account["type"] for account in accounts}) == 7
    server.end()
    code, out, err = begin("--seed", "empty").end(0)
    assert (code, out) == (2, "")
    assert "trunkline sandbox reset" in err


def test_a_port_in_use_is_said_in_words(begin: Begin, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = begin(port=str(port)).end(0)
    assert (code, out) == (1, "")
    assert err == (
        f"trunkline: Port {port} on 127.0.0.1 is in use by another program. "
        "End that program, or take another port with --port.\n"
    )
    assert not (folder / DATABASE_FILE).exists()


def test_a_second_server_is_told_of_the_first(begin: Begin, folder: Path) -> None:
    first = begin()
    ready = first.wait()
    code, out, err = begin().end(0)
    assert (code, out) == (1, "")
    assert err.startswith(f"trunkline: Trunkline serves the data folder {folder} already: process {first.process.pid}, ")
    assert ready["url"] in err
    assert first.end()[0] == 0


def test_a_newer_database_is_left_alone(begin: Begin, folder: Path) -> None:
    first = begin()
    first.wait()
    first.end()
    with sqlite3.connect(folder / DATABASE_FILE) as database:
        database.execute("INSERT INTO migration (name) VALUES ('9999_tomorrow')")
    database.close()
    before = (folder / DATABASE_FILE).read_bytes()
    code, out, err = begin().end(0)
    assert (code, out) == (1, "")
    assert err.startswith("trunkline: The database was written by a newer Trunkline")
    assert err.count("\n") == 1
    assert (folder / DATABASE_FILE).read_bytes() == before


@pytest.mark.parametrize("command", ["serve", "mcp"])
@pytest.mark.parametrize("folder", ["/dev/null/data", "/proc/data"])
def test_a_folder_that_cannot_be_written_is_said_in_words(command: str, folder: str) -> None:
    code, out, err = run(command, "--data", folder)
    assert (code, out) == (2, "")
    assert err.startswith(f"trunkline: The data folder {folder} cannot be made (")
    assert err.count("\n") == 1


def test_a_secret_that_others_can_read_is_refused(begin: Begin, folder: Path) -> None:
    """security.md 5.3: refuse to start if others can read the key file."""
    first = begin()
    first.wait()
    first.end()
    (folder / "secret.key").chmod(0o644)
    code, _, err = begin().end(0)
    assert code == 1
    assert "chmod 600" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("serve", "--port", "x"), "port (--port) cannot be 'x'; it must be a whole number from 0 to 65535."),
        (("serve", "--prot", "1"), "serve has no option '--prot'; it has --data, "),
        (("serve", "--port"), "--port needs a value."),
        (("serve", "--port", "1", "--port=2"), "--port is given twice."),
        (("mcp", "--port", "1"), "mcp has no option '--port'; it has --data."),
        (("serv",), "No such command 'serv'. Did you mean 'serve'? `trunkline --help` shows"),
        (("serve", "--host", "203.0.113.7"), "Trunkline cannot listen on 203.0.113.7 port 3114: "),
        (
            ("serve", "--port", "0", "--networks", "sandbox,pigeon"),
            "The setting networks names 'pigeon', which is none. There are: ",
        ),
        (("serve", "--port", "0", "--secret", "env:NO_SUCH"), "The environment variable NO_SUCH must hold the secret: "),
    ],
)
def test_what_cannot_be_understood_is_one_sentence(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = run(*arguments, TRUNKLINE_DATA=str(folder))
    assert (code, out) == (2, "")
    assert err.startswith(f"trunkline: {words}")
    assert err.count("\n") == 1


def test_the_secret_can_come_from_the_environment(begin: Begin, folder: Path) -> None:
    os.environ["TEST_SECRET"] = "A" * 43 + "="
    try:
        server = begin("--secret", "env:TEST_SECRET")
        server.wait()
    finally:
        del os.environ["TEST_SECRET"]
    assert not (folder / "secret.key").exists()


def test_help_and_version_are_printed(folder: Path) -> None:
    code, out, _ = run("--version")
    assert (code, out) == (0, "trunkline 0.1.0\n")
    assert "--allowed-hosts" in run("serve", "--help")[1]
    assert run("--help")[0] == 0
    assert run("serv")[0] == 2


def test_a_server_that_is_told_to_end_answers_what_it_has_taken(begin: Begin, folder: Path) -> None:
    """security.md 6.8, R17: nothing that was accepted is reset.

    What a client wrote into a connection that was being closed (RFC 9112 9.5: that cannot be kept from happening), or met a
    closed door with, was never taken, and so was never sent.
    """
    server = begin("--seed", "small", folder=folder)
    with server.http() as http, ThreadPoolExecutor(16) as pool:
        chat = http.get("/api/v1/chats?limit=1&account_type=WHATSAPP").json()["items"][0]["id"]

        def send(number: int) -> int | None:
            if number == 20:
                server.process.terminate()
            try:
                return http.post(f"/api/v1/chats/{chat}/messages", json={"text": f"n{number}"}).status_code
            except (httpx2.ConnectError, httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
                return None

        statuses = list(pool.map(send, range(40)))
    assert set(statuses) <= {201, 503, None}
    assert statuses.count(201) >= 5  # of the twenty before it, as many as the fifteen other threads cannot still be busy with
    code, _, err = server.end()
    assert (code, err) == (0, "")
    again = begin(folder=folder)
    with again.http() as http:
        items = http.get(f"/api/v1/chats/{chat}/messages?limit=250").json()["items"]
    sent = {item["text"] for item in items if item["is_sender"] and item["text"].startswith("n")}
    assert sent == {f"n{number}" for number, status in enumerate(statuses) if status == 201}


def test_the_ready_file_of_an_earlier_server_does_not_pass_for_this_one(begin: Begin, folder: Path) -> None:
    stale = folder.parent / "ready.json"
    stale.write_text(json.dumps({"pid": 0}))
    code, _, _ = run("serve", "--data", str(folder), "--port", "x", "--ready-file", str(stale))
    assert code == 2
    server = begin("--host", "nonsense", folder=folder)
    server.end(0)
    first = begin()
    assert first.wait()["pid"] == first.process.pid
