"""Each defence of a send, how it is broken here, and the test that must then fail."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.hub import (
    test_sending_changes,
    test_sending_order,
    test_sending_outcomes,
    test_sending_refusals,
    test_sending_starts,
    test_settling_failed,
    test_settling_surprises,
    test_settling_unclear,
    test_supervisor_lives,
)

from trunkline.contract.commands import Command, Done
from trunkline.contract.session import Session
from trunkline.gateway.repeats import Repeat
from trunkline.hub import bounds, sender, settle, supervisor
from trunkline.hub.carry import carry
from trunkline.hub.facts import facts_of
from trunkline.hub.lives import Live
from trunkline.hub.look import Lookout
from trunkline.hub.reach import Reach
from trunkline.hub.sender import Sender
from trunkline.hub.settle import Settler
from trunkline.hub.supervisor import Supervisor
from trunkline.hub.wakes import outbox_name
from trunkline.hub.writes import queue
from trunkline.model.errors import StoreUnavailable
from trunkline.model.times import system_clock
from trunkline.store import leases, messages, outbox
from trunkline.store.engine import Reader, Transaction
from trunkline.store.outbox import OutboxRow

Break = Callable[[pytest.MonkeyPatch], None]
Test = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Defence:
    """name: what holds. breaks: it no longer does. test: what notices, with `values` beside the fixtures it names itself."""

    name: str
    breaks: Break
    test: Test
    values: Mapping[str, Any] = field(default_factory=dict)


def replaced(place: object, name: str, value: object) -> Break:
    """Something is another thing."""
    return lambda patch: patch.setattr(place, name, value)


async def nothing(*_: Any, **__: Any) -> None:
    """What should have happened does not."""


async def no(*_: Any, **__: Any) -> bool:
    """Whatever is asked is not so."""
    return False


def whatever(*_: Any, **__: Any) -> None:
    """Nothing is ever checked."""


def no_repeats(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks for an earlier call before the ids are looked up."""
    patch.setattr(Repeat, "answer", nothing)
    patch.setattr(Repeat, "outcome", nothing)


def statement(text: str) -> Callable[[Transaction, int], Awaitable[None]]:
    """Runs another statement on a row."""

    async def run(tx: Transaction, no: int, *_: Any) -> None:
        await tx.run(text, no)

    return run


count = iter(range(10**9))


async def carry_under_a_new_token(session: Session, command: Command, token: str) -> Done:
    """Each attempt names itself anew."""
    return await carry(session, command, f"{token}{next(count)}")


async def again_at_once(self: Settler, row: OutboxRow, *_: Any) -> None:
    """What is unclear is simply sent again."""
    await self._again(row, self.store.clock(), is_clear=True)


settles_within = Settler._settles_within


async def settles_now_or_never(self: Settler, row: OutboxRow, wait_ms: int) -> bool:
    """Nobody waits for the network to make up its mind."""
    return await settles_within(self, row, 0)


async def unclear_since_its_beginning(tx: Transaction, no: int, now: int) -> None:
    """The settle time counts from when the attempt began."""
    await tx.run("UPDATE outbox SET state = 'unknown', unclear_at = started_at WHERE no = $1 AND state = 'sending'", no)


def repeats_whatever_the_age(self: Settler, row: OutboxRow) -> bool:
    """A token is remembered for ever."""
    return self.live.session.capabilities.dedupe.kind == "token"


is_claimed = Lookout._is_claimed


async def claimed_by_others_alone(self: Lookout, row: OutboxRow, chat_no: int | None, event: Any) -> bool:
    """What lay in the chat before is taken for ours."""
    return event.provider_id not in row.known_before() and await is_claimed(self, row, chat_no, event)


async def claimed_when_stored(self: Lookout, row: OutboxRow, chat_no: int | None, event: Any) -> bool:
    """A message that is stored already cannot be ours."""
    return chat_no is not None and await messages.by_provider_id(self.store.db, chat_no, event.provider_id) is not None


async def ready_anywhere(reader: Reader, account_no: int, now: int, limit: int) -> list[OutboxRow]:
    """Every queued row may go, whoever is before it."""
    rows = await reader.fetch(
        "SELECT no FROM outbox WHERE account_no = $1 AND state = 'queued' AND not_before <= $2 ORDER BY no DESC LIMIT $3",
        account_no,
        now,
        limit,
    )
    found = [await outbox.by_no(reader, row[0]) for row in rows]
    return [row for row in found if row is not None]


async def send_and_wake_first(self: Sender, head: OutboxRow) -> None:
    """The next look comes before the place is free."""
    row = await self.store.db.write(sender._Claim(head, self.live, self.store.clock()))
    if row is not None:
        await self._carry(row)
    self.wakes.wake(outbox_name(self.account.no))
    await _next_turn()
    self.flying.discard(head.no)


async def _next_turn() -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def failed_whatever_it_is(tx: Transaction, no: int, now: int) -> bool:
    """A row fails, also one that was sent."""
    await tx.run("UPDATE outbox SET state = 'failed', finished_at = $1 WHERE no = $2", now, no)
    return True


