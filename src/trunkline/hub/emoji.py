"""Whether a text is one native emoji.

The grammar is that of Unicode's UTS #51 (1.4.9, "EBNF and regex"); the base characters are the blocks that hold emoji, a little
wider than the property itself, which Python does not carry.
"""

import re

_BASE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_PRESENTED = "(?:\ufe0f\u20e3?|[\U0001f3fb-\U0001f3ff]|[\U000e0020-\U000e007e]+\U000e007f)?"
_ELEMENT = f"{_BASE}{_PRESENTED}"
_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"  # a flag: two regional indicators
    "|[0-9#*]\ufe0f?\u20e3"  # a keycap
    f"|{_ELEMENT}(?:\u200d{_ELEMENT}){{0,9}})\\Z"
)


def is_emoji(text: str) -> bool:
    """Whether it is one emoji: with skin tone, joined to others as a family is, a flag or a keycap."""
    return _EMOJI.match(text) is not None
