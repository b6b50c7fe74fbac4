"""A long group chat, so that there is something to page through: three weeks of a shared flat."""

from trunkline.networks.sandbox.seed.story import Line, Story

_DAY = 24 * 60

_DAILY: tuple[tuple[str, str], ...] = (
    ("lena", "Who took the last milk? 🥛"),
    ("tom", "Not me"),
    ("me", "I'll buy some on the way home"),
    ("priya", "The parcel for flat 3 is on the stairs"),
    ("lena", "Window in the bathroom stays open today please"),
    ("tom", "Rent is due on Friday"),
    ("me", "Transferred ✅"),
    ("priya", "Same here"),
    ("lena", "Pasta tonight, who eats with us? 🍝"),
    ("me", "Me!"),
    ("tom", "Late shift, keep me a plate"),
    ("priya", "The heating is cold again 🥶"),
    ("lena", "I wrote to the landlord"),
    ("me", "He comes tomorrow at nine"),
    ("priya", "Laundry is free now"),
    ("tom", "Movie on Sunday?"),
)


def flatshare() -> Story:
    """The story, 128 lines."""
    lines = tuple(
        Line(who, f"{text} (day {day})" if place == 0 else text, gap=_DAY - 15 * 35 if place == 0 else 35)
        for day in range(1, 9)
        for place, (who, text) in enumerate(_DAILY)
    )
    return Story(("lena", "tom", "priya"), lines, ago=12 * 60, title="Flat 2B", kind=1, owner="lena", unread=3)
