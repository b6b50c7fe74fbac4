"""The outbox: queues keep their order, an unclear row holds its queue, an older life's claims are refused, ends are final."""

import asyncio
from dataclasses import dataclass

import pytest

from trunkline.contract.commands import SendMessage
from trunkline.store import leases, outbox
from trunkline.store.engine import Transaction
from trunkline.store.outbox import Attempt, NewRow, OutboxRow
from trunkline.store.store import Store

from .planted import Said, add_account, add_chat, add_messages, message

NOW = 1_790_000_000_000
SOON = NOW + 30_000


@dataclass
class Box:
    """An account's outbox under a lease."""

    store: Store
    account: int
    epoch: int
    put_so_far: int = 0

    async def put(self, queue: str = "chat:1", *, deadline_at: int = SOON, public_id: str | None = None) -> int:
        """Queue a message; its call has the number of the row's turn."""
        self.put_so_far += 1
        new = NewRow(
            call_no=self.put_so_far,
            account_no=self.account,
            chat_no=1,
            queue=queue,
            public_id=public_id,
            command=SendMessage(chat="chat", text=f"text {self.put_so_far}"),
            token=f"token {self.account} {self.put_so_far}",
            created_at=NOW,
            deadline_at=deadline_at,
        )
        return await self.store.db.write(lambda tx: outbox.put(tx, new))

    async def ready(self, now: int = NOW, limit: int = 10) -> list[int]:
        """Numbers of the rows that may go."""
        return [row.no for row in await outbox.ready(self.store.db, self.account, now, limit)]

    async def claim(self, no: int, *, epoch: int | None = None, now: int = NOW, known: bytes = b"[]") -> OutboxRow | None:
        """Take a row for sending."""
        attempt = Attempt(epoch=self.epoch if epoch is None else epoch, now=now, network_now=now + 5, known=known)
        return await self.store.db.write(lambda tx: outbox.claim(tx, no, attempt))

    async def row(self, no: int) -> OutboxRow:
        """A row as it stands."""
        found = await outbox.by_no(self.store.db, no)
        assert found is not None
        return found

    async def state(self, no: int) -> str:
        """Its state."""
        return (await self.row(no)).state


async def take_lease(store: Store, account: int) -> int:
    """The next life of an account."""
    return await store.db.write(lambda tx: leases.take(tx, account, "worker", 2**62))


@pytest.fixture
async def box(store: Store) -> Box:
    """The outbox of a fresh account."""
    account = await add_account(store)
    return Box(store, account, await take_lease(store, account))


async def test_of_each_queue_only_the_oldest_may_go(box: Box) -> None:
    first, second, other = await box.put("a"), await box.put("a"), await box.put("b")
    assert await box.ready() == [first, other]
    await box.claim(first)
    assert await box.ready() == [other], "what is being sent holds its queue"
    await box.store.db.write(lambda tx: outbox.set_sent(tx, first, NOW, "p1"))
    assert await box.ready() == [second, other]
    assert await box.ready(limit=1) == [second]


async def test_queues_of_other_accounts_are_others(box: Box) -> None:
    await box.put("a")
    neighbour = Box(box.store, await add_account(box.store, "neighbour"), 0, put_so_far=100)
    theirs = await neighbour.put("a")
    assert await neighbour.ready() == [theirs]


@pytest.mark.parametrize("is_unclear", [True, False])
async def test_a_row_that_waits_holds_its_queue_until_its_time(box: Box, is_unclear: bool) -> None:
    first, second = await box.put(), await box.put()
    await box.claim(first)
    if is_unclear:
        await box.store.db.write(lambda tx: outbox.set_unknown(tx, first, NOW))
        assert await box.ready() == []
    await box.store.db.write(lambda tx: outbox.requeue(tx, first, NOW + 500))
    assert await box.ready() == []
    assert await outbox.next_due(box.store.db, box.account, NOW) == NOW + 500
    assert await box.ready(NOW + 500) == [first]
    assert second not in await box.ready(NOW + 500)


