"""Ways to break what the sandbox hands up."""

from itertools import count
from typing import Any

import msgspec

from trunkline.contract.events import (
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    ReactionChanged,
    ReadUpTo,
    UnknownHappened,
)
from trunkline.networks.sandbox import convert, session
from trunkline.networks.sandbox.client import Client
from trunkline.networks.sandbox.world import events

from .mutation import Break, Mutation, nothing, reads_everything, replaced, wrapped

_numbers = count()


def altered(kind: type[Any], **fields: Any) -> Break:
    """Events of a kind come up with other fields; a callable is given the event."""

    def alter(original: Any, account_type: Any, event: Any) -> Any:
        shown = original(account_type, event)
        if not isinstance(shown, kind):
            return shown
        return msgspec.structs.replace(shown, **{name: make(shown) for name, make in fields.items()})

    return wrapped(session, "shown", alter)


def told_twice(original: Any, *arguments: Any, **named: Any) -> None:
    original(*arguments, **named)
    original(*arguments, **named)


def from_now_on(original: Any, self: Any, position: str | None) -> Any:
    return original(self, None)


def one_too_early(original: Any, self: Any, position: str | None) -> Any:
    return original(self, None if position is None else str(int(position) - 1))


async def reads_while_listening(self: Any, account: Any) -> None:
    await reads_everything(self.world)


ARRIVING = {
    "test_an_arriving_message_is_exactly_one_event": Mutation(wrapped(events, "append", told_twice)),
    "test_history_gives_the_same_message_as_listening_did": Mutation(
        altered(MessageArrived, provider_id=lambda message: message.provider_id.lower())
    ),
    "test_an_event_that_comes_twice_has_the_same_ids": Mutation(
        altered(MessageArrived, provider_id=lambda message: f"{message.provider_id}-{next(_numbers)}")
    ),
    "test_shuffled_events_keep_their_order_inside": Mutation(
        altered(MessageArrived, order=lambda message: -message.order, at_ms=lambda _: 0)
    ),
    "test_an_own_message_from_another_device_says_that_it_is_our_own": Mutation(
        altered(MessageArrived, is_own=lambda _: False)
    ),
    "test_an_unknown_kind_keeps_its_raw_json": Mutation(altered(UnknownHappened, raw=lambda _: "{}")),
    "test_a_message_carries_its_networks_payload": Mutation(
        replaced(convert, "with_raw", lambda account_type, message: message)
    ),
    "test_somebodys_edit_comes_with_the_new_text": Mutation(altered(MessageChanged, text=lambda _: None)),
    "test_somebodys_deletion_comes_with_its_target": Mutation(altered(MessageRemoved, provider_id=lambda _: "another")),
    "test_somebodys_emoji_comes_with_who_and_what": Mutation(altered(ReactionChanged, value=lambda _: ":thumbsup:"), "SLACK"),
    "test_somebody_who_read_is_named_and_our_own_reading_is_nobodys": Mutation(altered(ReadUpTo, person=lambda _: None)),
    "test_what_happened_while_nobody_listened_comes_first": Mutation(wrapped(Client, "updates", from_now_on)),
    "test_what_was_deleted_while_nobody_listened_is_told": Mutation(wrapped(Client, "updates", from_now_on)),
    "test_what_was_edited_while_nobody_listened_is_told": Mutation(wrapped(Client, "updates", from_now_on)),
    "test_a_dropped_link_loses_and_doubles_nothing": Mutation(wrapped(Client, "updates", from_now_on)),
    "test_what_cannot_be_had_again_comes_as_a_gap": Mutation(replaced(events, "gap", nothing)),
    "test_a_position_is_not_repeated_once_it_was_passed": Mutation(wrapped(Client, "updates", one_too_early)),
    "test_listening_marks_nothing_read": Mutation(replaced(Client, "_check_link", reads_while_listening)),
}
