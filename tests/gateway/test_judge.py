"""The judge's table, row by row (security.md 4.4, as far as effects, modes, chats and the kill switch go)."""

from dataclasses import replace

import pytest

from trunkline.gateway.judge import Reason, Verdict, View, Word, decide
from trunkline.operations.backend import Act
from trunkline.operations.effects import Effect, Kind

EVERYTHING = frozenset({"read", "send", "change", "destroy"})
OPEN = View(mode="open", effects=EVERYTHING)
READ_IN_A = Act(kind=Kind.READ, effect=Effect.READ, target="A")
LIST = Act(kind=Kind.READ, effect=Effect.READ)
SEND_TO_A = Act(kind=Kind.SINK, effect=Effect.SEND, target="A")
START_CHAT = Act(kind=Kind.SINK, effect=Effect.SEND, new_people=1)
FORWARD_B_TO_A = Act(kind=Kind.SINK, effect=Effect.SEND, target="A", carries=frozenset({"B"}))
REACT_IN_A = Act(kind=Kind.SIGNAL, effect=Effect.CHANGE, target="A", bits=11)
MUTE_A = Act(kind=Kind.LOCAL, effect=Effect.CHANGE, target="A")
DELETE_A = Act(kind=Kind.DESTROY, effect=Effect.DESTROY, target="A")
WRITES = (SEND_TO_A, START_CHAT, FORWARD_B_TO_A, REACT_IN_A, MUTE_A, DELETE_A)


def verdict(word: Word, *reasons: Reason) -> Verdict:
    """What is expected."""
    return Verdict(word, reasons)


@pytest.mark.parametrize("act", [READ_IN_A, LIST, *WRITES])
def test_an_open_connection_with_all_effects_may_do_everything(act: Act) -> None:
    assert decide(act, OPEN) == verdict("allow")


@pytest.mark.parametrize("act", WRITES)
@pytest.mark.parametrize("mode", ["guarded", "read_only"])
def test_a_connection_that_is_not_open_writes_nothing(act: Act, mode: Reason) -> None:
    view = View(mode=mode, effects=EVERYTHING)  # type: ignore[arg-type]  # the reason is the mode's own word
    assert decide(act, view) == verdict("refuse", mode)


@pytest.mark.parametrize("act", [READ_IN_A, LIST])
@pytest.mark.parametrize(
    "view",
    [
        View(mode="guarded", effects=frozenset({"read"})),
        View(mode="read_only", effects=frozenset({"read"})),
        View(mode="open", effects=frozenset({"read"}), stopped=True),
    ],
)
def test_reading_needs_the_effect_alone(act: Act, view: View) -> None:
    assert decide(act, view) == verdict("allow")
    assert decide(act, replace(view, effects=frozenset({"send"}))) == verdict("refuse", "insufficient_scope")


@pytest.mark.parametrize("act", WRITES)
def test_each_write_needs_its_own_effect(act: Act) -> None:
    assert decide(act, replace(OPEN, effects=frozenset({act.effect}))) == verdict("allow")
    assert decide(act, replace(OPEN, effects=EVERYTHING - {act.effect})) == verdict("refuse", "insufficient_scope")


@pytest.mark.parametrize("act", WRITES)
def test_a_stopped_connection_writes_nothing(act: Act) -> None:
    assert decide(act, replace(OPEN, stopped=True)) == verdict("refuse", "stopped")


def test_outside_its_chats_nothing_exists_for_a_limited_connection() -> None:
    limited = replace(OPEN, chats=frozenset({"A"}))
    assert decide(READ_IN_A, limited) == verdict("allow")
    assert decide(SEND_TO_A, limited) == verdict("allow")
    assert decide(LIST, limited) == verdict("allow")
    assert decide(replace(READ_IN_A, target="B"), limited) == verdict("not_found")
    assert decide(replace(SEND_TO_A, target="B"), limited) == verdict("not_found")
    assert decide(FORWARD_B_TO_A, limited) == verdict("not_found")
    assert decide(replace(DELETE_A, target="B"), limited) == verdict("not_found")


def test_a_limited_connection_starts_no_chats() -> None:
    assert decide(START_CHAT, replace(OPEN, chats=frozenset({"A"}))) == verdict("refuse", "outside the connection")


def test_not_found_comes_before_every_other_reason() -> None:
    """S1: a refusal would tell that the chat exists."""
    closed = View(mode="read_only", effects=frozenset(), chats=frozenset({"A"}), stopped=True)
    assert decide(replace(SEND_TO_A, target="B"), closed) == verdict("not_found")
