"""What an account of Telegram can do at most. Imports nothing of the library: the docs are generated from it.

What the server tells of an account (help.getConfig, messages.getAvailableReactions) narrows this at each connect: `limits.py`.
"""

from trunkline.contract.capabilities import (
    Ability,
    Bound,
    Capabilities,
    Dedupe,
    Delete,
    Edit,
    Forward,
    Media,
    Reactions,
    Send,
    Start,
    Text,
    Unit,
)

_SEEN = "2026-11-22"
_CONFIG = "core.telegram.org/constructor/config"
_LIBRARY = "python-telegram-bot, constants"
_BRIDGE = "capability table of an open Telegram bridge, 2026-05-27"
_HOUR_MS = 3_600_000
_GIGABYTE = 1024**3


def _bound(value: int, unit: Unit, source: str) -> Bound:
    return Bound(value=value, unit=unit, source=source, seen=_SEEN)


def _guess(value: int, unit: Unit, source: str) -> Bound:
    return Bound(value=value, unit=unit, source=source, seen=_SEEN, indicative=True)


STANDARD_REACTIONS = (
    "👍", "👎", "❤", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩",
    "🤮", "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "🌚", "🌭", "💯", "🤣",
    "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓",
    "👻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅",
    "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "😡",
)  # fmt: skip
"""Of an account without premium; the server's own list takes its place at each connect."""

_CAPTION = Text(max_length=_bound(1_024, "utf16", _CONFIG))
_SIZE = _bound(2 * _GIGABYTE, "bytes", _LIBRARY)

TELEGRAM = Capabilities(
    account_type="TELEGRAM",
    dedupe=Dedupe(kind="token", memory_ms=_HOUR_MS, settle_ms=5_000),
    send=Send(
        text=Text(max_length=_bound(4_096, "utf16", _CONFIG)),
        attachments=Media(types=("*/*",), max_size=_SIZE, caption=_CAPTION),
        max_attachments=_bound(10, "count", _LIBRARY),
        files_apart=True,
        voice=Media(types=("audio/ogg", "audio/mpeg", "audio/mp4"), max_size=_SIZE, caption=_CAPTION),
        video=Media(types=("video/mp4",), max_size=_SIZE),
        quote=Ability(),
        thread=Ability(note="topics of a group that has them"),
        typing=Ability(),
    ),
    start=Start(group=Ability(), max_people=_guess(200, "count", _BRIDGE), empty_group=True),
    edit=Edit(max_age=_guess(48 * _HOUR_MS, "ms", _CONFIG), caption=True),
    delete=Delete(),
    react=Reactions(allowed=STANDARD_REACTIONS),
    forward=Forward(way="native"),
    delete_chat=Ability(),
    read=Ability(),
    mute=Ability(),
    archive=Ability(),
    pin=Ability(),
    add_participant=Ability(),
    remove_participant=Ability(),
    label=Ability(note="kept as a chat folder"),
    invite_link=Ability(),
    history=Ability(),
    files=Ability(),
    pictures=Ability(),
    receipts=Ability(),
)