async def test_an_unknown_row_lets_its_queue_go_on_once_it_is_given_up_and_is_still_shown(box: Box) -> None:
    first, second = await box.put(), await box.put()
    await box.claim(first)
    await box.store.db.write(lambda tx: outbox.set_unknown(tx, first, NOW))
    assert await box.store.db.write(lambda tx: outbox.give_up(tx, first, NOW + 1))
    assert await box.ready() == [second]
    pending = await outbox.pending(box.store.db, box.account, 0, 10)
    assert [(row.no, row.state) for row in pending] == [(first, "unknown"), (second, "queued")]
    assert [row.no for row in await outbox.pending(box.store.db, box.account, first, 10)] == [second]


async def test_one_row_is_claimed_once(box: Box) -> None:
    no = await box.put()
    claimed = await asyncio.gather(*(box.claim(no) for _ in range(8)))
    taken = [row for row in claimed if row is not None]
    assert [(row.no, row.state, row.attempt, row.started_at) for row in taken] == [(no, "sending", 1, NOW)]


async def test_a_claim_of_an_earlier_life_is_refused(box: Box) -> None:
    no = await box.put()
    newer = await take_lease(box.store, box.account)
    assert newer == box.epoch + 1
    assert await box.claim(no) is None
    assert await box.claim(no, epoch=newer) is not None


async def test_a_newer_life_finds_unclear_what_an_older_one_was_sending(box: Box) -> None:
    old, waiting = await box.put("a"), await box.put("b")
    await box.claim(old)
    box.epoch = await take_lease(box.store, box.account)
    mine = await box.put("c")
    await box.claim(mine)
    assert await box.store.db.write(lambda tx: outbox.take_over(tx, box.account, box.epoch, NOW)) == 1
    assert [await box.state(no) for no in (old, waiting, mine)] == ["unknown", "queued", "sending"]
    assert [row.no for row in await outbox.in_state(box.store.db, box.account, "unknown")] == [old]


async def test_a_row_nobody_waits_for_is_not_begun_unless_it_may_have_gone_out(box: Box) -> None:
    no = await box.put()
    assert await box.claim(no, now=SOON + 1) is None
    await box.claim(no)
    await box.store.db.write(lambda tx: outbox.set_unknown(tx, no, NOW))
    await box.store.db.write(lambda tx: outbox.requeue(tx, no, NOW))
    again = await box.claim(no, now=SOON + 1)
    assert again is not None
    assert (again.attempt, again.unclear) == (2, True)


async def test_the_first_attempt_that_may_have_gone_out_is_remembered(box: Box) -> None:
    no = await box.put()
    await box.claim(no, known=b'["p0"]')
    await box.store.db.write(lambda tx: outbox.set_unknown(tx, no, NOW))
    await box.store.db.write(lambda tx: outbox.requeue(tx, no, NOW))
    again = await box.claim(no, now=NOW + 100, known=b'["p0","p1"]')
    assert again is not None
    assert (again.first_at, again.network_at, again.started_at) == (NOW, NOW + 5, NOW + 100)
    assert again.known_before() == {"p0"}
    await box.store.db.write(lambda tx: outbox.set_unknown(tx, no, NOW))
    await box.store.db.write(lambda tx: outbox.clear(tx, no))
    await box.store.db.write(lambda tx: outbox.requeue(tx, no, NOW))
    fresh = await box.claim(no, now=NOW + 200, known=b'["p9"]')
    assert fresh is not None
    assert (fresh.first_at, fresh.unclear, sorted(fresh.known_before())) == (NOW + 200, False, ["p9"])


async def test_nobody_is_told_that_nothing_was_sent_of_what_may_have_gone_out(box: Box) -> None:
    no = await box.put()
    await box.claim(no)
    await box.store.db.write(lambda tx: outbox.set_unknown(tx, no, NOW))
    assert not await box.store.db.write(lambda tx: outbox.set_failed(tx, no, NOW))
    await box.store.db.write(lambda tx: outbox.requeue(tx, no, NOW))
    assert not await box.store.db.write(lambda tx: outbox.withdraw(tx, 1, SOON))
    assert await box.state(no) == "queued"
    await box.claim(no)
    await box.store.db.write(lambda tx: outbox.set_unknown(tx, no, NOW))
    await box.store.db.write(lambda tx: outbox.clear(tx, no))
    assert await box.store.db.write(lambda tx: outbox.set_failed(tx, no, NOW))


