"""Times between the wire, which is UTC, and a person, who has a clock on the wall."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from trunkline.model.times import WIRE_PATTERN, from_wire, to_wire
from trunkline.operations.values import quoted
from trunkline.surfaces.cli.exits import WrongUsage

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DISTANCE = re.compile(r"([0-9]{1,5})([mhdw])\Z")
_LATEST_MS = 32_503_680_000_000
"""The year 3000: the wire's form ends there."""


def shown(wire: str | None, zone: tzinfo | None = None) -> str:
    """A time of the wire on the wall clock: `2026-11-22 18:31`. What is no time is shown as it is.

    zone: None is the machine's.
    """
    if not wire:
        return ""
    try:
        at_ms = from_wire(wire)
    except ValueError:
        return wire
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def brief(wire: str | None, now_ms: int, zone: tzinfo | None = None) -> str:
    """The time of day for today, else the date."""
    whole, today = shown(wire, zone), shown(to_wire(now_ms), zone)
    date_of, _, time_of = whole.partition(" ")
    return time_of if time_of and date_of == today[:10] else date_of


def read_past(text: str, option: str, now_ms: int, zone: tzinfo | None = None) -> str:
    """What a person gave for a time as the wire has it; a distance (`3h`) goes back from now. Raises WrongUsage."""
    return _read(text, option, now_ms, zone, -1)


def read_future(text: str, option: str, now_ms: int, zone: tzinfo | None = None) -> str:
    """The same, with distances that go on from now."""
    return _read(text, option, now_ms, zone, 1)


def _read(text: str, option: str, now_ms: int, zone: tzinfo | None, direction: int) -> str:
    try:
        at_ms = _milliseconds(text.strip(), now_ms, zone, direction)
        if not 0 <= at_ms < _LATEST_MS:
            raise ValueError
    except (ValueError, OverflowError, OSError):
        raise WrongUsage(
            f"{option} is {quoted(text)}; give a date (2026-11-20), a date and time ('2026-11-20 18:30'), "
            "a distance (45m, 3h, 2d, 1w) or 2026-11-20T17:30:00.000Z."
        ) from None
    return to_wire(at_ms)


def _milliseconds(text: str, now_ms: int, zone: tzinfo | None, direction: int) -> int:
    if WIRE_PATTERN.match(text):
        return from_wire(text)
    if distance := _DISTANCE.match(text):
        span = timedelta(**{_UNITS[distance[2]]: int(distance[1])})
        return now_ms + direction * (span // timedelta(milliseconds=1))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        moment = datetime.combine(date.fromisoformat(text), datetime.min.time())
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?", text, re.ASCII):
        moment = datetime.fromisoformat(text)
    else:
        raise ValueError(text)
    local = moment.astimezone() if zone is None else moment.replace(tzinfo=zone)
    return round(local.timestamp() * 1000)
