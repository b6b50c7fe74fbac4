"""Each defence of the webhooks, how it is broken here, and the test that must then fail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import msgspec
import pytest
from tests.webhooks import test_delivering, test_leases, test_making, test_order
from tests.webhooks.scene import Scene

from trunkline.hub.administration import webhooks as handlers
from trunkline.hub.webhooks import deliverer, lanes, schedule, writing
from trunkline.hub.webhooks.deliverer import Deliverer
from trunkline.hub.webhooks.lanes import Round
from trunkline.hub.webhooks.service import Webhooks
from trunkline.operations.webhooks import HeaderWanted
from trunkline.store import connections, journal, webhooks
from trunkline.store.engine import Reader, Transaction
from trunkline.store.journal import Chosen
from trunkline.store.seal import Seal
from trunkline.store.webhooks import State, WebhookRow


@dataclass(frozen=True)
class Defence:
    """name: what holds. breaks: it no longer does. test: what notices."""

    name: str
    breaks: Callable[[pytest.MonkeyPatch], None]
    test: Callable[[Scene], Awaitable[None]]


def seeing_more(**cleared: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """The journal's reader forgets a limit."""
    honest = journal.chosen_after

    async def lax(reader: Reader, chosen: Chosen, seq: int, limit: int) -> Any:
        return await honest(reader, msgspec.structs.replace(chosen, **cleared), seq, limit)

    return lambda patch: patch.setattr(journal, "chosen_after", lax)


def everybodys_journal(patch: pytest.MonkeyPatch) -> None:
    async def lax(reader: Reader, chosen: Chosen, seq: int, limit: int) -> Any:
        return [row for row in await journal.after(reader, seq, limit) if row.kind in chosen.kinds]

    patch.setattr(journal, "chosen_after", lax)


def anybodys_webhook(patch: pytest.MonkeyPatch) -> None:
    async def lax(reader: Reader, owner: int, webhook_id: str) -> WebhookRow | None:
        row = await reader.row("SELECT no FROM webhook WHERE id = $1", webhook_id)
        return None if row is None else await webhooks.by_no(reader, row[0])

    patch.setattr(webhooks, "find", lax)


def revoked_connections_stand(patch: pytest.MonkeyPatch) -> None:
    honest = connections.by_no
    known: dict[int, Any] = {}

    async def lax(reader: Reader, no: int) -> Any:
        found = await honest(reader, no)
        known[no] = found or known.get(no)
        return known[no]

    patch.setattr(connections, "by_no", lax)


def position_first(patch: pytest.MonkeyPatch) -> None:
    def lax(self: Deliverer, state: State, items: Any, done: Any, given_up: Any) -> Any:
        position = max(item.seq for item in items)
        return msgspec.structs.replace(state, position=position), set(), position

    patch.setattr(Deliverer, "_moved", lax)


def unfenced(patch: pytest.MonkeyPatch) -> None:
    async def lax(tx: Transaction, no: int, epoch: int, state: State) -> None:
        await tx.run("UPDATE webhook SET position = $1 WHERE no = $2", state.position, no)

    patch.setattr(webhooks, "keep", lax)


def every_lease_free(patch: pytest.MonkeyPatch) -> None:
    honest = webhooks.claim

    async def lax(tx: Transaction, no: int, worker: str, now: int, until: int, *, by_force: bool) -> Any:
        return await honest(tx, no, worker, now, until, by_force=True)

    patch.setattr(webhooks, "claim", lax)


def another_id_each_time(patch: pytest.MonkeyPatch) -> None:
    numbers = count()
    patch.setattr(deliverer, "delivery_id", lambda seal, webhook_id, seq: f"msg_{next(numbers)}")


def nothing_sealed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Seal, "close", lambda self, plain, *place: plain)
    patch.setattr(Seal, "open", lambda self, sealed, *place: sealed)


def never_over(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Round, "is_over", lambda self: False)


def gone_is_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lanes, "_GONE", 0)


def slow_down_is_refused(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lanes, "_SLOW_DOWN", 0)


def redirects_are_fine(patch: pytest.MonkeyPatch) -> None:
    honest = Round._try

    async def lax(self: Round, item: Any) -> None:
        post = self.post

        async def posted(one: Any) -> Any:
            answered = await post(one)
            return replace(answered, status=200) if answered.status == 302 else answered

        self.post = posted
        await honest(self, item)

    patch.setattr(Round, "_try", lax)


def failures_are_the_endpoints_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Round, "_alive", lambda self: None)


def never_given_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(schedule, "GIVE_UP_MS", 2**60)


def tried_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(schedule, "REFUSED_TRIES", 99)


