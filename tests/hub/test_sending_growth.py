"""A send costs the same however much was sent before it.

Judged by the steps of SQLite's virtual machine, which are the same at each run, and not by time: of every statement that a send
runs, through the gate and the hub to its answer, the dearest execution with 100,000 sends behind it takes as many steps as with
a handful. A walk over what is stored takes a step a row, and more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import anyio
import pytest

from trunkline.operations.chats import SendMessageInChat
from trunkline.store.engine import Transaction

from .sending_world import HISTORY, NONE, TOKEN, SendingWorld
from .steps import Steps

BEHIND = 100_000
FEWER = 10_000
SPARE = 500
"""Steps that may come on top: what depends on the last seconds (our own messages of five seconds, the rows of one batch)."""

ONE_OF_EACH = (TOKEN[0], HISTORY[0], NONE[0])


@pytest.fixture
async def steps(stack: SendingWorld) -> Steps:
    """Counted from here on."""
    return await Steps.of(stack.store.db)


async def sends(stack: SendingWorld, account_type: str, word: str, steps: Steps) -> dict[str, int]:
    """One over REST with a key and its repeat, one over MCP without and its repeat: what their statements took."""
    operation = SendMessageInChat(chat_id=stack.chats[account_type], text=f"{word} by mcp")
    steps.taken()
    with anyio.fail_after(30):
        for _ in range(2):
            await stack.send(account_type, f"{word} by rest", key=f"key {word}")
            await stack.gate.answer(stack.caller, operation, pcid=stack.pcid, surface="mcp", wait_ms=5_000)
    return are_ours(steps.taken())


async def multiply(tx: Transaction, times: int, table: str, row: str, changed: Mapping[str, str]) -> None:
    """Copies of a row. changed: columns that differ, as SQL over `n`, the number of the copy."""
    columns = [found[1] for found in await tx.fetch(f"PRAGMA table_info({table})") if found[1] not in ("no", "seq")]
    values = ", ".join(changed.get(column, column) for column in columns)
    await tx.run(
        f"WITH RECURSIVE copy (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {times})"
        f" INSERT INTO {table} ({', '.join(columns)})"
        f" SELECT {values} FROM copy, (SELECT * FROM {table} WHERE {row}) ORDER BY n"
    )


@dataclass(frozen=True)
class HaveSent:
    """The last send, so many times over: in the same chat, of the same caller, within the last minutes."""

    times: int

    async def __call__(self, tx: Transaction) -> None:
        (call,) = await tx.fetch("SELECT max(no) FROM call")
        (sent,) = await tx.fetch("SELECT max(key) FROM message WHERE is_own = 1")
        (told,) = await tx.fetch("SELECT max(seq) FROM journal")
        newer = f"{call[0]} + n"  # numbers are given in order, so that the copies' rows belong together
        of_call = f"call_no = {call[0]}"
        calls = {"fingerprint": "randomblob(32)", "idempotency_key": "NULL", "at": "at - n"}
        await multiply(tx, self.times, "call", f"no = {call[0]}", calls)
        names = {"call_no": newer, "public_id": "'copy ' || n", "token": "'token' || n", "provider_id": "'sent' || n"}
        await multiply(tx, self.times, "outbox", of_call, names)
        await multiply(tx, self.times, "audit", of_call, {"call_no": newer, "at": "at - n"})
        await multiply(tx, self.times, "journal", f"seq = {told[0]}", {"at": "at - n"})
        older = f"{sent[0]} - ((n + 10000) << 20) + 7"  # before the seconds that a send looks back over
        names = {"key": older, "id": "'copy ' || n", "provider_id": "'sent' || n"}
        await multiply(tx, self.times, "message", f"key = {sent[0]}", names)
        await tx.run(
            "INSERT INTO message_words (rowid, text, scope) SELECT key, 'hello', 'c' || chat_no FROM message"
            " WHERE id LIKE 'copy %'"
        )


def are_ours(steps: Mapping[str, int]) -> dict[str, int]:
    """Without the statements that FTS5 runs on its own tables: of those SQLite counts all executions together."""
    return {sql: count for sql, count in steps.items() if "'main'." not in sql}


SIZES = [FEWER, pytest.param(BEHIND, marks=pytest.mark.heavy)]


@pytest.mark.parametrize("times", SIZES)
@pytest.mark.parametrize("account_type", ONE_OF_EACH)
async def test_a_send_takes_as_many_steps_after_a_hundred_thousand_as_at_first(
    stack: SendingWorld, steps: Steps, account_type: str, times: int
) -> None:
    await sends(stack, account_type, "the first", steps)  # what is made once is made now
    before = await sends(stack, account_type, "before", steps)
    await stack.store.db.write(HaveSent(times))
    after = await sends(stack, account_type, "after", steps)
    assert len(before) > 20, "the statements of a send were seen"
    dearest = max(before.values())
    grown = {sql: (before.get(sql), steps) for sql, steps in after.items() if steps > before.get(sql, dearest) + SPARE}
    assert grown == {}


async def test_what_was_given_up_on_does_not_slow_its_chat_down(stack: SendingWorld, steps: Steps) -> None:
    """Where nothing can tell, such rows stay for ever."""
    await sends(stack, "MESSENGER", "the first", steps)
    before = await sends(stack, "MESSENGER", "before", steps)
    await stack.store.db.write(HaveSent(FEWER))

    async def give_up(tx: Transaction) -> None:
        changed = await tx.run("UPDATE outbox SET state = 'unknown' WHERE public_id LIKE 'copy %'")
        assert changed == FEWER

    await stack.store.db.write(give_up)
    after = await sends(stack, "MESSENGER", "after", steps)
    assert max(after.values()) <= max(before.values()) + SPARE


@pytest.mark.parametrize("index", ["call_by_fingerprint", "outbox_by_queue", "audit_by_call"])
async def test_a_missing_index_would_be_noticed(stack: SendingWorld, steps: Steps, index: str) -> None:
    before = await sends(stack, "WHATSAPP", "before", steps)
    await stack.store.db.write(HaveSent(FEWER))

    async def drop(tx: Transaction) -> None:
        await tx.run(f"DROP INDEX {index}")

    await stack.store.db.write(drop)
    after = await sends(stack, "WHATSAPP", "after", steps)
    assert max(after.values()) > max(before.values()) + FEWER
