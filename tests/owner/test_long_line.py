"""A line too long to be read, of which only the outermost level is kept. Source: JSON-RPC 2.0, 5: the request's id."""

import json
from typing import Any

import pytest

from trunkline.owner.long_line import TOO_LONG, Skeleton, answer_to

LONG = "x" * 5000
IN_RESULT = {"content": [{"type": "text", "text": TOO_LONG}], "isError": True, "resultType": "complete"}
IN_ERROR = {"code": -32600, "message": TOO_LONG}


def answered(line: str, piece: int) -> Any:
    """The answer to a line that comes in pieces of so many bytes."""
    raw = line.encode()
    skeleton = Skeleton()
    for at in range(0, len(raw), piece):
        skeleton.feed(raw[at : at + piece])
    answer = answer_to(skeleton.value())
    return None if answer is None else json.loads(answer)


@pytest.mark.parametrize("piece", [1, 7, 1000, 1_000_000])
@pytest.mark.parametrize("request_id", [0, 7, "seven", 'se"v\\en', "{[", "ü"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_call_is_answered_under_its_id_wherever_that_stands(request_id: Any, piece: int, is_first: bool) -> None:
    arguments = {"id": 99, "text": LONG + '\\"}]', "more": [{"id": 98}, "\\"]}
    rest = {"jsonrpc": "2.0", "method": "tools/call", "params": {"arguments": arguments, "id": 97}}
    message = {"id": request_id, **rest} if is_first else {**rest, "id": request_id}
    expected = {"jsonrpc": "2.0", "id": request_id, "result": IN_RESULT}
    assert answered(json.dumps(message), piece) == expected
    assert answered(json.dumps(message, indent=3), piece) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (json.dumps({"id": 1, "method": "prompts/get", "params": [LONG]}), {"id": 1, "error": IN_ERROR}),
        (json.dumps({"id": 1, "method": LONG}), {"id": 1, "error": IN_ERROR}),
        (json.dumps({"id": LONG, "method": "ping"}), {"id": None, "error": IN_ERROR}),
        (json.dumps({"id": True, "method": "ping"}), {"id": None, "error": IN_ERROR}),
        (json.dumps({"id": [1], "a": LONG}), {"id": None, "error": IN_ERROR}),
        (json.dumps([{"id": 1, "method": "ping"}]), {"id": None, "error": IN_ERROR}),
        ("{" + '"a":1,' * 20_000 + '"id":1}', {"id": None, "error": IN_ERROR}),
        ("x" * 100_000, {"id": None, "error": IN_ERROR}),
        ("}" * 100_000 + "{" * 100_000, {"id": None, "error": IN_ERROR}),
        ('{"id":1,"method":"tools/call","params":"', {"id": None, "error": IN_ERROR}),
    ],
)
def test_what_has_no_id_that_can_be_found_is_answered_all_the_same(line: str, expected: dict[str, Any]) -> None:
    assert answered(line, 64) == {"jsonrpc": "2.0", **expected}


@pytest.mark.parametrize("message", [{"method": "notifications/x", "params": LONG}, {"id": 1, "result": {"text": LONG}}])
def test_a_notification_and_an_answer_get_no_answer(message: dict[str, Any]) -> None:
    assert answered(json.dumps(message), 64) is None