async def withdraw_what_is_queued(tx: Transaction, call_no: int, now: int, *_: int | None) -> bool:
    """What waits to be repeated counts as never begun."""
    changed = await tx.run(
        "UPDATE outbox SET state = 'failed', finished_at = $1 WHERE call_no = $2 AND state = 'queued'", now, call_no
    )
    return changed > 0


async def withdrawn_as_the_disk_says(*_: Any, **__: Any) -> bool:
    """The disk's word is passed on for the call's."""
    raise StoreUnavailable("The disk is full. Nothing was done; free some space and repeat the call.")


async def known_by_its_own_id_alone(self: Reach, message_id: str) -> Any:
    """A reserved id leads nowhere."""
    return await messages.find(self.store.db, self.numbers, message_id)


def live_on_our_clock(**parts: Any) -> Live:
    """Our clock is taken for the network's."""
    return Live(**(parts | {"now": system_clock}))


live_once = Supervisor._live_once


async def live_again_at_once(self: Supervisor, account: Any) -> bool:
    """Nobody is waited for."""
    await live_once(self, account)
    return False


async def stop_without_a_word(self: Supervisor, numbers: list[int]) -> None:
    """The tasks are cancelled, and do not know why."""
    ending = [self.tasks.pop(number) for number in numbers if number in self.tasks]
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


outcome = test_sending_outcomes
unclear = test_settling_unclear
lives = test_supervisor_lives

