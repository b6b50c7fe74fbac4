"""What was answered is in the record, whatever happens to the process or the disk."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import apsw
import pytest

from trunkline.contract.commands import SendMessage
from trunkline.contract.login import LoginDone
from trunkline.model.errors import NotReached
from trunkline.networks.sandbox.world.database import Database

from .conftest import Sandbox

KILLS = 3
ANSWERS_BEFORE_A_KILL = 40


async def test_what_was_answered_before_a_kill_is_in_the_record_once(tmp_path: Path) -> None:
    """design.md 9: a record of everything that arrived, committed before it answers: the referee of every claim."""
    answered: list[int] = []
    for _ in range(KILLS):
        answered += await send_and_kill(tmp_path, first=len(answered) and max(answered) + 100)
    sandbox = Sandbox(tmp_path, {"sandbox.answers": "0"})
    arrived = await sandbox.control("record", kind="send")
    tokens = [one["token"] for one in arrived if one["outcome"] == "accepted"]
    assert len(answered) >= KILLS * ANSWERS_BEFORE_A_KILL
    assert len(tokens) == len(set(tokens))
    assert {f"token-{n}" for n in answered} <= set(tokens)
    texts = [text for chat in {one["chat"] for one in arrived} for text in await sandbox.texts("WHATSAPP", chat)]
    assert sorted(text for text in texts if (text or "").startswith("Number ")) == sorted(
        f"Number {token.removeprefix('token-')}" for token in tokens
    )
    await sandbox.connector.close()


async def test_a_file_in_use_elsewhere_or_out_of_reach_is_said_in_words(tmp_path: Path) -> None:
    """Ours: nothing was done, so the error is a certain one."""
    (tmp_path / "file").write_text("not a folder")
    sandbox = Sandbox(tmp_path / "file", {})
    with pytest.raises(NotReached, match=r"sandbox\.db cannot be opened"):
        await sandbox.control("seed", seed="small")
    await sandbox.connector.close()


async def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Ours: an older program never touches what it does not understand."""
    path = tmp_path / "sandbox.db"
    newer = apsw.Connection(str(path))
    newer.pragma("user_version", 99)
    newer.close()
    with pytest.raises(NotReached, match="version 99"):
        Database(path).fetch("SELECT 1")
    again = apsw.Connection(str(path))
    assert (again.pragma("user_version"), list(again.execute("SELECT name FROM sqlite_schema"))) == (99, [])
    again.close()


async def test_a_full_disk_refuses_for_certain_and_afterwards_all_goes_on(sandbox: Sandbox) -> None:
    """Ours: SQLite's own page limit stands for the disk's."""
    session = await sandbox.session("WHATSAPP")
    chat = await sandbox.chat("WHATSAPP", "Tom Becker")
    world = sandbox.connector.world
    pages = await world.change(lambda change: change.db.pragma("page_count"))
    await world.change(lambda change: change.db.pragma("max_page_count", pages))
    with pytest.raises(NotReached, match="cannot write"):
        await send_many(session, chat)
    taken = len(await sandbox.control("record", outcome="accepted"))
    await world.change(lambda change: change.db.pragma("max_page_count", pages * 10))
    await session.send(SendMessage(chat=chat, text="Room again"), "token-last")
    assert len(await sandbox.control("record", outcome="accepted")) == taken + 1
    assert (await sandbox.texts("WHATSAPP", chat))[:2] == ["Room again", "x" * 5_000 if taken else "🇮🇹!"]


async def test_the_file_is_readable_by_its_owner_only(sandbox: Sandbox) -> None:
    """security.md S18: files 0600."""
    modes = {path.name: path.stat().st_mode & 0o777 for path in sandbox.folder.iterdir() if path.name.startswith("sandbox.db")}
    assert set(modes.values()) == {0o600}


async def test_no_credentials_are_kept_in_the_file(sandbox: Sandbox) -> None:
    """security.md S18: only a hash of them."""
    login, _ = await sandbox.connector.login("instant", {"account_type": "SLACK"})
    done = await login.submit({})
    await sandbox.connector.close()
    found = b"".join(path.read_bytes() for path in sandbox.folder.iterdir())
    assert isinstance(done, LoginDone)
    assert done.credentials not in found


async def test_a_caller_who_gives_up_does_not_stop_what_was_begun(sandbox: Sandbox) -> None:
    """Ours: cancelling leaves either nothing or the whole, and whoever listens hears of it."""
    session = await sandbox.session("WHATSAPP")
    chat = await sandbox.chat("WHATSAPP", "Tom Becker")
    for n in range(50):
        sending = asyncio.ensure_future(session.send(SendMessage(chat=chat, text=f"Cancelled {n}"), f"token-{n}"))
        for _ in range(n % 5):
            await asyncio.sleep(0)
        sending.cancel()
        await asyncio.wait([sending])
    await session.send(SendMessage(chat=chat, text="The end"), "token-end")
    tokens = [one["token"] for one in await sandbox.control("record", kind="send")]
    texts = [text for text in await sandbox.texts("WHATSAPP", chat) if text.startswith("Cancelled")]
    assert len(tokens) == len(set(tokens)) == len(texts) + 1


async def send_many(session: Any, chat: str) -> None:
    """Send one long message after the other."""
    for n in range(100):
        await session.send(SendMessage(chat=chat, text="x" * 5_000), f"token-{n}")


async def send_and_kill(folder: Path, first: int) -> list[int]:
    """Let a process send, kill it in the middle, and give what it was answered."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "trunkline.networks.sandbox.tests.sender", str(folder), str(first), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    answered = [int(await child.stdout.readline()) for _ in range(ANSWERS_BEFORE_A_KILL)]
    child.send_signal(signal.SIGKILL)
    rest, _ = await child.communicate()
    # A number that was cut off in the pipe was answered, but nobody could read it.
    return answered + [int(line) for line in rest.decode().splitlines(keepends=True) if line.endswith("\n")]
