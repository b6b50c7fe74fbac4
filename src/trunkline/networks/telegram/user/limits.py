"""The sheet of one account: the widest one, with what the server tells of limits in the place of what was guessed.

networks.md 4.0: what the server reports wins over the table.
"""

from typing import Any

import msgspec
from telethon import functions

from trunkline.contract.capabilities import Bound, Capabilities, Delete, Text
from trunkline.model.errors import NetworkRefusal
from trunkline.networks.telegram.user.client import Line, Unreadable

_SOURCE = "help.getConfig of the account's server"
_ENDLESS_S = 10 * 365 * 86_400
"""A limit beyond this is none: Telegram says 2147483647 seconds where there is none."""


async def narrowed(line: Line, widest: Capabilities, own: Any, today: str) -> Capabilities:
    """The account's sheet. today: YYYY-MM-DD, the date these limits were seen."""
    config = await line.call(functions.help.GetConfigRequest())
    emojis = await _emojis(line, is_premium=bool(own.premium))
    return with_reactions(with_config(widest, config, today), emojis)


def with_config(sheet: Capabilities, config: Any, today: str) -> Capabilities:
    """The sheet with the limits of a Config."""

    def bound(value: int, unit: Any) -> Bound:
        return Bound(value=value, unit=unit, source=_SOURCE, seen=today)

    assert sheet.send is not None
    assert sheet.edit is not None
    caption = Text(max_length=bound(config.caption_length_max, "utf16"))
    send = msgspec.structs.replace(
        sheet.send,
        text=Text(max_length=bound(config.message_length_max, "utf16")),
        attachments=_captioned(sheet.send.attachments, caption),
        voice=_captioned(sheet.send.voice, caption),
    )
    edit = msgspec.structs.replace(sheet.edit, max_age=_age(config.edit_time_limit, bound))
    delete = Delete(max_age=_age(min(config.revoke_time_limit, config.revoke_pm_time_limit), bound))
    return msgspec.structs.replace(sheet, send=send, edit=edit, delete=delete)


def with_reactions(sheet: Capabilities, emojis: tuple[str, ...]) -> Capabilities:
    """The sheet with the server's own list of reactions; unchanged where it gave none."""
    if not emojis:
        return sheet
    assert sheet.react is not None
    return msgspec.structs.replace(sheet, react=msgspec.structs.replace(sheet.react, allowed=emojis))


def _captioned(media: Any, caption: Text) -> Any:
    return None if media is None else msgspec.structs.replace(media, caption=caption)


def _age(seconds: int, bound: Any) -> Bound | None:
    found: Bound | None = None if seconds >= _ENDLESS_S else bound(seconds * 1000, "ms")
    return found


async def _emojis(line: Line, *, is_premium: bool) -> tuple[str, ...]:
    try:
        answer = await line.call(functions.messages.GetAvailableReactionsRequest(hash=0))
    except (NetworkRefusal, Unreadable):
        return ()
    usable = (each for each in getattr(answer, "reactions", ()) if not each.inactive and (is_premium or not each.premium))
    return tuple(each.reaction for each in usable)
