"""Slack's names of emoji and the native emoji they stand for, both ways.

Slack speaks of emoji by name (`thumbsup`), every other network by the emoji itself. The table `emoji.tsv` is that of the npm
package emoji-datasource 16.0.0 (MIT, seen 2026-11-22), which Slack's own set is numbered by: native emoji, its names, and what
each skin tone makes of it. A name that is not in it is a workspace's own emoji and stays `:name:`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_TONE = "::skin-tone-"
_PRESENTATION = "\ufe0f"
_CODE = re.compile(r":([a-z0-9_+'\-]+(?:::skin-tone-[2-6](?:-[2-6])?)?):")


@dataclass(frozen=True)
class EmojiTable:
    """by_name: `thumbsup::skin-tone-3` to 👍🏼. by_native: without variation selectors, to the first name."""

    by_name: Mapping[str, str]
    by_native: Mapping[str, str]


@cache
def emoji_table() -> EmojiTable:
    """The table, read once. About 4,000 entries with all tones."""
    by_name: dict[str, str] = {}
    by_native: dict[str, str] = {}
    lines = files(__package__).joinpath("emoji.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        native, names, *toned = line.split("\t")
        variations = [variation.split("=", 1) for variation in (toned[0].split() if toned else [])]
        for name in names.split():
            by_name.setdefault(name, native)
            for tone, variation in variations:
                by_name.setdefault(f"{name}{_TONE}{tone}", variation)
        first = names.split()[0]
        by_native.setdefault(_plain(native), first)
        for tone, variation in variations:
            by_native.setdefault(_plain(variation), f"{first}{_TONE}{tone}")
    return EmojiTable(by_name, by_native)


def native_of(name: str) -> str:
    """The native emoji of a Slack name; `:name:` for a workspace's own."""
    return emoji_table().by_name.get(name, f":{name}:")


def name_of(native: str) -> str | None:
    """Slack's name of one native emoji; None where Slack has none."""
    return emoji_table().by_native.get(_plain(native))


def with_native(text: str) -> str:
    """The text with emoji in place of their codes: `:wave:` becomes 👋. Codes that name no emoji stay."""
    if ":" not in text:
        return text
    by_name = emoji_table().by_name
    return _CODE.sub(lambda found: by_name.get(found.group(1), found.group(0)), text)


def _plain(native: str) -> str:
    """Without the variation selector, which people's keyboards add or leave out."""
    return native.replace(_PRESENTATION, "")