DEFENCES = (
    Defence(
        "every attempt of a send carries the one token that was committed before the first",
        replaced(sender, "carry", carry_under_a_new_token),
        outcome.test_a_token_is_repeated_when_the_answer_is_lost,
        {"account_type": "TELEGRAM"},
    ),
    Defence(
        "the history is read before an unclear send goes out again",
        replaced(Settler, "_by_history", again_at_once),
        outcome.test_a_send_whose_answer_was_lost_is_found_in_the_history,
        {"account_type": "SLACK"},
    ),
    Defence(
        "the chats are read before an unclear start goes out again",
        replaced(Settler, "_by_history", again_at_once),
        test_sending_starts.test_a_start_whose_answer_was_lost_is_done_once,
        {"account_type": "TWITTER", "is_group": True},
    ),
    Defence(
        "what may still arrive is waited for before the history is believed",
        replaced(Settler, "_settles_within", settles_now_or_never),
        outcome.test_a_request_that_arrives_late_is_not_doubled,
        {"account_type": "TWITTER"},
    ),
    Defence(
        "it is waited for from the end of the attempt",
        replaced(outbox, "set_unknown", unclear_since_its_beginning),
        test_settling_unclear.test_what_may_still_arrive_is_waited_for_from_the_end_of_the_attempt,
        {"account_type": "TWITTER"},
    ),
    Defence(
        "nothing is repeated where nothing can tell",
        replaced(Settler, "_by_echo", again_at_once),
        outcome.test_where_nothing_can_tell_the_outcome_stays_unknown_and_is_shown,
        {"account_type": "MESSENGER"},
    ),
    Defence(
        "an echo is waited for where nothing else can tell",
        replaced(Settler, "_settles_within", settles_now_or_never),
        outcome.test_an_echo_a_moment_later_settles_it_before_the_caller_is_told,
        {"account_type": "MESSENGER"},
    ),
    Defence(
        "what may have gone out is marked so",
        replaced(outbox, "set_unknown", statement("UPDATE outbox SET state = 'unknown' WHERE no = $1")),
        unclear.test_a_repeat_that_is_throttled_beyond_the_callers_time_does_not_make_it_failed,
        {"account_type": "WHATSAPP"},
    ),
    Defence(
        "what may have gone out is not withdrawn",
        replaced(outbox, "withdraw", withdraw_what_is_queued),
        unclear.test_a_repeat_that_is_throttled_beyond_the_callers_time_does_not_make_it_failed,
        {"account_type": "WHATSAPP"},
    ),
    Defence(
        "a refusal of a repeat is no word on the first attempt",
        replaced(Sender, "_refused", Sender._fail),
        unclear.test_a_repeat_that_is_refused_is_looked_for_and_found,
        {"account_type": "TELEGRAM"},
    ),
    Defence(
        "a token is repeated only while the network remembers it",
        replaced(Settler, "_may_repeat", repeats_whatever_the_age),
        unclear.test_what_the_network_has_forgotten_is_looked_for_not_repeated,
        {"account_type": "WHATSAPP"},
    ),
    Defence(
        "messages since an attempt are told by the network's clock",
        replaced(supervisor, "Live", live_on_our_clock),
        unclear.test_a_moved_clock_does_not_hide_what_was_sent,
        {"account_type": "SLACK", "by": "-2h"},
    ),
    Defence(
        "what lay in the chat before an attempt is not its message",
        replaced(Lookout, "_is_claimed", claimed_by_others_alone),
        unclear.test_the_same_words_from_ones_own_phone_a_moment_before_do_not_answer_for_a_send,
    ),
    Defence(
        "the message of one send does not answer for another",
        replaced(Lookout, "_is_claimed", no),
        unclear.test_the_same_words_twice_are_two_messages,
        {"account_type": "TWITTER"},
    ),
    Defence(
        "an echo that came before it could be known for ours is ours",
        replaced(Lookout, "_is_claimed", claimed_when_stored),
        unclear.test_an_echo_without_a_token_that_comes_before_the_outcome_is_no_second_message,
    ),
    Defence(
        "a reserved id leads to its message, whatever that is stored under",
        replaced(Reach, "known_message", known_by_its_own_id_alone),
        unclear.test_an_echo_without_a_token_that_comes_before_the_outcome_is_no_second_message,
    ),
    Defence(
        "a history that cannot be read now is read later",
        replaced(settle, "NetworkError", ZeroDivisionError),
        unclear.test_a_history_that_cannot_be_read_now_is_read_later,
        {"account_type": "LINKEDIN"},
    ),
    Defence(
        "the oldest of a chat goes first",
        replaced(outbox, "ready", ready_anywhere),
        test_sending_order.test_a_hundred_sends_at_once_arrive_in_the_order_they_were_queued,
        {"account_type": "WHATSAPP"},
    ),
    Defence(
        "a place is free before the next look",
        replaced(Sender, "_send", send_and_wake_first),
        test_sending_order.test_however_few_may_go_at_once_all_of_them_go,
        {"at_once": 1},
    ),
    Defence(
        "what was sent stays sent",
        replaced(outbox, "set_failed", failed_whatever_it_is),
        test_settling_surprises.test_a_message_that_is_there_stays_sent_whatever_the_answer_says,
        {"account_type": "WHATSAPP"},
    ),
    Defence(
        "a failure that the network tells later settles what was unclear",
        replaced(outbox, "set_undone", no),
        test_settling_failed.test_a_failure_that_the_network_tells_settles_an_unclear_send,
    ),
    Defence(
        "a failure that the network tells later does not undo what was sent",
        replaced(outbox, "set_undone", failed_whatever_it_is),
        test_settling_failed.test_what_was_sent_or_is_somebody_elses_does_not_fail,
    ),
    Defence(
        "what an earlier life was sending is unknown to the next",
        replaced(outbox, "take_over", nothing),
        unclear.test_what_was_under_way_when_the_server_stopped_is_settled_at_the_next_start,
        {"account_type": "TELEGRAM"},
    ),
    Defence(
        "a life whose lease was taken ends",
        replaced(leases, "check", nothing),
        unclear.test_a_life_whose_lease_was_taken_writes_nothing_more,
    ),
    Defence(
        "a full disk is no word on what was queued before",
        replaced(queue, "_withdraw", withdrawn_as_the_disk_says),
        lives.test_a_disk_that_fills_up_while_the_network_answers_loses_and_doubles_nothing,
        {"account_type": "TELEGRAM"},
    ),
    Defence(
        "a person is waited for where a person must act",
        replaced(Supervisor, "_live_once", live_again_at_once),
        lives.test_a_logged_out_account_waits_for_a_person_and_is_not_tried_in_a_loop,
        {"account_type": "SLACK"},
    ),
    Defence(
        "the wish to end outlives whatever fails meanwhile",
        replaced(Supervisor, "_stop", stop_without_a_word),
        lives.test_a_session_that_answers_the_wish_to_end_with_an_error_ends_all_the_same,
    ),
    Defence(
        "a repeat is answered before its ids are looked up",
        no_repeats,
        test_sending_changes.test_the_same_deletion_again_gives_the_same_answer,
    ),
    Defence(
        "what was done is believed when its repeat is refused",
        replaced(settle, "is_so", no),
        test_sending_changes.test_a_chat_is_deleted_once,
        {"account_type": "WHATSAPP", "fault": "lost_answer"},
    ),
    Defence(
        "text is measured before it is sent",
        replaced(bounds, "check_text", whatever),
        test_sending_refusals.test_text_beyond_the_bound_is_refused_and_text_up_to_it_sent,
        {"account_type": "SLACK"},
    ),
    Defence(
        "the age of a message is looked at before an edit is sent",
        replaced(bounds, "check_edit_age", whatever),
        test_sending_refusals.test_an_edit_after_the_window_is_refused_on_the_networks_clock,
        {"account_type": "WHATSAPP", "minutes": 15},
    ),
    Defence(
        "a reaction is looked up before it is sent",
        replaced(bounds, "check_reaction", whatever),
        test_sending_refusals.test_a_reaction_the_network_does_not_know_is_refused,
        {"account_type": "TELEGRAM", "reaction": "🥷"},
    ),
    Defence(
        "a reaction leaves a person's others standing",
        replaced(sender, "facts_of", lambda *given, several: facts_of(*given, several=False)),
        test_sending_changes.test_a_reaction_that_stands_is_made_again_and_leaves_the_others_standing,
        {"account_type": "SLACK"},
    ),
)
