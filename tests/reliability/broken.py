"""Servers that are broken on purpose: each breaks one promise, and the record must show it (test_broken.py)."""

from collections.abc import Callable
from typing import Any

import msgspec

from trunkline.gateway.repeats import Repeat
from trunkline.hub import sender
from trunkline.hub.carry import carry
from trunkline.hub.settle import Settler
from trunkline.store import calls, outbox
from trunkline.store.engine import Reader, Transaction
from trunkline.store.outbox import OutboxRow


def resend_blindly() -> None:
    """What is unclear is sent again as if nothing had been: under another token, without a look."""

    async def again(self: Settler, row: OutboxRow) -> None:
        async def work(tx: Transaction) -> None:
            await tx.run("UPDATE outbox SET token = token || 'x', unclear_at = NULL WHERE no = $1", row.no)
            await outbox.requeue(tx, row.no, 0)

        await self._write(row, work)

    _replace(Settler, "_settle", again)


def forget_what_was_under_way() -> None:
    """What the last process was sending counts as never sent."""

    async def take_over(tx: Transaction, account_no: int, epoch: int, now: int) -> int:
        return await tx.run(
            "UPDATE outbox SET state = 'failed', finished_at = 0 WHERE account_no = $1 AND state = 'sending'", account_no
        )

    _replace(outbox, "take_over", take_over)


def call_it_sent() -> None:
    """What the last process was sending counts as sent."""

    async def take_over(tx: Transaction, account_no: int, epoch: int, now: int) -> int:
        await tx.run(
            "UPDATE call SET state = 'done', answer = $1 WHERE no IN"
            " (SELECT call_no FROM outbox WHERE account_no = $2 AND state = 'sending')",
            b'{"body":{"object":"MessageSent","message_id":null}}',
            account_no,
        )
        return await tx.run(
            "UPDATE outbox SET state = 'sent', finished_at = 0 WHERE account_no = $1 AND state = 'sending'", account_no
        )

    _replace(outbox, "take_over", take_over)


def forget_keys() -> None:
    """A call that is asked again is a new one."""

    async def earlier(reader: Reader, call: Any) -> None:
        if hasattr(reader, "run"):
            await reader.run("UPDATE call SET idempotency_key = NULL WHERE idempotency_key = $1", call.idempotency_key)

    async def nothing(self: Repeat) -> None:
        pass

    _replace(calls, "earlier", earlier)
    _replace(Repeat, "answer", nothing)


def settle_at_once() -> None:
    """The history is believed before what may still arrive has had its time."""
    plain = Settler._settles_within

    async def within(self: Settler, row: OutboxRow, wait_ms: int) -> bool:
        return await plain(self, row, 0)

    _replace(Settler, "_settles_within", within)


def change_the_text() -> None:
    """The last character of what goes out is lost."""

    async def carry_less(session: Any, command: Any, token: str) -> Any:
        if getattr(command, "text", None):
            command = msgspec.structs.replace(command, text=command.text[:-1])
        return await carry(session, command, token)

    _replace(sender, "carry", carry_less)


def _replace(place: Any, name: str, value: Any) -> None:
    setattr(place, name, value)


BREAKS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        resend_blindly,
        forget_what_was_under_way,
        call_it_sent,
        forget_keys,
        settle_at_once,
        change_the_text,
    )
}
