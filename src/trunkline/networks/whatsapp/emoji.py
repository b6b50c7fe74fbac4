"""What WhatsApp takes as a reaction."""

import unicodedata


def is_emoji(text: str) -> bool:
    """Whether it can be an emoji: a symbol, a flag or a keycap, and no word."""
    if len(text) > 40 or any(character.isalpha() or character.isspace() for character in text):
        return False
    return any(unicodedata.category(character) in ("So", "Sk") or character == "\u20e3" for character in text)
