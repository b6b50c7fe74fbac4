"""What counts as one native emoji: a reaction that is none must not reach a network."""

import pytest

from trunkline.hub.emoji import is_emoji


@pytest.mark.parametrize(
    "text",
    ["👍", "👍🏽", "❤️", "❤", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☕", "✌️", "✌🏿", "©️", "🫡", "⏰", "🥰", "㊗️", "🧑🏾‍💻"],
)
def test_one_emoji_is_one(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize(
    "text", ["", "👍👍", "🙂🙂🙂", "…", "€€€", "a", "👍a", " 👍", "👍\n", "thumbsup", "1", "🇫", "‍", "🏽🏽", ":)"]
)
def test_anything_else_is_not(text: str) -> None:
    assert not is_emoji(text)
