"""What a program on REST is told: routes, not tools."""

import pytest

from trunkline.operations.catalog import ALL
from trunkline.operations.missing import not_found
from trunkline.operations.parameter import parameters_of
from trunkline.surfaces.rest.wording import for_a_program


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("chat_id", "There is no chat 'x'. Chat ids come from GET /chats."),
        ("message_id", "There is no message 'x'. Message ids come from GET /chats/{chat_id}/messages."),
        ("PCID", "There is no connection 'x'. Connection ids come from GET /connections."),
        ("road", "There is no road 'x'."),
    ],
)
def test_a_missing_id_is_said_with_the_route_that_gives_such_ids(parameter: str, text: str) -> None:
    assert for_a_program(str(not_found(parameter, "x"))) == text


def test_no_parameter_is_explained_by_a_tool() -> None:
    said = [for_a_program(str(not_found(name, "x"))) for each in ALL for name in parameters_of(each)]
    assert [text for text in said if "unipile_messaging" in text or "trunkline_" in text or "/mcp" in text] == []
