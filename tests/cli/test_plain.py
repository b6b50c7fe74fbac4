"""What strangers wrote cannot steer a terminal."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.surfaces.cli.plain import block, json_text, line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\x00b\x7f", "a\\x00b\\x7f"),
        ("over\rwritten", "over ⏎ written"),
        ("two\nlines\r\nand three\n", "two ⏎ lines ⏎ and three"),
        ("a\tb", "a    b"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066@Maya\u2069 hi", "@Maya hi"),
        ("half \ud83d", "half \\ud83d"),
        ("👩‍👧 שלום 日本", "👩‍👧 שלום 日本"),
    ],
)
def test_a_line_has_no_control_character_and_no_break(text: str, shown: str) -> None:
    """Ours: a message that moves the cursor could paint over what stands above it."""
    assert line(text) == shown


@given(st.text())
def test_no_text_brings_a_control_character_through(text: str) -> None:
    """Ours."""
    for shown in (line(text), block(text).replace("\n", "")):
        assert [each for each in shown if unicodedata.category(each) in ("Cc", "Cs")] == []


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_for_a_terminal_means_the_same_and_has_no_control_character(text: str) -> None:
    """Ours: JSON itself lets the second half of the control characters through."""
    shown = json_text(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(shown) == {"text": text}
    assert [each for each in shown if unicodedata.category(each) == "Cc"] == []
