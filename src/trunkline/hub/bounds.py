"""Checking a call against the capabilities, before anything reaches a network. Pure: sheets, values and the network's clock in.

Every refusal is certain and says what the network allows, where that is known from, and what to do instead.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from trunkline.contract.capabilities import Bound, Capabilities, Delete, Edit, Media, Reactions, Text
from trunkline.contract.commands import OutgoingFile
from trunkline.hub.emoji import is_emoji
from trunkline.model.errors import (
    InvalidArgument,
    MediaRefused,
    NotPossible,
    TooLarge,
    TooLong,
    Unsupported,
)
from trunkline.model.networks import TITLES
from trunkline.model.times import to_wire

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_MEBIBYTE = 1024 * 1024

_COLOURED = "\ufe0f"
"""Variation selector 16: an emoji in colours, where the sign alone may be shown as text. Most keyboards add it."""


_HAS = {
    "send": "send messages",
    "react": "react",
    "edit": "edit",
    "delete": "delete messages",
    "forward": "forward",
    "read": "mark chats as read",
    "mute": "mute",
    "archive": "archive",
    "pin": "pin",
    "label": "label",
    "start": "start chats",
}


def title_of(sheet: Capabilities) -> str:
    """The network's name for people, or that of the product on it."""
    return sheet.product or TITLES[sheet.account_type]


def check_text(text: str, allowed: Text, name: str, sheet: Capabilities) -> None:
    """Raise TooLong when the network would not take this much text, counted its way."""
    bound = allowed.max_length
    if bound is None:
        return
    length = len(text.encode("utf-16-le")) // 2 if bound.unit == "utf16" else len(text)
    if bound.unit == "bytes":
        length = len(text.encode())
    if length > bound.value:
        unit = {"utf16": "UTF-16 units", "bytes": "bytes"}.get(bound.unit, "characters")
        raise TooLong(
            f"{name} has {length} {unit}; {title_of(sheet)} takes at most {bound.value}{_source(bound)}."
            " Nothing was sent. Shorten it or send several messages."
        )


def check_file(file: OutgoingFile, allowed: Media | None, parameter: str, sheet: Capabilities) -> None:
    """Raise Unsupported, MediaRefused or TooLarge when the network would not take the file."""
    network = title_of(sheet)
    if allowed is None:
        advice = "Send the file in attachments instead." if parameter != "attachments" and sheet.send else "Send text only."
        if (why := (sheet.withheld or {}).get(parameter)) is not None:
            raise MediaRefused(f"This account of {network} takes no {parameter}: {why}. Nothing was sent. {advice}")
        raise MediaRefused(f"{network} takes no {parameter} here. Nothing was sent. {advice}")
    if not any(fnmatchcase(file.media_type, pattern) for pattern in allowed.types):
        raise MediaRefused(
            f"{parameter} holds a file of type {file.media_type}; {network} takes {', '.join(allowed.types)}. Nothing was sent."
        )
    if file.size > allowed.max_size.value:
        raise TooLarge(
            f"{parameter} holds a file of {_size(file.size)}; {network} takes at most {_size(allowed.max_size.value)}"
            f"{_source(allowed.max_size)}. Nothing was sent."
        )


def check_count(files: Sequence[OutgoingFile], bound: Bound | None, sheet: Capabilities) -> None:
    """Raise InvalidArgument for more files than one message may have."""
    if bound is not None and len(files) > bound.value:
        raise InvalidArgument(
            f"attachments has {len(files)} files; {title_of(sheet)} takes at most {bound.value} in one message."
            " Nothing was sent. Send several messages."
        )


def check_edit_age(sent_at_ms: int, now_ms: int, edit: Edit, sheet: Capabilities) -> None:
    """Raise NotPossible when the message is too old to be edited."""
    _check_age(sent_at_ms, now_ms, edit.max_age, sheet, ("edits", "Nothing was changed. Send a new message instead."))


def check_delete_age(sent_at_ms: int, now_ms: int, delete: Delete, sheet: Capabilities) -> None:
    """Raise NotPossible when the message is too old to be deleted for everybody."""
    _check_age(sent_at_ms, now_ms, delete.max_age, sheet, ("deletions", "Nothing was changed."))


def _check_age(sent_at_ms: int, now_ms: int, bound: Bound | None, sheet: Capabilities, words: tuple[str, str]) -> None:
    if bound is None or now_ms - sent_at_ms <= bound.value:
        return
    what, advice = words
    raise NotPossible(
        f"{title_of(sheet)} no longer takes {what} of this message: its {_duration(bound.value)} ended at"
        f" {to_wire(sent_at_ms + bound.value)}{_source(bound)}. {advice}"
    )


def spelled(value: str, allowed: Reactions) -> str:
    """An emoji as the network spells it: ❤ where it came as ❤️, with the sign that asks for colours; else as it is."""
    if allowed.allowed is None or value in allowed.allowed:
        return value
    plain = value.replace(_COLOURED, "")
    return next((each for each in allowed.allowed if each.replace(_COLOURED, "") == plain), value)


def check_reaction(value: str, allowed: Reactions, sheet: Capabilities) -> None:
    """Raise InvalidArgument for an emoji the network does not know, Unsupported where none can be taken off."""
    network = title_of(sheet)
    if not value:
        if not allowed.remove:
            raise Unsupported(f"{network} cannot take a reaction off. Nothing was changed.")
        return
    if allowed.allowed is not None and value not in allowed.allowed:
        raise InvalidArgument(
            f"reaction is not one that {network} knows; it must be one of {' '.join(allowed.allowed)}. Nothing was changed."
        )
    if not is_emoji(value):
        raise InvalidArgument("reaction must be one native emoji, such as 👍. Nothing was changed.")


def unsupported(what: str, sheet: Capabilities, advice: str = "", *, ability: str = "") -> Unsupported:
    """The refusal of something the network does not have; or the account, where its sheet says why. ability: its name there."""
    if (why := (sheet.withheld or {}).get(ability)) is not None:
        return Unsupported(f"This account of {title_of(sheet)} cannot {what}: {why}. Nothing was done. {advice}".strip())
    return Unsupported(f"{title_of(sheet)} cannot {what}. Nothing was done. {advice or _instead(sheet)}".strip())


def _instead(sheet: Capabilities) -> str:
    """What there is, said of a product that has less than its network's name promises."""
    if sheet.product is None:
        return ""
    has = [words for name, words in _HAS.items() if getattr(sheet, name) is not None]
    return f"It can {', '.join(has[:-1])} and {has[-1]}." if len(has) > 1 else ""


def _source(bound: Bound) -> str:
    """Said of a guess: that it is one."""
    return " (an indicative limit)" if bound.indicative else ""


def _duration(ms: int) -> str:
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if ms >= unit and ms % unit == 0:
            count = ms // unit
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{ms // 1000} seconds"


def _size(count: int) -> str:
    return f"{count / _MEBIBYTE:.1f} MiB" if count >= _MEBIBYTE else f"{count} bytes"
