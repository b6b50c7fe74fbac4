"""What a message says in `blocks`, as Slack's markup: apps that leave `text` empty say it there alone.

Source: docs.slack.dev/reference/block-kit, seen 2026-11-23. A kind of block that nobody knows here says nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

DEEPEST = 8
"""How far blocks are looked into."""
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}


def markup_of(blocks: object) -> str:
    """All that the blocks say, a line for each part. For any JSON whatever; empty where they say nothing."""
    return "\n".join(said for block in _each(blocks) if (said := _block(block, 0).strip()))


def _block(block: Mapping[str, Any], depth: int) -> str:
    if depth > DEEPEST:
        return ""
    match block.get("type"):
        case "header" | "section":
            parts = [_text(block.get("text")), *(_text(field) for field in _each(block.get("fields")))]
            return "\n".join(filter(None, parts))
        case "context":
            return " ".join(filter(None, (_text(each) or _picture(each) for each in _each(block.get("elements")))))
        case "image" | "video":
            return _picture(block)
        case "markdown":
            return _escaped(block.get("text"))
        case "rich_text" | "rich_text_list":
            return "\n".join(filter(None, (_block(each, depth + 1) for each in _each(block.get("elements")))))
        case "rich_text_section" | "rich_text_quote" | "rich_text_preformatted":
            return "".join(_piece(each) for each in _each(block.get("elements")))
    return ""


def _piece(element: Mapping[str, Any]) -> str:
    """A piece of a line."""
    kind = element.get("type")
    if kind == "text":
        return _escaped(element.get("text"))
    if kind == "link":
        label = _escaped(element.get("text"))
        return f"<{_escaped(element.get('url'))}{'|' if label else ''}{label}>"
    made = {
        "user": f"<@{_word(element, 'user_id')}>",
        "channel": f"<#{_word(element, 'channel_id')}>",
        "usergroup": f"<!subteam^{_word(element, 'usergroup_id')}>",
        "broadcast": f"<!{_word(element, 'range')}>",
        "emoji": f":{_word(element, 'name')}:",
    }
    return made.get(str(kind), "")


def _text(found: object) -> str:
    """A text object: `mrkdwn` is markup already, `plain_text` is not."""
    if not isinstance(found, Mapping):
        return ""
    text = found.get("text")
    if not isinstance(text, str):
        return ""
    return text if found.get("type") == "mrkdwn" else _escaped(text)


def _picture(found: Mapping[str, Any]) -> str:
    return _text(found.get("title")) or _escaped(found.get("alt_text"))


def _word(element: Mapping[str, Any], name: str) -> str:
    """An id or a name, without what would end the markup around it."""
    value = element.get(name)
    return "".join(sign for sign in value if sign.isalnum() or sign in "_-+'") if isinstance(value, str) else ""


def _escaped(text: object) -> str:
    return text.translate(_ESCAPES) if isinstance(text, str) else ""


def _each(found: object) -> Iterable[Mapping[str, Any]]:
    return (each for each in found if isinstance(each, Mapping)) if isinstance(found, list) else ()
