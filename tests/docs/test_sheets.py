"""The sheets of real networks beside what was found out of them beforehand, and beside the sandbox's, which plays them.

A difference is fine where its reason stands here, and nowhere else. Sources: docs/background/networks.md 2.1; design.md 8, 9.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from trunkline.contract.capabilities import Bound, Capabilities
from trunkline.model.times import system_clock
from trunkline.networks.scan import Setup, find_connectors

BACKGROUND = Path(__file__).parents[2] / "docs" / "background" / "networks.md"
SANDBOX = "sandbox"

COLUMNS = {"SLACK": "SL", "TELEGRAM": "TG", "WHATSAPP": "WA", "whatsapp-business": "WAC"}
"""The column of networks.md 2.1 for each account type with a real road; by road where it is not the network's first."""
PLAYED = tuple(name for name in COLUMNS if name.isupper())
ROWS = {
    "8": "pictures",
    "10": "files",
    "11": "send.text",
    "12": "send.attachments",
    "13": "send.voice",
    "14": "send.video",
    "15": "send.quote",
    "16": "send.thread",
    "17": "send.typing",
    "18": "start",
    "19": "react",
    "20": "edit",
    "21": "delete",
    "22": "delete_chat",
    "23": "forward",
    "24": "history",
    "P1": "read",
    "P2": "mute",
    "P3": "archive",
    "P4": "pin",
    "P5": "add_participant",
    "P6": "remove_participant",
    "P7": "label",
    "P8": "invite_link",
}
"""Each row of networks.md 2.1 about something a sheet declares."""

_AS_A_FILE = "a video goes as a file of the message: send.attachments"
_UNIPILES_WORDS = "the sandbox keeps to the parameters' own words: voice, video and typing are for WhatsApp and LinkedIn"

UNLIKE_THE_BACKGROUND: Mapping[tuple[str, str], str] = {
    ("SLACK", "send.video"): _AS_A_FILE,
    ("SLACK", "archive"): "archiving a channel closes it for everybody, which is another thing than putting a chat away",
    **{
        ("whatsapp-business", name): "groups of the Business API are for chosen businesses and are not built"
        for name in ("add_participant", "remove_participant", "invite_link")
    },
    ("whatsapp-business", "delete_chat"): "the API deletes nothing, and forgetting a chat here would not make it go",
}
"""Why a real road can what the background says it cannot, or the other way round."""

UNLIKE_THE_SANDBOX: Mapping[tuple[str, str], str] = (
    {
        ("TELEGRAM", "send.thread"): "the sandbox's groups have no topics: its words for thread_id are Slack's alone",
    }
    | {
        ("TELEGRAM", path): _UNIPILES_WORDS
        for path in (
            "send.typing",
            "send.video",
            "send.video.max_size",
            "send.voice",
            "send.voice.caption",
            "send.voice.caption.max_length",
            "send.voice.max_size",
        )
    }
    | {("WHATSAPP", path): _UNIPILES_WORDS for path in ("send.video", "send.video.max_size")}
)
"""Why the sandbox plays something otherwise than the real road of the same account type."""


def sheets(folder: Path) -> tuple[dict[str, Capabilities], dict[str, Capabilities]]:
    """The widest sheets of real roads and of the sandbox, by account type; by road where it is not the network's first."""
    real: dict[str, Capabilities] = {}
    played: dict[str, Capabilities] = {}
    for connector in find_connectors(Setup(folder, system_clock, os.urandom)):
        into = played if connector.road == SANDBOX else real
        for account_type, sheet in connector.widest.items():
            is_first = connector.road in (SANDBOX, account_type.lower())
            into[account_type if is_first else connector.road] = sheet
    return real, played


def expected(account_type: str) -> Iterator[tuple[str, bool]]:
    """(ability, whether the background says it can) of an account type."""
    section = BACKGROUND.read_text(encoding="utf-8").split("### 2.1 ", 1)[1].split("### 2.2", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| ")]
    column = rows[0].index(COLUMNS[account_type])
    for row in rows[1:]:
        if row[0] in ROWS:
            yield ROWS[row[0]], not row[column].startswith(("–", "**no**", "?"))


def shown(sheet: Capabilities) -> dict[str, Any]:
    """What two sheets are compared by: which abilities there are, their bounds, and how an unclear send is settled."""
    return {path: _compared(value) for path, value in parts(sheet)} | {"dedupe": sheet.dedupe.kind}


def parts(struct: Struct, before: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of each ability and each bound that is there."""
    for name in struct.__struct_fields__:
        value = getattr(struct, name)
        if isinstance(value, Bound):
            yield before + name, value
        elif isinstance(value, Struct):
            yield before + name, value
            yield from parts(value, f"{before}{name}.")


def _compared(value: Any) -> Any:
    return (value.value, value.unit) if isinstance(value, Bound) else True


def value_at(sheet: Capabilities, path: str) -> Any:
    """The ability or bound of a path; None where there is none."""
    return dict(parts(sheet)).get(path)


@pytest.mark.parametrize("account_type", COLUMNS)
def test_a_real_sheet_says_what_the_background_found_out(account_type: str, tmp_path: Path) -> None:
    """Issue 4: the capability table is equal to networks.md or with the reason why not."""
    sheet = sheets(tmp_path)[0][account_type]
    unlike = {(account_type, path) for path, can in expected(account_type) if (value_at(sheet, path) is not None) != can}
    assert unlike == {pair for pair in UNLIKE_THE_BACKGROUND if pair[0] == account_type}


@pytest.mark.parametrize("account_type", PLAYED)
def test_the_sandbox_plays_what_the_real_road_declares(account_type: str, tmp_path: Path) -> None:
    """design.md 9: a test compares the sandbox's sheets with the real networks' where both exist."""
    real, played = (shown(each[account_type]) for each in sheets(tmp_path))
    unlike = {(account_type, path) for path in real.keys() | played.keys() if real.get(path) != played.get(path)}
    assert unlike == {pair for pair in UNLIKE_THE_SANDBOX if pair[0] == account_type}


def test_every_real_road_is_compared(tmp_path: Path) -> None:
    """Ours: a new one needs its column."""
    assert sheets(tmp_path)[0].keys() == COLUMNS.keys()
