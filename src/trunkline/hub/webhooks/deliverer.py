"""Delivering to one endpoint, round by round: read what happened, post it, note how far it came, in that order.

The position moves in the commit after the delivery: a restart in between posts again, under the same id, and loses nothing.
While the endpoint is down nothing is posted but a few events, one after another, whenever its delay is over.
"""

import logging
from collections.abc import Collection, Sequence
from itertools import takewhile

import msgspec

from trunkline.hub.options import HubOptions
from trunkline.hub.outgoing.way_out import Answered, Outgoing
from trunkline.hub.wakes import JOURNAL, Wakes
from trunkline.hub.webhooks import schedule
from trunkline.hub.webhooks.lanes import AT_ONCE, Failure, Item, Lane, Round, holds, lane_of
from trunkline.hub.webhooks.sight import sight_of
from trunkline.hub.webhooks.writing import body_of, delivery_id, endpoint_of, headers_of
from trunkline.model.errors import StoreUnavailable
from trunkline.store import journal, letters, webhooks
from trunkline.store.engine import Transaction
from trunkline.store.journal import Chosen
from trunkline.store.letters import Letter
from trunkline.store.store import Store
from trunkline.store.webhooks import NotOurs, State, WebhookRow

log = logging.getLogger(__name__)

TIMEOUT_MS = 30_000
"""Source: unipile-v1 11.2."""
BATCH = 64
"""Events of a round."""
LETTERS = 64
"""Put-aside events of a round, beside the others."""
LOOKED_THROUGH = 512
"""Events that are looked through for those of other chats, while some chats wait for an event of theirs."""
GIVEN_UP_AT_ONCE = 500
"""Events that are given up in one commit."""
STORE_TROUBLE_MS = 5_000


