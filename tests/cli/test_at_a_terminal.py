"""`trunkline connect` as a person uses it: a home without anything, a server, and a real pseudo-terminal."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from .conftest import CEILING_S, plain_environment

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from .terminal import Terminal, at_a_terminal

pytestmark = pytest.mark.slow
Environment = dict[str, str]
NETWORKS = {
    "whatsapp": "WhatsApp",
    "linkedin": "LinkedIn",
    "slack": "Slack",
    "twitter": "Twitter/X",
    "messenger": "Messenger",
    "instagram": "Instagram",
    "telegram": "Telegram",
}
GIVEN_UP = "trunkline: The login was given up. Nothing was connected."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The environment of a person whose home holds nothing but what the running server has put there."""
    folder = tmp_path_factory.mktemp("home")
    environ = {**plain_environment(), "HOME": str(folder), "TERM": "xterm-256color", "COLUMNS": "", "PYTHONUTF8": "1"}
    environ = {name: value for name, value in environ.items() if value and not name.startswith("XDG_")}
    ready = folder / "ready.json"
    options = ["--port", "0", "--seed", "small", "--ready-file", str(ready)]
    server = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "serve", *options],
        env={**environ, "TRUNKLINE_SANDBOX_ANSWERS": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + CEILING_S
        while not ready.exists():
            assert server.poll() is None, server.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)  # another process's file: there is no event to wait for
        yield environ
    finally:
        server.terminate()
        server.communicate(timeout=CEILING_S)


def say(home: Environment, *arguments: str) -> str:
    """A command beside the one at the terminal; gives its standard output."""
    command = [sys.executable, "-m", "trunkline", *arguments]
    return subprocess.run(command, env=home, capture_output=True, text=True, timeout=CEILING_S, check=True).stdout


def connected(terminal: Terminal, network: str) -> None:
    """The command has ended well, and its table shows the account as connected."""
    assert terminal.end() == 0, terminal.seen
    (row,) = [row for row in terminal.seen.splitlines() if row.startswith(network)]
    assert "  connected  " in row


def log_in(terminal: Terminal, title: str, *answers: str) -> None:
    """Type answers, each when the one before was taken: secrets are asked for without an echo from `: ` on."""
    terminal.wait_for(title)
    for answer in answers:
        terminal.wait_for(": ")
        terminal.type(answer)


@pytest.mark.parametrize(("kind", "network"), NETWORKS.items())
def test_every_network_is_connected_by_pressing_return(home: Environment, kind: str, network: str) -> None:
    with at_a_terminal("connect", "sandbox", "--type", kind, environ=home) as terminal:
        terminal.wait_for("  1  At once, without any step (instant)")
        log_in(terminal, "How (1 to", "")
        connected(terminal, network)


def test_a_way_that_is_not_there_is_asked_for_again(home: Environment) -> None:
    with at_a_terminal("connect", "sandbox", "--type", "linkedin", environ=home) as terminal:
        log_in(terminal, ", or its name)", "9")
        log_in(terminal, "There is no '9'.", "linkedin-password")
        terminal.wait_for("Username")


def test_a_password_is_never_shown_and_what_was_wrong_is_asked_for_again(home: Environment) -> None:
    with at_a_terminal("connect", "sandbox", "--type", "linkedin", "--way", "linkedin-password", environ=home) as terminal:
        log_in(terminal, "Username", "alex", "wrong")
        terminal.wait_for("The password is wrong. Try again.")
        log_in(terminal, "Username", "alex", "s3cret-and-right")
        log_in(terminal, "Code (or `again` to have it sent once more)", "000000")
        terminal.wait_for("The code is wrong. Try again.")
        log_in(terminal, "Code", "again")
        terminal.wait_for("The code was sent a moment ago.")
        log_in(terminal, "Code", "123456")
        connected(terminal, "LinkedIn")
        assert "s3cret" not in terminal.seen
        assert "Password: wrong" not in terminal.seen


