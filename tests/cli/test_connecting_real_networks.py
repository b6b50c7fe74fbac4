"""`trunkline connect` against the counterparts of real networks: from nothing to a sent message, as a person does it."""

import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import from_thread, to_thread

pytest.importorskip("slack_sdk", reason="the library of the road slack")
pytest.importorskip("telethon", reason="the library of the road telegram")
if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from trunkline.model.times import system_clock
from trunkline.networks.slack import suite
from trunkline.networks.slack.suite_world import ADA as SLACK_ADA
from trunkline.networks.slack.suite_world import APP_TOKEN, TOKENS
from trunkline.networks.slack.tests.server import SlackServer
from trunkline.networks.telegram.fake.logins import CODE, scan
from trunkline.networks.telegram.fake.seed import ADA, BORIS, MAYA, PASSWORD, seed
from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.tests.server import TelegramServer

from .conftest import CEILING_S, Said, plain_environment
from .terminal import at_a_terminal

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Shell:
    """A person's shell beside a server. network: its counterpart."""

    folder: Path
    network: Any

    @property
    def environ(self) -> dict[str, str]:
        """An empty home, and the data folder named."""
        kept = {name: value for name, value in plain_environment().items() if not name.startswith("XDG_")}
        home = {"HOME": str(self.folder / "home"), "TERM": "xterm-256color", "PYTHONUTF8": "1"}
        return {**kept, **home, "TRUNKLINE_DATA": str(self.folder / "data")}

    def say(self, *arguments: str, typed: str = "") -> Said:
        """A command, with this on standard input."""
        command = [sys.executable, "-m", "trunkline", *arguments]
        done = subprocess.run(
            command, env=self.environ, capture_output=True, text=True, input=typed, timeout=CEILING_S, check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def reads_then_writes(self, pcid: str, text: str) -> None:
        """Through a new connection: reading works, writing does when it was granted, and what was written is read."""
        through = ("--connection", pcid)
        assert "Maya" in self.say("chats", *through).out
        refused = self.say("send", "Maya", text, *through)
        assert (refused.code, refused.out) == (1, "")
        assert "does not have the effect send" in refused.err
        allowed = self.say("connection", "allow", pcid, "send,change", "--open")
        assert allowed.code == 0
        assert "goes to real people in your name" in allowed.err
        sent = self.say("send", "Maya", text, *through)
        assert sent.code == 0, sent.err
        assert sent.out.startswith("Sent to Maya")
        assert re.search(rf"you +{re.escape(text)}$", self.say("messages", "Maya", *through).out, re.MULTILINE)
        assert self.say("doctor").out.endswith("All is well.\n")


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Shell]:
    """A server whose road to Slack leads to the emulator."""
    (tmp_path / "home").mkdir()
    workspace = await suite.bench("SLACK", tmp_path, tmp_path)
    server = SlackServer(tmp_path / "data", workspace)
    try:
        await server.start()
        yield Shell(tmp_path, workspace)
    finally:
        await server.stop()
        await workspace.close()


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[Shell]:
    """A server whose road to Telegram leads to the fake."""
    (tmp_path / "home").mkdir()
    fake = FakeTelegram(system_clock)
    seed(fake)
    await fake.start()
    server = TelegramServer(tmp_path / "data", fake)
    try:
        await server.start()
        yield Shell(tmp_path, fake)
    finally:
        await server.stop()
        await fake.stop()


def pcid_in(said: str) -> str:
    """The one PCID that a command has named."""
    (pcid,) = set(re.findall(r"\bpc_[\w-]+", said))
    return str(pcid)


async def test_slack_is_connected_with_a_token_from_standard_input(slack: Shell) -> None:
    def play() -> None:
        wrong = slack.say("connect", "slack", "--token-stdin", typed="xoxp-wrong\n")
        assert wrong.code == 1
        assert "Nothing was connected." in wrong.err
        assert "xoxp-wrong" not in wrong.out + wrong.err
        assert "standard input has ended" not in wrong.err
        argument = slack.say("connect", "slack", "--set", f"app_token={APP_TOKEN}")
        assert argument.code == 2
        assert "take --secret-stdin app_token" in argument.err
        assert APP_TOKEN not in argument.err
        one = slack.say("connect", "slack", "--token-stdin", "--secret-stdin", "app_token", typed=f"{TOKENS[SLACK_ADA]}\n")
        assert one.code == 2
        assert "Standard input holds no app_token; it takes access_token, then app_token." in one.err
        tokens = f"{TOKENS[SLACK_ADA]}\n{APP_TOKEN}\n"
        done = slack.say("connect", "slack", "--token-stdin", "--secret-stdin", "app_token", typed=tokens)
        assert done.code == 0, done.err
        assert re.search(r"^Slack +ada @ Acme +connected +slack ", done.out, re.MULTILINE)
        assert TOKENS[SLACK_ADA] not in done.out + done.err
        slack.reads_then_writes(pcid_in(done.out), "Lunch at one?")

    await to_thread.run_sync(play)
    assert "chat.postMessage" in slack.network.state.calls


async def test_telegram_is_connected_by_a_code_and_the_second_password(telegram: Shell) -> None:
    """A wrong code and a wrong password are asked for again; the passwords never show."""

    def play() -> None:
        with at_a_terminal("connect", "telegram", "--way", "telegram-phone", environ=telegram.environ) as terminal:
            for asked, typed in (
                ("Phone number: ", "nonsense"),
                ("Phone number has not the right form: it begins with + and the country code, as +33612345678.", ""),
                ("Phone number: ", "+33600000001"),
                ("once more): ", "00000"),
                ("once more): ", CODE),
                ("Password: ", "not-this-one"),
                ("Password: ", PASSWORD),
            ):
                terminal.wait_for(asked)
                if typed:
                    terminal.type(typed)
            assert terminal.end() == 0, terminal.seen
        assert "not-this-one" not in terminal.seen
        assert PASSWORD not in terminal.seen
        assert re.search(r"^Telegram +Ada +connected +telegram ", terminal.seen.replace("\r", ""), re.MULTILINE)
        telegram.reads_then_writes(pcid_in(terminal.seen), "Lunch at one?")

    await to_thread.run_sync(play)
    assert telegram.network.acts.messages(ADA, str(MAYA))[-1].message == "Lunch at one?"


async def test_telegram_is_connected_by_a_scan_with_or_without_a_second_password(telegram: Shell) -> None:
    """Two accounts on one network, each with a connection of its own."""

    def play() -> None:
        seen = []
        for person, password in ((BORIS, None), (ADA, PASSWORD)):
            with at_a_terminal("connect", "telegram", "--way", "telegram-qr", environ=telegram.environ) as terminal:
                terminal.wait_for("Scan it with Telegram on your phone")
                terminal.wait_for("▀▀▀\x1b[0m\r\n")
                from_thread.run_sync(scan, telegram.network, person)
                if password is not None:
                    terminal.wait_for("Password: ")
                    terminal.type(password)
                assert terminal.end() == 0, terminal.seen
                seen.append(terminal.seen)
        assert len({pcid_in(each) for each in seen}) == 2
        assert {each["name"] for each in telegram.say("accounts", "--json").json["items"]} == {"Boris", "Ada"}

    with anyio.fail_after(CEILING_S):
        await to_thread.run_sync(play)
