"""The tools as MCP shows them."""

import json
import runpy
from pathlib import Path

import pytest

from trunkline.operations.catalog import ALL, MESSAGING, OWN, OperationType
from trunkline.operations.declaration import description_of, name_of
from trunkline.operations.schema import annotations, input_schema, output_schema, title, tool_name, tools

GOLDEN = Path(__file__).parent.parent / "golden"
PUBLISHED = (GOLDEN / "tools.json").read_text(encoding="utf-8")


def test_the_21_tools_are_the_published_list_byte_for_byte() -> None:
    """tools.json: names, descriptions and input schemas, in order and with the order of their keys."""
    ours = [
        {"name": tool_name(each), "description": description_of(each), "inputSchema": input_schema(each)} for each in MESSAGING
    ]
    assert json.dumps(ours, indent=2, ensure_ascii=False) == PUBLISHED.rstrip("\n")


def test_our_own_tools_are_three_and_follow_the_21() -> None:
    names = [each["name"] for each in tools(MESSAGING + OWN)]
    assert names[21:] == ["trunkline_list_connections", "trunkline_list_accounts", "trunkline_search_messages"]


def test_what_tools_list_shows_is_the_recorded_file() -> None:
    """security.md S26. After a wanted change: python tests/golden/record.py."""
    recorded = runpy.run_path(str(GOLDEN / "record.py"))
    assert recorded["tools_shown"]() == (GOLDEN / "tools_shown.json").read_text(encoding="utf-8")


def test_tools_list_stays_under_30_kilobytes() -> None:
    """design.md 5; hosts defer lists that take more than a few percent of a context."""
    whole = json.dumps({"tools": tools(MESSAGING + OWN)}, separators=(",", ":"), ensure_ascii=False)
    assert len(whole.encode()) <= 30_000


def test_list_connections_takes_no_pcid_and_the_other_23_need_it() -> None:
    takes = {tool_name(each): "PCID" in input_schema(each)["properties"] for each in MESSAGING + OWN}
    assert [name for name, does in takes.items() if not does] == ["trunkline_list_connections"]
    assert all(next(iter(input_schema(each)["properties"])) == "PCID" for each in MESSAGING + OWN[1:])


READS = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True}
SENDS = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False}
ADDS = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": True}
WRITES_OVER = {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True}
TAKES_AWAY = {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False}
WRITES = {
    "send_message_in_chat": SENDS,
    "start_new_chat": SENDS,
    "forward_message": SENDS,
    "add_reaction": ADDS,
    "patch_chat": WRITES_OVER,
    "patch_message": WRITES_OVER,
    "delete_chat": TAKES_AWAY,
    "delete_message": TAKES_AWAY,
}


@pytest.mark.parametrize("operation", MESSAGING + OWN, ids=name_of)
def test_every_tool_states_all_four_hints(operation: OperationType) -> None:
    """Everything that can hold what strangers wrote is of the open world; only our two lists of grants are not."""
    closed = name_of(operation) in ("list_connections", "list_accounts")
    assert annotations(operation) == {**WRITES.get(name_of(operation), READS), "openWorldHint": not closed}


@pytest.mark.parametrize("operation", [each for each in ALL if name_of(each).startswith("list_")], ids=name_of)
def test_a_list_shows_object_items_and_cursor(operation: OperationType) -> None:
    assert output_schema(operation) == {
        "type": "object",
        "properties": {
            "object": {"type": "string"},
            "items": {"type": "array"},
            "cursor": {"type": ["null", "string"]},
        },
        "required": ["object", "items", "cursor"],
    }


def test_an_output_schema_has_only_top_keys_and_says_which_may_be_absent() -> None:
    operation = next(each for each in MESSAGING if name_of(each) == "patch_chat")
    assert output_schema(operation) == {
        "type": "object",
        "properties": {"object": {"type": "string"}, "invite_link": {"type": "string"}},
        "required": ["object"],
    }


def test_a_file_is_shown_by_its_description() -> None:
    operation = next(each for each in MESSAGING if name_of(each) == "get_message_attachment")
    assert output_schema(operation)["required"] == ["object", "media_type", "file_name", "size"]


def test_titles_are_for_people() -> None:
    assert [title(each) for each in MESSAGING[:2]] == ["Add reaction", "Delete chat"]
