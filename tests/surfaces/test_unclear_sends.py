"""A send whose outcome is unclear: every surface names its own way to look."""

from trunkline.hub.outcomes import out_of_time
from trunkline.model.errors import OutcomeUnknown
from trunkline.surfaces.cli.wording import for_a_person
from trunkline.surfaces.rest.wording import for_a_program


def test_each_surface_names_its_own_way_to_look() -> None:
    """design.md 5: what to do next. Seen to fail: a terminal and a program on REST were told to look with "get_message"."""
    for sentence in (out_of_time("the-message").text, OutcomeUnknown().text):
        assert "look with unipile_messaging_get_message, do not repeat." in sentence
        assert "look with `trunkline messages CHAT --json`, do not repeat." in for_a_person(sentence)
        assert "look with GET /messages/{message_id}, do not repeat." in for_a_program(sentence)
