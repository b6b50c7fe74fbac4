"""Telegram, a person's account. Counts text in UTF-16 units; without premium only the standard reactions."""

from trunkline.contract.capabilities import (
    Ability,
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
)
from trunkline.networks.sandbox.sheets.bounds import GIGABYTE, HOUR_MS, bound, guess

_CONFIG = "core.telegram.org/constructor/config"
_LIBRARY = "python-telegram-bot, constants"
_CAPTION = Text(max_length=bound(1_024, "utf16", _LIBRARY))
_SIZE = bound(2 * GIGABYTE, "bytes", _LIBRARY)

STANDARD_REACTIONS = (
    "👍", "👎", "❤", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩",
    "🤮", "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "🌚", "🌭", "💯", "🤣",
    "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓",
    "👻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅",
    "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "😡",
)  # fmt: skip

TELEGRAM = Capabilities(
    account_type="TELEGRAM",
    dedupe=Dedupe(kind="token", memory_ms=24 * HOUR_MS, settle_ms=30_000),
    send=Send(
        text=Text(max_length=bound(4_096, "utf16", _CONFIG)),
        attachments=Media(types=("*/*",), max_size=_SIZE, caption=_CAPTION),
        max_attachments=bound(10, "count", _LIBRARY),
        quote=Ability(),
    ),
    start=Start(
        group=Ability(),
        max_people=guess(200, "count", "capability table of an open Telegram bridge, 2026-05-27"),
        empty_group=True,
    ),
    edit=Edit(max_age=guess(48 * HOUR_MS, "ms", _CONFIG), caption=True),
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
    receipts=Ability(),
    files=Ability(),
    pictures=Ability(),
)