class Deliverer:
    """Delivers to the endpoint of one webhook, while its lease is ours."""

    def __init__(self, store: Store, wakes: Wakes, options: HubOptions, outgoing: Outgoing, webhook: WebhookRow):
        self._store, self._wakes, self._options, self._outgoing = store, wakes, options, outgoing
        self._webhook = webhook
        self._endpoint = endpoint_of(store.seal, webhook)
        self._state = State(
            position=webhook.position,
            failures=webhook.failures,
            failing_since=webhook.failing_since,
            not_before=webhook.not_before,
            last_status=webhook.last_status,
            last_error=webhook.last_error,
            last_at=webhook.last_at,
            delivered_at=webhook.delivered_at,
        )
        self._done: set[int] = set()
        """Events behind the position that are done with."""
        self._seen = webhook.position
        """Up to here the journal holds nothing more for it than what is done with."""
        self._held: set[int] = set()
        """Events of the last look that wait for an earlier one of their chat."""

    async def run(self) -> None:
        """Until cancelled, or until the webhook is another's, switched off or deleted."""
        with self._wakes.expect(JOURNAL) as news:
            while True:
                try:
                    pause = await self.step()
                except NotOurs:
                    return
                except StoreUnavailable:
                    log.warning("webhook %s: the store cannot be used; it is tried again", self._webhook.id)
                    pause = STORE_TROUBLE_MS
                if pause != 0:
                    await news.wait(pause)

    async def step(self) -> int | None:
        """One round. Gives milliseconds until the next one, 0 where there is more to do, None where only news can bring it.

        Raises NotOurs and StoreUnavailable.
        """
        now = self._store.clock()
        if self._state.not_before > now:
            return self._state.not_before - now
        chosen = await sight_of(self._store, self._webhook)
        if chosen is None:
            return None
        items = await self._items(chosen, now)
        if not items:
            due = await letters.next_due(self._store.db, self._webhook.no, now)
            return None if due is None else max(due - now, 1)
        round_ = Round(self._post)
        failures = self._state.failures
        await round_.run(items, 1 if failures else AT_ONCE, past=failures >= schedule.PATIENCE)
        await self._keep(round_, items, chosen)
        if round_.gone:
            log.warning("webhook %s is switched off: its receiver says that it is gone (410)", self._webhook.id)
            raise NotOurs
        return 0

    async def _items(self, chosen: Chosen, now: int) -> list[Item]:
        """What is to be posted now: what chats wait for first, what was refused last."""
        waiting = await letters.due(self._store.db, self._webhook.no, now, LETTERS)
        later = {letter.seq for letter in await letters.tried_once(self._store.db, self._webhook.no) if holds(letter)}
        later -= {letter.seq for letter in waiting}
        rows = await journal.by_seq(self._store.db, [*(letter.seq for letter in waiting), *later]) if waiting or later else {}
        held: dict[Lane, int] = {}
        for seq in sorted(later & rows.keys(), reverse=True):
            held[lane_of(rows[seq])] = seq
        again = [Item(rows[letter.seq], letter) for letter in waiting if letter.seq in rows]
        again = [item for item in again if item.seq < held.get(lane_of(item.row), item.seq + 1)]
        fresh = await self._fresh(chosen, held)
        return [*(item for item in again if item.holds), *fresh, *(item for item in again if not item.holds)]

    async def _fresh(self, chosen: Chosen, held: Collection[Lane]) -> list[Item]:
        """What was never posted, of chats that wait for nothing."""
        self._held = set()
        newest = await journal.newest(self._store.db)
        if newest <= self._seen:
            return []
        most = (LOOKED_THROUGH if held else BATCH) + len(self._done)
        found = await journal.chosen_after(self._store.db, chosen, self._seen, most)
        left = [item for item in map(Item, found) if item.seq not in self._done]
        if not left:
            self._seen = newest
        self._held = {item.seq for item in left if lane_of(item.row) in held}
        return [item for item in left if item.seq not in self._held][:BATCH]

    async def _post(self, item: Item) -> Answered:
        body = body_of(self._endpoint, item.row)
        message_id = delivery_id(self._store.seal, self._webhook.id, item.seq)
        headers = headers_of(self._endpoint, message_id, body, self._store.clock())
        return await self._outgoing.post(self._endpoint.url, headers, body, timeout_ms=TIMEOUT_MS)

    async def _keep(self, round_: Round, items: Sequence[Item], chosen: Chosen) -> None:
        """Note what came of a round, in one commit."""
        now = self._store.clock()
        aside = [*round_.put_aside, *(failure for failure in round_.unanswered if self._counts(failure, round_, now))]
        put = [self._letter(failure, now) for failure in aside]
        gone = [item.seq for item in round_.delivered if item.letter is not None]
        done = {item.seq for item in round_.delivered} | {letter.seq for letter in put}
        state = self._judged(round_, now)
        given_up: list[Letter] = []
        if state.failing_since is not None and now - state.failing_since >= schedule.GIVE_UP_MS:
            given_up = await self._too_old(chosen, done, state, now)
            done |= {letter.seq for letter in given_up}
        state, left, seen = self._moved(state, items, done, [letter.seq for letter in given_up])
        number, epoch = self._webhook.no, self._webhook.epoch

        async def work(tx: Transaction) -> None:
            await webhooks.keep(tx, number, epoch, state)
            await letters.put(tx, [*put, *given_up])
            await letters.remove(tx, number, gone)
            if round_.gone:
                await webhooks.switch(tx, number, False, "410")

        await self._store.db.write(work)
        self._state, self._done, self._seen = state, left, seen

    def _counts(self, failure: Failure, round_: Round, now: int) -> bool:
        """Whether a letter's failure is its own: while the endpoint is down it is the endpoint's, for as long as one waits."""
        letter = failure.item.letter
        return letter is not None and (not round_.is_down or now - letter.first_at >= schedule.GIVE_UP_MS)

    def _judged(self, round_: Round, now: int) -> State:
        """How the endpoint does after a round."""
        before, last = self._state, round_.last
        fresh = msgspec.structs.replace(
            before,
            last_at=now,
            last_status=round_.last_status,
            delivered_at=now if round_.delivered else before.delivered_at,
            last_error=None if last is None else last.error,
        )
        if not round_.is_down:
            return msgspec.structs.replace(fresh, failures=0, failing_since=None, not_before=0)
        took_some = bool(round_.delivered or round_.put_aside)
        failures = 1 if took_some else before.failures + 1
        since = now if took_some or before.failing_since is None else before.failing_since
        delay = schedule.endpoint_delay(failures, round_.asked_ms, self._options.jitter)
        return msgspec.structs.replace(fresh, failures=failures, failing_since=since, not_before=now + delay)

    def _moved(
        self, state: State, items: Sequence[Item], done: set[int], given_up: Sequence[int]
    ) -> tuple[State, set[int], int]:
        """The position behind all that is done with, and what beyond it is done with already."""
        known = self._done | done
        fresh = sorted({item.seq for item in items if item.letter is None} | self._held | set(given_up))
        position = state.position
        for seq in fresh:
            if seq not in known:
                break
            position = seq
        else:
            return msgspec.structs.replace(state, position=max(position, self._seen)), set(), max(position, self._seen)
        left = {seq for seq in known if seq > position}
        return msgspec.structs.replace(state, position=position), left, max(position, min(self._seen, fresh[0] - 1))

    def _letter(self, failure: Failure, now: int) -> Letter:
        """What is known of an event that was put aside, after one more try."""
        before = failure.item.letter
        tries = 1 if before is None else before.tries + 1
        most = schedule.REFUSED_TRIES if failure.refused else schedule.FAILED_TRIES
        return Letter(
            webhook_no=self._webhook.no,
            seq=failure.item.seq,
            dead=tries >= most,
            tries=tries,
            not_before=now + schedule.event_delay(tries, self._options.jitter),
            status=failure.status,
            error=failure.error,
            first_at=now if before is None else before.first_at,
            last_at=now,
        )

    async def _too_old(self, chosen: Chosen, done: set[int], state: State, now: int) -> list[Letter]:
        """Events that have waited too long for an endpoint that takes none."""
        rows = await journal.chosen_after(self._store.db, chosen, self._state.position, GIVEN_UP_AT_ONCE)
        old = takewhile(lambda row: row.at <= now - schedule.GIVE_UP_MS, rows)
        return [
            Letter(
                webhook_no=self._webhook.no,
                seq=row.seq or 0,
                dead=True,
                tries=schedule.FAILED_TRIES,
                not_before=now,
                status=state.last_status,
                error=state.last_error,
                first_at=state.failing_since or now,
                last_at=now,
            )
            for row in old
            if row.seq not in done and row.seq not in self._done
        ]
