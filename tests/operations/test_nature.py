"""Effects and kinds, as security.md 4.1 lists them."""

from typing import Any, get_args

import pytest

from trunkline.operations.actions import ACTIONS, ChatAction
from trunkline.operations.catalog import ADMINISTRATION, BY_NAME, MESSAGING
from trunkline.operations.chats import PatchChat, SendMessageInChat, StartNewChat
from trunkline.operations.declaration import Operation, name_of, route_of
from trunkline.operations.effects import Effect, Kind
from trunkline.operations.linkedin import LinkedinOptions
from trunkline.operations.messages import AddReaction
from trunkline.operations.nature import Nature, kind_of, nature_of

WRITES = {
    "send_message_in_chat": (Effect.SEND, Kind.SINK),
    "start_new_chat": (Effect.SEND, Kind.SINK),
    "forward_message": (Effect.SEND, Kind.SINK),
    "patch_message": (Effect.CHANGE, Kind.SINK),
    "add_reaction": (Effect.CHANGE, Kind.SIGNAL),
    "patch_chat": (Effect.CHANGE, Kind.SINK),
    "delete_message": (Effect.DESTROY, Kind.DESTROY),
    "delete_chat": (Effect.DESTROY, Kind.DESTROY),
}


def test_of_the_21_thirteen_read_and_eight_write_as_listed() -> None:
    ours = {name_of(each): (route_of(each).effect, route_of(each).kind) for each in MESSAGING}
    assert {name: nature for name, nature in ours.items() if nature != (Effect.READ, Kind.READ)} == WRITES
    assert len(ours) == 21


@pytest.mark.parametrize(
    ("action", "value", "nature"),
    [
        ("setReadStatus", True, Nature(Kind.SIGNAL, bits=1)),
        ("setMuteStatus", True, Nature(Kind.LOCAL)),
        ("setArchiveStatus", False, Nature(Kind.LOCAL)),
        ("setPinnedStatus", True, Nature(Kind.LOCAL)),
        ("setLabel", "work", Nature(Kind.SINK)),
        ("addParticipant", "a", Nature(Kind.SINK, access=True)),
        ("getInviteLink", None, Nature(Kind.SINK, access=True)),
        ("removeParticipant", "a", Nature(Kind.DESTROY)),
    ],
)
def test_patch_chat_is_judged_by_its_action(action: Any, value: bool | str | None, nature: Nature) -> None:
    assert nature_of(PatchChat(chat_id="c", action=action, value=value)) == nature


def test_every_action_has_a_rule() -> None:
    assert tuple(ACTIONS) == get_args(ChatAction)


@pytest.mark.parametrize(
    ("operation", "nature"),
    [
        (AddReaction(message_id="m", reaction="👍"), Nature(Kind.SIGNAL, bits=11)),
        (SendMessageInChat(chat_id="c", text="x"), Nature(Kind.SINK)),
        (StartNewChat(account_id="a", attendees_ids=("p",)), Nature(Kind.SINK)),
        (
            StartNewChat(account_id="a", attendees_ids=("p",), linkedin=LinkedinOptions(inmail=True)),
            Nature(Kind.SINK, access=True),
        ),
    ],
)
def test_a_reaction_carries_eleven_bits_and_an_inmail_spends_money(operation: Operation[Any], nature: Nature) -> None:
    assert nature_of(operation) == nature


def test_administration_is_no_effect_of_a_connection() -> None:
    assert {route_of(each).effect for each in ADMINISTRATION} == {Effect.ADMIN}
    assert kind_of(BY_NAME["get_status"]()) is Kind.READ
