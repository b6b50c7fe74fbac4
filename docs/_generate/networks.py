"""docs/networks.md: what each road can do, and how far."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import fields

from trunkline.contract.capabilities import Ability, Bound, Capabilities, Dedupe, Media, Reactions
from trunkline.contract.connector import Connector
from trunkline.model.times import system_clock
from trunkline.networks.scan import Setup, find_networks

from .text import GENERATED, table

ROOT = Path(__file__).resolve().parents[2]

INTRODUCTION = """\
What a network cannot do is refused before anything leaves, with the reason and what to do instead. What an
account can do may be less than its network's table: `trunkline_list_accounts` tells for each account. **yes** means
without a bound that we know of; a number is the bound; an empty cell means it cannot. The last column says what an ability
was **tested against**: a fake of ours at the network's wire, somebody else's emulator, or the real network.
"""


def page() -> str:
    """The whole page."""
    with TemporaryDirectory() as folder:
        networks = find_networks(Setup(Path(folder), system_clock, os.urandom))
    if missing := [network.unavailable for network in networks if network.unavailable is not None]:
        raise SystemExit(f"docs/networks.md shows every network, so all libraries must be there. {missing[0]}")
    roads = (section(connector) for network in networks for connector in network.connectors)
    return f"# Networks\n\n{GENERATED}\n{INTRODUCTION}" + "".join(roads)


def section(connector: Connector) -> str:
    """One road."""
    types = list(connector.widest)
    ways = " · ".join(dict.fromkeys(way.title for way in connector.login_ways))
    rows = (
        (
            label,
            *(written(connector.widest[account_type], path) for account_type in types),
            verified(connector.widest.values(), path),
        )
        for label, path in ABILITIES
    )
    page = page_of(connector)
    bounds = table(("account type", "bound", "value", "source", "seen"), bound_rows(connector.widest))
    return (
        f"\n## {connector.title} (`{connector.road}`)\n\n{connector.terms}\n\nLogin: {ways}.{page}\n\n"
        f"{table(('', *types, 'tested against'), rows)}\n### Where the bounds of {connector.title} come from\n\n"
        f"A bound marked *guess* is good enough to refuse by, and the refusal says so.\n\n{bounds}"
    )


def page_of(connector: Connector) -> str:
    """A link to the README of the network's folder, which says how to connect and how it breaks."""
    network = type(connector).__module__.split(".")[2]
    page = f"src/trunkline/networks/{network}/README.md"
    return f" [How to connect, limits, and how it breaks](../{page})." if (ROOT / page).exists() else ""


ABILITIES: tuple[tuple[str, str], ...] = (
    ("send text", "send.text"),
    ("send files", "send.attachments"),
    ("voice notes", "send.voice"),
    ("video messages", "send.video"),
    ("quote", "send.quote"),
    ("threads", "send.thread"),
    ("typing", "send.typing"),
    ("start a chat", "start"),
    ("start a group", "start.group"),
    ("edit", "edit"),
    ("delete", "delete"),
    ("react", "react"),
    ("forward", "forward"),
    ("delete a chat", "delete_chat"),
    ("mark read", "read"),
    ("mute", "mute"),
    ("archive", "archive"),
    ("pin", "pin"),
    ("add a participant", "add_participant"),
    ("remove a participant", "remove_participant"),
    ("label", "label"),
    ("invite link", "invite_link"),
    ("history", "history"),
    ("files", "files"),
    ("pictures", "pictures"),
    ("tells who has read", "receipts"),
    ("an unclear send is settled by", "dedupe"),
)


AGAINST = {"fake": "a fake", "counterpart": "somebody else's emulator", "real": "the real network"}


def verified(sheets: Iterable[Capabilities], path: str) -> str:
    """What an ability was tested against; several, where that differs by account type."""
    found = (value_at(sheet, path) for sheet in sheets)
    return "; ".join(dict.fromkeys(AGAINST[ability.verified] for ability in found if isinstance(ability, Ability)))


def value_at(sheet: Capabilities, path: str) -> Any:
    """What stands at `send.text`; None where it or something before it is None."""
    value: Any = sheet
    for name in path.split("."):
        value = None if value is None else getattr(value, name)
    return value


def written(sheet: Capabilities, path: str) -> str:
    """One cell: how far it goes, or nothing."""
    value = value_at(sheet, path)
    if value is None:
        return ""
    if isinstance(value, Dedupe):
        return {"token": "its own token", "history": "its history", "none": "nothing"}[value.kind]
    return "; ".join([*(amount(name, bound) for name, bound in own_bounds(value)), *notes(value)]) or "yes"


def notes(ability: Ability) -> Iterator[str]:
    """What is to be said beside the bounds."""
    if isinstance(ability, Reactions) and ability.allowed is not None:
        yield " ".join(ability.allowed) if len(ability.allowed) <= 10 else f"{len(ability.allowed)} emojis"
    if isinstance(ability, Media) and ability.types != ("*/*",):
        yield ", ".join(ability.types)
    if getattr(ability, "way", None) == "resend":
        yield "sent again, without the mark"
    if ability.note:
        yield ability.note


def own_bounds(ability: Any) -> Iterator[tuple[str, Bound]]:
    """Bounds that stand right in this ability."""
    for each in fields(ability):
        if isinstance(value := getattr(ability, each.name), Bound):
            yield each.name, value


def all_bounds(value: Any, path: str = "") -> Iterator[tuple[str, Bound]]:
    """Every bound below a sheet, with its path: `send.text.max_length`."""
    for each in fields(value):
        inner, name = getattr(value, each.name), f"{path}.{each.name}".lstrip(".")
        if isinstance(inner, Bound):
            yield name, inner
        elif isinstance(inner, Ability):
            yield from all_bounds(inner, name)


def bound_rows(sheets: Mapping[Any, Capabilities]) -> Iterator[tuple[str, ...]]:
    """Every bound of every sheet with its source."""
    for account_type, sheet in sheets.items():
        for path, bound in all_bounds(sheet):
            guess = " *(guess)*" if bound.indicative else ""
            yield account_type, f"`{path}`", amount(path, bound) + guess, bound.source, bound.seen


MS = ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second"), (1, "ms"))
BYTES = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "byte"))
SCALES = {"ms": MS, "bytes": BYTES, "characters": ((1, "character"),), "utf16": ((1, "UTF-16 unit"),)}
COUNTED = {"max_people": ((1, "person"),), "max_attachments": ((1, "file"),)}
MANY = {"person": "people", "ms": "ms", "GiB": "GiB", "MiB": "MiB", "KiB": "KiB"}


def amount(name: str, bound: Bound) -> str:
    """`15 minutes`, `4,096 characters`, `64 MiB`, `8 people`."""
    scale = COUNTED[name.rsplit(".", 1)[-1]] if bound.unit == "count" else SCALES[bound.unit]
    size, unit = next(step for step in scale if bound.value % step[0] == 0)
    count = bound.value // size
    return f"{count:,} {unit if count == 1 else MANY.get(unit, f'{unit}s')}"