def impatient(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(schedule, "endpoint_delay", lambda failures, asked, jitter: 1)


def signed_before(patch: pytest.MonkeyPatch) -> None:
    honest = writing.headers_of

    def lax(endpoint: Any, message_id: str, body: bytes, now_ms: int) -> Any:
        return honest(endpoint, message_id, body + b" ", now_ms)

    patch.setattr(deliverer, "headers_of", lax)


def any_address(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("trunkline.hub.outgoing.way_out.Outgoing.check_url", lambda self, url, parameter: None)


def forged_signature_headers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handlers, "_OURS", ())


def all_of_it(patch: pytest.MonkeyPatch) -> None:
    async def lax(reader: Reader) -> int:
        return 0

    patch.setattr(journal, "newest", lax)


def no_turns(patch: pytest.MonkeyPatch) -> None:
    async def lax(self: Webhooks, number: int) -> None:
        await self._end(number)
        await self._claim(number, by_force=True)

    patch.setattr(Webhooks, "changed", lax)


async def refused(scene: Scene, given: dict[str, Any], sentence: str) -> None:
    await test_making.test_what_cannot_be_posted_to_is_refused_in_words(scene, given, sentence)


async def refuses_private(scene: Scene) -> None:
    await refused(scene, {"request_url": "https://127.0.0.1/in"}, "request_url is not an address")


async def refuses_forged(scene: Scene) -> None:
    header = HeaderWanted(key="Webhook-Id", value="x")
    await refused(scene, {"headers": (header,)}, "headers[0] is named webhook-id")


_dead = test_delivering.test_a_dead_endpoint_gets_it_all_in_order_once_it_lives_and_the_other_never_waited
_asked = test_order.test_a_dead_endpoint_is_asked_no_more_than_it_has_posts_under_way
_grows = test_delivering.test_the_delay_grows_and_a_restart_forgets_nothing
_narrow = test_making.test_a_connections_webhook_hears_its_chats_alone_and_nothing_once_it_is_revoked
_five = test_delivering.test_an_event_that_is_refused_gets_five_tries_and_is_then_a_dead_letter
_asleep = test_leases.test_a_worker_that_was_asleep_moves_nothing_once_another_has_taken_over
_two = test_leases.test_two_workers_deliver_once_and_the_second_takes_over_what_the_first_leaves

DEFENCES = (
    Defence("other people's accounts", everybodys_journal, test_making.test_nobody_hears_of_other_peoples_accounts),
    Defence(
        "other people's webhooks",
        anybodys_webhook,
        test_making.test_somebody_elses_webhook_answers_as_one_that_does_not_exist,
    ),
    Defence("chats of a connection", seeing_more(chats=None), _narrow),
    Defence("a revoked connection", revoked_connections_stand, _narrow),
    Defence("chosen accounts", seeing_more(accounts=None), test_making.test_a_limited_webhook_hears_its_accounts_alone),
    Defence("position after delivery", position_first, _dead),
    Defence("the lease's epoch", unfenced, _asleep),
    Defence("one lease at a time", every_lease_free, _two),
    Defence("one id for all tries", another_id_each_time, _grows),
    Defence("sealed secrets", nothing_sealed, test_making.test_it_is_listed_as_it_was_made_and_its_secret_is_not),
    Defence("three strikes", never_over, _asked),
    Defence("growing delays", impatient, _grows),
    Defence("410", gone_is_refused, test_delivering.test_a_receiver_that_is_gone_is_switched_off_and_goes_on_where_it_stopped),
    Defence("429", slow_down_is_refused, test_delivering.test_a_receiver_that_wants_it_slower_is_asked_when_it_says),
    Defence("redirects", redirects_are_fine, test_delivering.test_a_redirect_is_a_failure_of_the_endpoint),
    Defence(
        "one bad event holds nothing up",
        failures_are_the_endpoints_alone,
        test_delivering.test_an_event_that_its_receiver_fails_at_holds_nothing_up,
    ),
    Defence(
        "what waits too long",
        never_given_up,
        test_delivering.test_what_waited_too_long_for_a_dead_endpoint_is_a_dead_letter_and_all_of_it_replays,
    ),
    Defence("five tries", tried_for_ever, _five),
    Defence("signatures", signed_before, test_delivering.test_every_try_is_one_that_the_reference_library_takes),
    Defence("private addresses", any_address, refuses_private),
    Defence("signature headers", forged_signature_headers, refuses_forged),
    Defence("one deliverer", no_turns, test_making.test_whatever_is_switched_at_once_leaves_one_deliverer),
    Defence("nothing from before", all_of_it, test_delivering.test_nothing_is_told_of_what_happened_before),
)
