"""Each defence of the unipile backend, how it is broken here, and the test that must then fail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from tests.unipile import test_connecting, test_faults, test_narrow, test_reading, test_writing
from tests.unipile.conftest import World

from trunkline.gateway.administration import unipile_connections
from trunkline.model.errors import NotReached
from trunkline.operations.chats import ListAllChats
from trunkline.operations.declaration import result_of
from trunkline.operations.lenient import read_leniently
from trunkline.store import remote_writes, seal
from trunkline.unipile import errors, http, plans, quirks, reading, unclear, writing
from trunkline.unipile.http import Failure, RemoteHttp
from trunkline.unipile.line import Owners
from trunkline.unipile.reach import Reach
from trunkline.unipile.writing import Writer

Break = Callable[[pytest.MonkeyPatch], None]
Test = Callable[[World], Awaitable[None]]


@dataclass(frozen=True)
class Defence:
    """name: what holds. breaks: it no longer does. test: what notices."""

    name: str
    breaks: Break
    test: Test


def replaced(place: Any, name: str, value: Any) -> Break:
    """Something else in its place."""
    return lambda patch: patch.setattr(place, name, value)


async def nothing_later(*_: Any, **__: Any) -> None:
    """What should have happened does not."""


async def not_claimed(*_: Any) -> bool:
    """No message is anybody's."""
    return False


async def with_anybody(*_: Any) -> bool:
    """Any chat is with those people."""
    return True


try_once = RemoteHttp._try


async def tried_blindly(self: RemoteHttp, *asked: Any, is_read: bool) -> Any:
    """A send is repeated like a read."""
    found = await try_once(self, *asked, is_read=is_read)
    return Failure(NotReached(), may_repeat=True) if isinstance(found, Failure) else found


def repeated_like_reads(self: RemoteHttp, answered: Any, missing: Any, *, is_read: bool) -> Failure:
    """500 and the like are repeated, whatever was asked."""
    return Failure(NotReached(), may_repeat=True)


def any_yes(kind: Any, _body: bytes) -> Any:
    """Whatever came back with a 200 is a yes."""
    return read_leniently(result_of(kind), {})


pool_of = RemoteHttp._pool


def following(self: RemoteHttp) -> httpx2.AsyncClient:
    """A client that goes where it is sent."""
    client = pool_of(self)
    client.follow_redirects = True
    return client


async def claims_nothing(tx: Any, write: Any, message_id: str) -> bool:
    """A message may be the result of any number of writes."""
    await remote_writes.close(tx, write.call_no)
    return True


paged = quirks.paged


def with_filters(request: Any, cursor: str | None, limit: int) -> Any:
    """The filters beside the cursor."""
    plain = paged(request, None, limit)
    return type(plain)(
        method=plain.method, path=plain.path, query=(*plain.query, ("cursor", cursor)) if cursor else plain.query
    )


def lost_send(kind: Any) -> Test:
    """A send that breaks off before it arrives."""
    return lambda world: test_faults.test_a_send_that_never_arrived_is_unknown_and_not_repeated(world, kind)


def outside(ask: Any) -> Test:
    """An id of another account."""
    return lambda world: test_narrow.test_what_belongs_to_another_account_answers_as_what_is_not_there(world, ask)


