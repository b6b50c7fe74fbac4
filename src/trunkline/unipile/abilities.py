"""What a real Unipile server can do on each network, as a sheet. Source: unipile-v1 chapter 8; bounds: 7.3, 7.7, 7.12, 7.13.

Only what is published as possible is declared. Nothing is refused by these sheets: the server at the other end decides, and
says so; they tell an agent beforehand.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from trunkline.contract.brief import brief
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
)
from trunkline.model.networks import AccountType

_SOURCE = "the vendor's reference, 2026"
_SEEN = "2026-11-22"
_FILE = Bound(value=26_214_400, unit="bytes", source="the vendor's SDK 1.9.3", seen=_SEEN, indicative=True)
_HOUR = Bound(value=3_600_000, unit="ms", source=_SOURCE, seen=_SEEN)
_QUARTER = Bound(value=900_000, unit="ms", source=_SOURCE, seen=_SEEN, indicative=True)

_TEXT = Text()
_ANY_FILE = Media(types=("*/*",), max_size=_FILE)
_VOICE = Media(types=("audio/*",), max_size=_FILE)
_VIDEO = Media(types=("video/*",), max_size=_FILE)
_CAN = Ability()
_SETTLED = Dedupe(kind="history")
_PLAIN = Send(text=_TEXT, attachments=_ANY_FILE)
_START = Start(group=_CAN)


def _sheet(account_type: AccountType, **abilities: Any) -> Capabilities:
    read = {"history": _CAN, "files": _CAN, "pictures": _CAN}
    return Capabilities(account_type=account_type, dedupe=_SETTLED, **(read | abilities))


SHEETS: Mapping[str, Capabilities] = {
    "WHATSAPP": _sheet(
        "WHATSAPP",
        send=Send(text=_TEXT, attachments=_ANY_FILE, voice=_VOICE, quote=_CAN, typing=_CAN),
        start=_START,
        edit=Edit(max_age=_QUARTER, caption=True),
        delete=Delete(),
        react=Reactions(remove=False),
        forward=Forward(way="native"),
        delete_chat=_CAN,
        read=_CAN,
        mute=_CAN,
        archive=_CAN,
        pin=_CAN,
        add_participant=_CAN,
        remove_participant=_CAN,
        label=_CAN,
        invite_link=_CAN,
    ),
    "LINKEDIN": _sheet(
        "LINKEDIN",
        send=Send(text=_TEXT, attachments=_ANY_FILE, voice=_VOICE, video=_VIDEO, quote=_CAN),
        start=Start(group=_CAN, subject=True),
        edit=Edit(max_age=_HOUR),
        delete=Delete(max_age=_HOUR),
        react=Reactions(remove=False),
        delete_chat=_CAN,
        read=_CAN,
        mute=_CAN,
    ),
    "TELEGRAM": _sheet("TELEGRAM", send=_PLAIN, start=_START, add_participant=_CAN, remove_participant=_CAN, invite_link=_CAN),
    "INSTAGRAM": _sheet("INSTAGRAM", send=_PLAIN, start=_START),
    "MESSENGER": _sheet("MESSENGER", send=_PLAIN, start=_START),
    "TWITTER": _sheet("TWITTER", send=Send(text=_TEXT)),
    "SLACK": _sheet("SLACK", send=Send(text=_TEXT, attachments=_ANY_FILE, thread=_CAN)),
}


def abilities_of(account_type: str) -> dict[str, Any]:
    """The sheet of a network, short enough for a model to read."""
    return brief(msgspec.to_builtins(SHEETS[account_type]))
