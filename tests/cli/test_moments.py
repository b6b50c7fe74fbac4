"""Times between the wire and a person."""

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.model.times import from_wire, to_wire
from trunkline.surfaces.cli.exits import WrongUsage
from trunkline.surfaces.cli.moments import brief, read_future, read_past, shown

NOW = from_wire("2026-11-22T18:30:00.000Z")
EAST = timezone(timedelta(hours=5, minutes=30))


def test_a_time_is_shown_on_the_wall_clock() -> None:
    assert shown("2026-11-22T20:45:59.999Z", EAST) == "2026-11-23 02:15"
    assert shown(None) == ""
    assert shown("next week") == "next week"


def test_a_time_of_today_is_shown_by_the_clock_and_another_by_its_date() -> None:
    assert brief("2026-11-22T18:35:00.000Z", NOW, EAST) == "00:05"
    assert brief("2026-11-22T18:29:00.000Z", NOW, EAST) == "2026-11-22"
    assert brief(None, NOW) == ""
    assert brief("soon", NOW) == "soon"


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("2026-11-20T17:30:00.123Z", "2026-11-20T17:30:00.123Z"),
        ("2026-11-20", "2026-11-19T18:30:00.000Z"),
        ("2026-11-20 18:30", "2026-11-20T13:00:00.000Z"),
        ("2026-11-20T18:30:15", "2026-11-20T13:00:15.000Z"),
        ("45m", "2026-11-22T17:45:00.000Z"),
        ("3h", "2026-11-22T15:30:00.000Z"),
        (" 2d ", "2026-11-20T18:30:00.000Z"),
        ("1w", "2026-11-15T18:30:00.000Z"),
    ],
)
def test_a_person_can_say_a_time_in_many_ways(text: str, wire: str) -> None:
    assert read_past(text, "--after", NOW, EAST) == wire


def test_a_distance_goes_forward_where_the_time_is_to_come() -> None:
    assert read_future("12h", "--expires", NOW, UTC) == "2026-11-23T06:30:00.000Z"


@pytest.mark.parametrize("text", ["", "yesterday", "3", "h", "-3h", "3y", "2026-02-30", "2026-11-20 25:00", "99999w", "１h"])
def test_what_is_no_time_is_refused_in_a_sentence_that_shows_what_is(text: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        read_past(text, "--before", NOW, EAST)
    assert refused.value.text == (
        f"--before is {text!r}; give a date (2026-11-20), a date and time ('2026-11-20 18:30'), "
        "a distance (45m, 3h, 2d, 1w) or 2026-11-20T17:30:00.000Z."
    )


@given(st.text(max_size=24))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    """Ours: no traceback, whatever is typed."""
    try:
        wire = read_past(text, "--before", NOW, EAST)
    except WrongUsage:
        return
    assert to_wire(from_wire(wire)) == wire