async def test_what_was_sent_stays_sent(box: Box) -> None:
    no = await box.put()
    await box.claim(no)
    await box.store.db.write(lambda tx: outbox.set_sent(tx, no, NOW, "p1"))

    async def all_that_may_come_late(tx: Transaction) -> None:
        await outbox.set_unknown(tx, no, NOW)
        await outbox.requeue(tx, no, NOW)
        await outbox.hold(tx, no, NOW)
        await outbox.set_place(tx, no, 9, "p9")
        assert not await outbox.set_failed(tx, no, NOW)
        assert not await outbox.give_up(tx, no, NOW)
        assert not await outbox.withdraw(tx, 1, SOON)

    await box.store.db.write(all_that_may_come_late)
    row = await box.row(no)
    assert (row.state, row.provider_id, row.finished_at, row.chat_no) == ("sent", "p1", NOW, 1)


async def test_an_echo_settles_what_was_given_up(box: Box) -> None:
    no = await box.put()
    await box.claim(no)
    await box.store.db.write(lambda tx: outbox.give_up(tx, no, NOW))
    await box.store.db.write(lambda tx: outbox.set_sent(tx, no, NOW + 9, "p1"))
    assert await box.state(no) == "sent"
    assert await outbox.pending(box.store.db, box.account, 0, 10) == []


async def test_a_row_is_withdrawn_when_its_time_is_over_and_extended_when_somebody_asks_again(box: Box) -> None:
    no = await box.put()
    assert not await box.store.db.write(lambda tx: outbox.withdraw(tx, 1, SOON - 1))
    await box.store.db.write(lambda tx: outbox.extend(tx, 1, SOON + 10))
    await box.store.db.write(lambda tx: outbox.extend(tx, 1, SOON - 10))
    assert not await box.store.db.write(lambda tx: outbox.withdraw(tx, 1, SOON + 9))
    assert await box.store.db.write(lambda tx: outbox.withdraw(tx, 1, SOON + 10))
    assert await box.state(no) == "failed"
    assert await box.claim(no) is None


async def test_a_row_is_found_by_all_its_names(box: Box) -> None:
    no = await box.put(public_id="public")
    await box.claim(no)
    await box.store.db.write(lambda tx: outbox.set_place(tx, no, 5, "p1"))
    row = await box.row(no)
    assert row == await outbox.by_call(box.store.db, 1) == await outbox.by_token(box.store.db, row.token)
    assert row == await outbox.by_public_id(box.store.db, "public")
    assert row == await outbox.by_provider_id(box.store.db, box.account, 5, "p1")
    assert await outbox.by_provider_id(box.store.db, box.account, 6, "p1") is None
    assert row.decoded() == SendMessage(chat="chat", text="text 1")


async def test_settled_rows_are_forgotten_after_their_time_unsettled_ones_never(box: Box) -> None:
    sent, failed, unknown, queued = [await box.put(queue) for queue in "abcd"]
    for no in (sent, unknown):
        await box.claim(no)
    await box.store.db.write(lambda tx: outbox.set_sent(tx, sent, NOW, "p1"))
    await box.store.db.write(lambda tx: outbox.set_failed(tx, failed, NOW))
    await box.store.db.write(lambda tx: outbox.give_up(tx, unknown, NOW))
    assert await box.store.db.write(lambda tx: outbox.forget(tx, NOW)) == 0
    assert await box.store.db.write(lambda tx: outbox.forget(tx, NOW + 1)) == 2
    assert [await outbox.by_no(box.store.db, no) is None for no in (sent, failed, unknown, queued)] == [
        True,
        True,
        False,
        False,
    ]


async def test_a_row_that_alone_knows_whose_its_id_is_stays(box: Box) -> None:
    """The echo came before it could be known for ours: the message has another id than the one that was reserved."""
    chat = await add_chat(box.store, box.account)
    await add_messages(box.store, chat, [Said("p1", NOW, own=True)])
    no = await box.put(public_id="reserved")
    await box.store.db.write(lambda tx: outbox.set_chat(tx, no, chat.no))
    await box.store.db.write(lambda tx: outbox.set_sent(tx, no, NOW, "p1"))
    assert (await message(box.store, chat, "p1")).id != "reserved"
    assert await box.store.db.write(lambda tx: outbox.forget(tx, NOW + 1)) == 0
