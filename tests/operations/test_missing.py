"""What is said of an id that names nothing."""

import pytest

from trunkline.operations.catalog import ALL
from trunkline.operations.chats import GetChat
from trunkline.operations.missing import no_such_chat, not_found
from trunkline.operations.parameter import parameters_of

ON_EITHER = " on /mcp, or from the person who set you up."
"""Also true on the endpoint of the 21 tools, which has none of ours."""


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (not_found("chat_id", "c_9"), "There is no chat 'c_9'. Chat ids come from unipile_messaging_list_all_chats."),
        (
            not_found("chat_id", "c_9", account_id="a_1"),
            "There is no chat 'c_9' in account 'a_1'. Chat ids come from unipile_messaging_list_all_chats.",
        ),
        (
            not_found("quote_id", "m"),
            "There is no message 'm'. Message ids come from unipile_messaging_list_chat_messages.",
        ),
        (
            not_found("PCID", "x"),
            f"There is no connection 'x'. Connection ids come from trunkline_list_connections{ON_EITHER}",
        ),
        (
            not_found("account_id", "x"),
            f"There is no account 'x'. Account ids come from trunkline_list_accounts{ON_EITHER}",
        ),
        (
            no_such_chat(GetChat(chat_id="c_9")),
            f"{not_found('chat_id', 'c_9')} A provider id needs account_id beside it.",
        ),
        (no_such_chat(GetChat(chat_id="c_9", account_id="a_1")), str(not_found("chat_id", "c_9", account_id="a_1"))),
        (not_found("id", "p", kind="picture of attendee"), "There is no picture of attendee 'p'."),
        (not_found("road", "snail mail"), "There is no road 'snail mail'."),
    ],
)
def test_the_text_names_the_kind_the_value_and_where_such_ids_come_from(found: Exception, text: str) -> None:
    assert str(found) == text


def test_every_id_parameter_has_a_kind_in_plain_words() -> None:
    names = {name for each in ALL for name in parameters_of(each) if name.endswith("_id") or name == "id"}
    assert [name for name in sorted(names) if "_id" in str(not_found(name, "x")).split("'")[0]] == []


def test_a_value_is_shown_printable_and_cut() -> None:
    assert len(str(not_found("chat_id", "x\u202e" * 1000))) < 250
    assert "\\u202e" in str(not_found("chat_id", "x\u202ey"))
