"""What a person means by a name."""

import pytest

from trunkline.surfaces.cli.exits import Failed
from trunkline.surfaces.cli.matching import Match, Wording, pick

CHATS = {
    "id-1": "Maya Fernandes",
    "id-2": "Maya Lindqvist",
    "id-3": "Family",
    "id-4": "Family dinner",
    "id-5": "Straße",
    "id-6": "id-1",
    "id-7": "\x1b[2Jspoof",
}
WORDING = Wording("chat", "trunkline chats", "Give the id.")


def chosen(wanted: str) -> str:
    return pick(wanted, CHATS, lambda key: Match((key,), CHATS[key], f"WhatsApp, {key}"), WORDING)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("id-2", "id-2"),
        ("id-1", "id-1"),  # an id goes before a name
        ("maya l", "id-2"),
        ("FAMILY", "id-3"),  # a whole name goes before the beginning of another
        ("family d", "id-4"),
        ("STRASSE", "id-5"),
    ],
)
def test_a_thing_is_named_by_id_by_name_or_by_the_beginning_of_its_name(wanted: str, found: str) -> None:
    assert chosen(wanted) == found


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("maya", "'maya' could be Maya Fernandes (WhatsApp, id-1) or Maya Lindqvist (WhatsApp, id-2). Give the id."),
        ("Lindqvist", "No chat is called 'Lindqvist'. `trunkline chats` lists them."),
        ("", "No chat is called ''. `trunkline chats` lists them."),
        ("ID-2", "No chat is called 'ID-2'. `trunkline chats` lists them."),
        ("\x1bx", "No chat is called '\\x1bx'. `trunkline chats` lists them."),
    ],
)
def test_what_is_not_clear_is_not_guessed(wanted: str, words: str) -> None:
    """Ours: a message to the wrong person cannot be taken back."""
    with pytest.raises(Failed) as refused:
        chosen(wanted)
    assert refused.value.text == words


def test_many_candidates_are_cut_short() -> None:
    names = {f"id-{number}": f"Room {number}" for number in range(9)}
    with pytest.raises(Failed) as refused:
        pick("room", names, lambda key: Match((key,), names[key], key), WORDING)
    assert refused.value.text.endswith("Room 5 (id-5) or 3 more. Give the id.")
    assert refused.value.text.count("Room") == 6
