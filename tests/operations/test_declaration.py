"""What a declaration is, and what the routes promise."""

import re
import runpy
from pathlib import Path
from typing import Annotated

import pytest

from trunkline.model.acknowledgements import ChatDeleted, MessageSent
from trunkline.model.errors import InvalidArgument
from trunkline.model.page import MAX_LIMIT, ChatList
from trunkline.operations.catalog import ALL, BY_NAME, MESSAGING, OperationType, pair
from trunkline.operations.chats import GetChat, ListAllChats, SendMessageInChat
from trunkline.operations.declaration import Operation, at, gives_bytes, is_list, name_of, result_of, route_of
from trunkline.operations.effects import Effect
from trunkline.operations.filters import split_ids
from trunkline.operations.messages import GetMessageAttachment
from trunkline.operations.parameter import parameters_of

GOLDEN = Path(__file__).parent.parent / "golden"

UNIPILE = """
list_all_chats GET /chats 200
get_chat GET /chats/{chat_id} 200
start_new_chat POST /chats 201
patch_chat PATCH /chats/{chat_id} 200
delete_chat DELETE /chats/{chat_id} 200
list_chat_messages GET /chats/{chat_id}/messages 200
send_message_in_chat POST /chats/{chat_id}/messages 201
list_attendees GET /chats/{chat_id}/attendees 200
sync_chat_history GET /chats/{chat_id}/sync 200
list_all_messages GET /messages 200
get_message GET /messages/{message_id} 200
patch_message PATCH /messages/{message_id} 200
delete_message DELETE /messages/{message_id} 200
add_reaction POST /messages/{message_id}/reaction 200
forward_message POST /messages/{message_id}/forward 200
get_message_attachment GET /messages/{message_id}/attachments/{attachment_id} 200
list_all_attendees GET /chat_attendees 200
get_attendee_by_id GET /chat_attendees/{id} 200
get_attendee_profile_picture GET /chat_attendees/{id}/picture 200
list_chats_by_attendee GET /chat_attendees/{attendee_id}/chats 200
list_messages_by_attendee GET /chat_attendees/{sender_id}/messages 200
"""


def test_the_21_routes_are_those_of_the_unipile_api() -> None:
    """unipile-v1 7."""
    ours = {f"{name_of(each)} {route_of(each).method} {route_of(each).path} {route_of(each).status}" for each in MESSAGING}
    assert ours == set(UNIPILE.split("\n")) - {""}


def test_the_routes_are_the_recorded_file() -> None:
    """After a wanted change: python tests/golden/record.py."""
    recorded = runpy.run_path(str(GOLDEN / "record.py"))
    assert recorded["routes"]() == (GOLDEN / "routes.txt").read_text(encoding="utf-8")


def test_no_route_hides_another() -> None:
    """Two operations of one method whose paths could be the same URL, and neither is the narrower: a word in the place of a
    parameter is meant (surfaces/rest/routes.py)."""
    seen: dict[str, list[OperationType]] = {}
    for each in ALL:
        for path in filter(None, (route_of(each).path, route_of(each).alias)):
            seen.setdefault(f"{route_of(each).method} {path}", []).append(each)
    shapes = [tuple(re.sub(r"\{\w+\}", "*", route).split("/")) for route in seen]
    clashes = [
        (one, other)
        for index, one in enumerate(shapes)
        for other in shapes[index + 1 :]
        if len(one) == len(other)
        and all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=True))
        and not (_narrower(one, other) or _narrower(other, one))
    ]
    assert clashes == []


def _narrower(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return one != other and all(b in (a, "*") for a, b in zip(one, other, strict=True))


def test_every_name_in_a_path_is_a_required_parameter() -> None:
    for each in ALL:
        for name in route_of(each).path_names:
            assert parameters_of(each)[name].required, f"{name_of(each)} {name}"


def test_every_parameter_has_a_description() -> None:
    assert [(each, name) for each in ALL for name, one in parameters_of(each).items() if not one.description] == []


def test_an_operation_is_read_off_its_class() -> None:
    @at("DELETE /drawers/{drawer_id}", Effect.DESTROY)
    class EmptyTheDrawer(Operation[ChatDeleted]):
        """Empty a drawer"""

        drawer_id: Annotated[str, "The id of the drawer."]

    assert name_of(EmptyTheDrawer) == "empty_the_drawer"
    assert result_of(EmptyTheDrawer) is ChatDeleted
    assert route_of(EmptyTheDrawer).destructive
    assert not is_list(EmptyTheDrawer)


def test_result_types_tell_lists_and_files() -> None:
    assert result_of(ListAllChats) is ChatList
    assert result_of(SendMessageInChat) is MessageSent
    assert [is_list(each) for each in (ListAllChats, GetChat, GetMessageAttachment)] == [True, False, False]
    assert [gives_bytes(each) for each in (ListAllChats, GetMessageAttachment)] == [False, True]


def test_an_operation_cannot_be_changed_and_takes_its_parameters_by_name_only() -> None:
    chat = GetChat(chat_id="c")
    with pytest.raises(AttributeError):
        chat.chat_id = "d"  # type: ignore[misc] # the point
    with pytest.raises(TypeError):
        GetChat("c")  # type: ignore[call-arg] # the point


def test_no_operation_exists_with_a_wrong_value() -> None:
    """Whoever makes it: a surface, the command line or the hub itself."""
    with pytest.raises(InvalidArgument):
        ListAllChats(limit=MAX_LIMIT + 1)


def test_every_operation_has_one_name() -> None:
    assert len(BY_NAME) == len(ALL)


def test_pairing_names_what_has_no_handler_and_what_nobody_declared() -> None:
    pair({each: object() for each in ALL}, ALL)
    with pytest.raises(ValueError, match=r"without a handler: get_chat; handlers without an operation: list_all_chats"):
        pair({ListAllChats: object()}, [GetChat])


def test_a_comma_separated_list_is_split_trimmed_and_each_id_counted_once() -> None:
    assert split_ids("a, b,,a ,c") == ("a", "b", "c")
    assert split_ids(None) is None
