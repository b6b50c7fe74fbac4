"""The seeded Instagram account: friends, a bakery, a group."""

from trunkline.networks.sandbox.seed.files import gone, photo, video, voice
from trunkline.networks.sandbox.seed.story import Circle, Line, Role, Story, talk

_HOUR = 60
_DAY = 24 * 60

ROLES = (
    Role("zoe", "Zoé Martin"),
    Role("leo", "Leo Fischer"),
    Role("bakery", "Bakery Kornblume"),
    Role("aisha", "Aisha Bello"),
    Role("kai", "Kai Nakamura"),
    Role("fan", "Unknown Admirer", answers=False),
    Role("mila", "Mila Horvat"),
)

STORIES = (
    Story(
        ("zoe",),
        (
            Line("zoe", None, files=(photo("latte"),)),
            Line("zoe", "Guess where 😏"),
            Line("me", "The place by the canal! Without me?!", reactions=(("zoe", "😂"),)),
            Line("zoe", "Come over, there's a free chair"),
            Line("me", "Give me 20 minutes 🏃"),
            Line("zoe", "👀", gap=18),
        ),
        ago=15,
        unread=1,
    ),
    Story(
        ("bakery",),
        (
            *talk(
                "me: Hello! Do you take orders for Saturday?",
                "bakery: Hello Alex! Yes, until Thursday evening 🥐",
                "me: Then two sourdough and six croissants, please",
                "bakery: Noted! Pick-up from 8:00",
            ),
            Line("bakery", "We are closed on Sunday, by the way", gap=3 * _HOUR),
        ),
        ago=21 * _HOUR,
    ),
    Story(
        ("leo", "aisha", "kai"),
        (
            *talk("leo: Jam session on Friday? 🎷", "aisha: Yes!!", "kai: 参加します"),
            Line("kai", None, files=(video("rehearsal.mp4"),)),
            Line("me", "That last part was great", quote=1, reactions=(("kai", "🔥"), ("aisha", "🔥"))),
            Line("leo", None, files=(voice(2.0),)),
            Line("aisha", "I bring the small amp", gap=25),
        ),
        ago=7 * _HOUR,
        title="Friday jam",
        kind=1,
        owner="leo",
        unread=2,
    ),
    Story(
        ("aisha",),
        (
            *talk(
                "aisha: Your photos from Lisbon are lovely", "me: Thank you! It was the light there ☀️", "aisha: Which camera?"
            ),
            Line("me", "An old one of my grandfather's. I'll show you"),
            Line("aisha", None, files=(gone("story.mp4"),), gap=_DAY),
        ),
        ago=2 * _DAY,
    ),
    Story(("fan",), talk("fan: hey 👋", "fan: nice feed!!", gap=400), ago=5 * _DAY, unread=2, facts={"folder": ("PENDING",)}),
    Story(
        ("kai",),
        (
            *talk("kai: ライブどうだった？", "me: So good! You would have loved it"),
            Line("kai", None, extra={"deleted": True}),
            Line("kai", "Next time for sure 🤝"),
        ),
        ago=4 * _DAY,
    ),
)

CIRCLE = Circle(ROLES, STORIES)