def test_a_renewed_qr_code_takes_the_place_of_the_one_before_and_is_waited_for(home: Environment) -> None:
    with at_a_terminal("connect", "sandbox", "--type", "whatsapp", "--way", "whatsapp-qr", environ=home) as terminal:
        terminal.wait_for("Scan it in WhatsApp")
        first = terminal.wait_for("▀▀▀\x1b[0m\r\n").split("\r\n")[1:-1]
        say(home, "sandbox", "clock", "21s")
        terminal.wait_for(f"\x1b[{len(first) + 1}A\x1b[J")
        terminal.wait_for("Scan it in WhatsApp")
        second = terminal.wait_for("▀▀▀\x1b[0m\r\n").split("\r\n")[1:-1]
        assert first != second
        assert [len(row) for row in first] == [len(row) for row in second]
        say(home, "sandbox", "confirm")
        connected(terminal, "WhatsApp")


def test_lines_that_the_terminal_breaks_are_taken_away_whole(home: Environment) -> None:
    """A terminal of 40 columns shows the sentence above the code in two rows."""
    way = ("--type", "whatsapp", "--way", "whatsapp-qr")
    with at_a_terminal("connect", "sandbox", *way, environ=home, columns=40) as terminal:
        terminal.wait_for("Scan it in WhatsApp")
        rows = terminal.wait_for("▀▀▀\x1b[0m\r\n").count("\r\n")
        say(home, "sandbox", "clock", "21s")
        terminal.wait_for(f"\x1b[{rows + 1}A\x1b[J")
        terminal.press_ctrl_c()
        assert terminal.end() == 130


def test_a_pairing_code_is_shown_until_it_was_typed_on_the_phone(home: Environment) -> None:
    with at_a_terminal("connect", "sandbox", "--type", "whatsapp", "--way", "whatsapp-code", environ=home) as terminal:
        terminal.wait_for("    TRNK-")
        say(home, "sandbox", "confirm")
        connected(terminal, "WhatsApp")


def test_an_address_is_pasted_while_it_is_waited_for(home: Environment) -> None:
    with at_a_terminal("connect", "sandbox", "--type", "slack", "--way", "slack-redirect", environ=home) as terminal:
        terminal.wait_for("authorize?")
        terminal.type("https://localhost/?nothing")
        terminal.wait_for("This address carries no code.")
        terminal.type("https://localhost/?code=1")
        connected(terminal, "Slack")


@pytest.mark.parametrize(
    ("kind", "options", "at"),
    [
        ("linkedin", (), ", or its name) [1]: "),
        ("linkedin", ("--way", "linkedin-password"), "Username: "),
        ("telegram", ("--way", "telegram-phone"), "Phone number: "),
        ("whatsapp", ("--way", "whatsapp-qr"), "▀▀▀\x1b[0m\r\n"),
        ("slack", ("--way", "slack-redirect"), "authorize?"),
    ],
)
def test_ctrl_c_gives_the_login_up_and_a_second_try_begins_anew(
    home: Environment, kind: str, options: tuple[str, ...], at: str
) -> None:
    before = json.loads(say(home, "accounts", "--json"))["items"]
    for _ in range(2):
        with at_a_terminal("connect", "sandbox", "--type", kind, *options, environ=home) as terminal:
            terminal.wait_for(at)
            terminal.press_ctrl_c()
            assert terminal.end() == 130
            assert terminal.seen.replace("\r\n", "\n").endswith(f"\n{GIVEN_UP}\n")
    after = json.loads(say(home, "accounts", "--json"))["items"]
    assert [each["id"] for each in after] == [each["id"] for each in before]


def test_ctrl_c_at_a_password_shows_nothing_of_it(home: Environment) -> None:
    with at_a_terminal("connect", "sandbox", "--type", "linkedin", "--way", "linkedin-password", environ=home) as terminal:
        log_in(terminal, "Username", "alex")
        terminal.wait_for("Password: ")
        os.write(terminal.descriptor, b"half-typed")
        terminal.press_ctrl_c()
        assert terminal.end() == 130
        assert GIVEN_UP in terminal.seen
        assert "half-typed" not in terminal.seen
