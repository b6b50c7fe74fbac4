"""Texts as people read them, from Slack's markup and back.

Up:   `<@U1>` → @Maya · `<#C1|general>` → #general · `<!here>` → @here · `<https://x.org|here>` → here (https://x.org) ·
      `:wave:` → 👋 · `&lt;` → <
Down: `&`, `<`, `>` escaped, so that no text can mention a whole channel; `@Maya` of a known person and a literal `<@U1>` become
      mentions. Source: docs.slack.dev/messaging/formatting-message-text, seen 2026-11-22.
"""

import re
from collections.abc import Callable, Mapping

from trunkline.networks.slack.emoji import with_native

Named = Callable[[str], str | None]
"""The name of a user or channel by id, None where unknown."""

_MARKUP = re.compile(r"<([^<>]*)>")
_LITERAL_MENTION = re.compile(r"&lt;(@[UW][A-Z0-9]+|#[CG][A-Z0-9]+)&gt;")
_SPECIAL = {"here": "@here", "channel": "@channel", "everyone": "@everyone"}
_AT = re.compile(r"(?<![\w@.])@(?=\w)")


def readable(text: str, person: Named, channel: Named) -> str:
    """What a person reads. Never fails: markup that is none stays as it is."""
    return with_native(_unescaped(_MARKUP.sub(lambda found: _shown(found.group(1), found.group(0), person, channel), text)))


def mentioned(text: str) -> frozenset[str]:
    """Ids of the users that a text mentions."""
    return frozenset(re.findall(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>", text))


def marked_up(text: str, people: Mapping[str, str]) -> str:
    """What is sent. people: ids by the names that may be mentioned as `@name`."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    escaped = _LITERAL_MENTION.sub(r"<\1>", escaped)
    if not people or "@" not in escaped:
        return escaped
    names = sorted(people, key=len, reverse=True)
    parts: list[str] = []
    at = 0
    for found in _AT.finditer(escaped):
        name = next((name for name in names if _stands_at(escaped, found.end(), name)), None)
        if name is None or found.start() < at:
            continue
        parts += [escaped[at : found.start()], f"<@{people[name]}>"]
        at = found.end() + len(name)
    return "".join([*parts, escaped[at:]])


def _stands_at(text: str, at: int, name: str) -> bool:
    return text.startswith(name, at) and not text[at + len(name) : at + len(name) + 1].isalnum()


def _shown(inside: str, whole: str, person: Named, channel: Named) -> str:
    target, _, label = inside.partition("|")
    kind, rest = target[:1], target[1:]
    if kind == "@":
        return f"@{person(rest) or label or rest}"
    if kind == "#":
        return f"#{label or channel(rest) or rest}"
    if kind == "!":
        return _special(rest, label)
    if "://" not in target and not target.startswith(("mailto:", "tel:")):
        return whole
    plain = target.removeprefix("mailto:").removeprefix("tel:")
    return f"{label} ({target})" if label and label not in (target, plain, target.split("://", 1)[-1]) else label or plain


def _special(name: str, label: str) -> str:
    word = name.split("^", 1)[0]
    if label:
        return label
    return _SPECIAL.get(word, f"@{name.rpartition('^')[2]}" if word == "subteam" else name)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