# fmt: off
DEFENCES: tuple[Defence, ...] = (
    Defence("a broken send is not repeated", replaced(RemoteHttp, "_try", tried_blindly),
            test_faults.test_a_send_is_not_repeated_even_if_a_hundred_answers_are_lost),
    Defence("a send after 500 is not repeated", replaced(RemoteHttp, "_refused", repeated_like_reads), lost_send("500")),
    Defence("service_unavailable is not certain", replaced(errors, "_NEVER_BEGAN", frozenset({"service_unavailable"})),
            lost_send("503")),
    Defence("a yes that is no JSON is not certain", replaced(writing, "read_result", any_yes), lost_send("html")),
    Defence("a lost send is looked for", replaced(Writer, "_look_for", nothing_later),
            lambda world: test_faults.test_a_send_whose_answer_is_lost_is_found_in_the_chat(world, "reset")),
    Defence("a lost send is looked for later", replaced(Writer, "_look_on", nothing_later),
            test_faults.test_an_unknown_send_is_looked_for_by_itself),
    Defence("who asks again makes it look again", replaced(Writer, "_look_again", nothing_later),
            test_faults.test_an_unknown_send_is_settled_later_by_reading),
    Defence("what was running is open at the start", replaced(Writer, "start", nothing_later),
            test_faults.test_what_was_running_when_the_process_ended_is_settled_at_the_next_start),
    Defence("a write is noted before it leaves", replaced(remote_writes, "put", nothing_later),
            test_faults.test_what_was_running_when_the_process_ended_is_settled_at_the_next_start),
    Defence("an answer claims its message", replaced(remote_writes, "claim", claims_nothing),
            test_faults.test_an_equal_message_of_before_is_not_taken_for_the_lost_one),
    Defence("a claimed message is nobody else's", replaced(remote_writes, "is_claimed", not_claimed),
            test_faults.test_two_equal_sends_whose_answers_are_lost_are_two_messages),
    Defence("an older message is not taken", replaced(unclear, "SKEW_MS", 10**9),
            test_writing.test_an_id_that_the_server_did_not_give_is_found_in_the_chat),
    Defence("a started chat is told by its people", replaced(unclear, "_is_with", with_anybody),
            test_writing.test_a_started_chat_without_ids_is_found_by_its_people),
    Defence("a form is always multipart", replaced(writing, "form_of", lambda *_: None),
            test_writing.test_a_message_goes_out_as_a_form_even_without_a_file),
    Defence("a reaction has a second path", replaced(writing, "second_path", lambda _: None),
            test_writing.test_a_reaction_is_tried_at_the_second_path_once),
    Defence("the peer's word on waiting counts", replaced(http, "retry_after_s", lambda *_: None),
            test_writing.test_throttling_is_waited_out_when_the_time_allows),
    Defence("our key is not the caller's", replaced(errors, "_OUR_KEY", frozenset()),
            test_faults.test_the_key_being_refused_is_our_503),
    Defence("a logged-out account is no wrong key", replaced(errors, "_OUR_KEY", frozenset({"expired_credentials"})),
            test_faults.test_an_account_that_is_logged_out_is_not_taken_for_a_wrong_key),
    Defence("redirects are not followed", replaced(RemoteHttp, "_pool", following),
            lambda world: test_faults.test_what_is_no_api_is_said_to_be_none(world, "redirect")),
    Defence("a cursor carries its filters", replaced(reading, "paged", with_filters),
            test_reading.test_a_list_is_followed_by_the_servers_own_cursor_without_filters),
    Defence("a list does not go round", replaced(reading, "_next", lambda cursor, _: cursor),
            test_reading.test_a_cursor_that_comes_back_twice_ends_the_list_in_words),
    Defence("a foreign id is not there", replaced(Reach, "has", lambda *_: True), outside(test_narrow.WITH_IDS[4])),
    Defence("a foreign message is not read", replaced(Reach, "takes", lambda *_: True), outside(test_narrow.WITH_IDS[7])),
    Defence("a quote is of the same chat", replaced(plans, "_sending", plans._chat), outside(test_narrow.WITH_IDS[13])),
    Defence("an outsider is nobody", replaced(reading, "_check_person", nothing_later), outside(test_narrow.WITH_PEOPLE[2])),
    Defence("a foreign account is not there", replaced(Reach, "check", lambda *_: None),
            lambda world: test_narrow.test_an_account_outside_is_not_there(world, test_narrow.WITH_ACCOUNT[3])),
    Defence("lists are cut down", replaced(Reach, "takes", lambda *_: True),
            lambda world: test_narrow.test_lists_hold_what_is_within_reach_alone(world, ListAllChats())),
    Defence("owners are remembered", replaced(Owners, "note", lambda *_: None),
            test_narrow.test_an_owner_is_looked_up_once),
    Defence("where a key goes is a person's word", replaced(unipile_connections, "NotAllowed", Warning),
            lambda world: test_connecting.test_where_a_key_goes_is_said_on_this_machine_alone(world, "rest")),
    Defence("a key is tried", replaced(unipile_connections, "KeyRefused", KeyError),
            test_connecting.test_the_key_is_tried_when_the_connection_is_made),
    Defence("what is reached must be there", replaced(unipile_connections, "_check_reach", nothing_later),
            lambda world: test_connecting.test_what_it_shall_reach_must_be_there(world, {"chats": ("gone",)})),
    Defence("a key is bound to its connection", replaced(seal, "_bound", lambda _place: b""),
            test_connecting.test_a_key_opens_in_its_own_connection_alone),
)
# fmt: on
