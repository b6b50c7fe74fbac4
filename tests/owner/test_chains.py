"""Which lines wait for which. Source: docs/clients.md, "What happens at once"."""

from typing import Any

import pytest

from trunkline.operations.catalog import MESSAGING, OWN, OperationType
from trunkline.operations.declaration import route_of
from trunkline.operations.effects import Effect
from trunkline.operations.schema import tool_name
from trunkline.owner import chains
from trunkline.owner.chains import Chains
from trunkline.owner.line import Line
from trunkline.owner.thing import thing_of


@pytest.mark.parametrize("operation", [*MESSAGING, *OWN], ids=tool_name)
def test_what_reads_is_never_held_back_and_what_writes_waits_for_its_chat(operation: OperationType) -> None:
    """The pipe goes by names, as it loads nothing of the server: this holds the names to what the tools do."""
    arguments = {"chat_id": "c", "message_id": "m", "attendees_ids": ["a"]}
    thing = thing_of({"name": tool_name(operation), "arguments": arguments})
    assert (thing is None) == (route_of(operation).effect is Effect.READ)


@pytest.mark.parametrize("params", [None, [], {}, {"name": 1}, {"name": "send"}, {"name": "send", "arguments": {"text": "x"}}])
def test_what_names_nothing_waits_for_nothing(params: Any) -> None:
    assert thing_of(params) is None


def test_each_waits_for_the_one_before_and_nobody_for_another_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (Line(b"", (), number, "tools/call", True, "a") for number in range(3))
    other = Line(b"", (), 9, "tools/call", True, "b")
    lines = Chains()
    assert [lines.may_go(line) for line in (first, second, third, other)] == [True, False, False, True]
    assert lines.after(first) == (second, False)
    assert lines.after(other) is None
    monkeypatch.setattr(chains, "MOST_WAIT_S", -1.0)
    assert lines.after(second) == (third, True)
    assert lines.after(third) is None
    assert lines.may_go(first)
