"""Ways to break what the sandbox says when something goes wrong, and its sheets."""

from typing import Any

import msgspec
import pytest

from trunkline.contract.capabilities import Ability, Dedupe
from trunkline.model.errors import Disconnected, NotReached, Throttled
from trunkline.networks.sandbox import client, suite
from trunkline.networks.sandbox.accept import arrival
from trunkline.networks.sandbox.client import Client
from trunkline.networks.sandbox.connector import SandboxConnector
from trunkline.networks.sandbox.seed import seeds
from trunkline.networks.sandbox.session import SandboxSession
from trunkline.networks.sandbox.sessions import SESSIONS, TwitterSession
from trunkline.networks.sandbox.world import accounts, events, messages
from trunkline.networks.sandbox.world.world import World

from .mutation import Break, Mutation, nothing, replaced, wrapped, yes
from .sending import no_echo


def done_before_it_fails(arriving: Any, work: Any) -> Any:
    done = arrival.take_without_faults(arriving, work)
    return arrival._before(arriving) or done


def without_own(original: Any, *arguments: Any, **named: Any) -> Any:
    page = original(*arguments, **named)
    return msgspec.structs.replace(page, messages=tuple(message for message in page.messages if not message.is_own))


def another_user(original: Any, change: Any, account_type: Any, number: int) -> Any:
    return original(change, account_type, number + 1)


async def closes_the_file_alone(self: Any) -> None:
    self._database.close()


def in_the_open(self: Any) -> str:
    return f"SandboxSession({self._client._credentials.decode()})"


def sheet(case: str, **fields: Any) -> Break:
    """A case declares something else."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(suite, "CASES", {**suite.CASES, case: msgspec.structs.replace(suite.CASES[case], **fields)})

    return apply


def unsourced_edit() -> Break:
    """The edit window of WhatsApp says no longer where it comes from."""
    edit = suite.CASES["WHATSAPP"].edit
    assert edit is not None
    assert edit.max_age is not None
    return sheet("WHATSAPP", edit=msgspec.structs.replace(edit, max_age=msgspec.structs.replace(edit.max_age, source=" ")))


def wider(self: Any) -> Any:
    return msgspec.structs.replace(self._sheet, archive=Ability())


FAULTS = {
    "test_a_throttled_send_says_how_long_to_wait_and_nothing_arrived": Mutation(
        replaced(arrival, "Throttled", lambda **_: Throttled())
    ),
    "test_not_reached_is_certain": Mutation(replaced(client, "take", done_before_it_fails)),
    "test_a_lost_answer_is_uncertain_and_the_message_is_there": Mutation(replaced(arrival, "NetworkFailed", NotReached)),
    "test_a_lost_request_is_uncertain_and_the_message_is_not_there": Mutation(replaced(client, "take", done_before_it_fails)),
    "test_a_lost_answer_is_settled_by_sending_the_token_again": Mutation(replaced(arrival, "_remembered", nothing)),
    "test_a_lost_answer_is_settled_by_reading_the_history": Mutation(wrapped(messages, "page", without_own), "LINKEDIN"),
    "test_a_lost_answer_still_brings_the_echo": Mutation(wrapped(events, "append", no_echo)),
    "test_a_logged_out_account_ends_the_listening_and_asks_for_a_person": Mutation(replaced(Client, "_check_login", nothing)),
    "test_a_logged_out_account_sends_nothing": Mutation(replaced(accounts, "is_logged_in", yes)),
    "test_after_a_new_login_the_same_account_goes_on_where_it_was": Mutation(wrapped(seeds, "own_user", another_user)),
    "test_a_restricted_account_says_so": Mutation(replaced(client, "Restricted", Disconnected)),
    "test_an_account_without_credentials_asks_for_a_person": Mutation(replaced(accounts, "is_logged_in", yes)),
    "test_a_lost_edit_is_uncertain_too": Mutation(replaced(arrival, "NetworkFailed", NotReached)),
    "test_closing_leaves_no_task_behind": Mutation(replaced(World, "close", closes_the_file_alone)),
    "test_no_secret_and_no_text_in_a_repr_or_a_log_line": Mutation(replaced(SandboxSession, "__repr__", in_the_open)),
}

DECLARED = {
    "test_a_session_has_the_method_exactly_when_its_capabilities_declare_it": Mutation(
        lambda patch: patch.setitem(SESSIONS, "WHATSAPP", TwitterSession)
    ),
    "test_the_sheet_of_a_session_is_of_its_account_type_and_no_wider_than_the_widest": Mutation(
        replaced(SandboxSession, "capabilities", property(wider)), "TWITTER"
    ),
    "test_every_bound_says_where_it_comes_from_and_when_that_was_seen": Mutation(unsourced_edit()),
    "test_how_an_unclear_send_is_settled_is_complete": Mutation(
        sheet("WHATSAPP", dedupe=Dedupe(kind="token", memory_ms=0, settle_ms=30_000))
    ),
    "test_a_road_says_what_it_is_without_any_account": Mutation(replaced(SandboxConnector, "terms", "")),
}
