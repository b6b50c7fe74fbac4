"""The seeded X account: a journalist, a maintainer, a group."""

from trunkline.networks.sandbox.seed.files import photo
from trunkline.networks.sandbox.seed.story import Circle, Line, Role, Story, talk

_HOUR = 60
_DAY = 24 * 60

ROLES = (
    Role("june", "June Castillo"),
    Role("maint", "Sven Aalto"),
    Role("bot", "Airline Help", answers=False),
    Role("rosa", "Rosa Lindgren"),
    Role("theo", "Theo Papadakis"),
    Role("wen", "Wen Li"),
)

STORIES = (
    Story(
        ("june",),
        (
            *talk(
                "june: Hi Alex, I'm writing a piece on chat agents. May I quote your thread?",
                "me: Sure, please with a link",
                "june: Of course. It runs on Tuesday",
                "me: Could I see the paragraph before?",
            ),
            Line("june", "Here it is", files=(photo("paragraph"),), gap=50),
            Line("june", "OK like that?", gap=2),
        ),
        ago=3 * _HOUR,
        unread=2,
    ),
    Story(
        ("maint",),
        talk(
            "me: Thanks for the quick fix in 2.3!",
            "maint: Glad it helps 🙂",
            "maint: Could you try the release candidate too?",
            "me: Will do tonight",
            "me: Works fine here, Linux and macOS",
            gap=90,
        ),
        ago=28 * _HOUR,
    ),
    Story(
        ("rosa", "theo", "wen"),
        talk(
            "rosa: Conference in Porto: who goes?",
            "theo: Me! Flight booked ✈️",
            "wen: 我也去",
            "me: Only for the second day, sadly",
            "rosa: Dinner on the second day then 🍷",
            gap=16,
        ),
        ago=2 * _DAY,
        title="Porto crew",
        kind=1,
        owner="rosa",
        unread=1,
    ),
    Story(
        ("bot",),
        talk(
            "me: My bag did not arrive. Reference QX7F2L",
            "bot: We are sorry to hear that. A colleague will look into it.",
            "bot: Your bag is on the next flight and will be brought to you.",
            gap=5 * _HOUR,
        ),
        ago=8 * _DAY,
    ),
    Story(("theo",), talk("theo: Καλημέρα! Slides from yesterday?", "me: Tonight, promised"), ago=6 * _DAY),
)

CIRCLE = Circle(ROLES, STORIES)
