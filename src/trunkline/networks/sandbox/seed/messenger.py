"""The seeded Messenger page: a small shop and those who write to it."""

from trunkline.networks.sandbox.seed.files import photo
from trunkline.networks.sandbox.seed.story import Circle, Line, Role, Story, talk

_HOUR = 60
_DAY = 24 * 60

ROLES = (
    Role("bea", "Bea Thompson"),
    Role("carlos", "Carlos Vega"),
    Role("fatima", "Fatima Zahra"),
    Role("gus", "Gus Andersson"),
    Role("helen", "Helen Park"),
)

STORIES = (
    Story(
        ("bea",),
        (
            *talk(
                "bea: Hi! Is the blue teapot still available? 🫖",
                "me: Hello Bea! Yes, two are left",
                "bea: Great, can you put one aside until Saturday?",
                "me: Done. It's under your name",
            ),
            Line("bea", "This one, right?", files=(photo("teapot"),)),
            Line("bea", "And do you gift-wrap?", gap=9),
        ),
        ago=55,
        unread=2,
    ),
    Story(
        ("carlos",),
        talk(
            "carlos: Hola, my parcel has not arrived",
            "me: I'm sorry! Could you tell me the order number?",
            "carlos: 20877",
            "me: It is at the post office in your street since yesterday",
            "carlos: Found it, gracias! 🙌",
            gap=14,
        ),
        ago=6 * _HOUR,
        facts={"labels": ("Solved",)},
    ),
    Story(
        ("fatima",),
        talk(
            "fatima: السلام عليكم، هل تشحنون إلى المغرب؟",
            "me: Wa alaykum as-salam! Yes, we do. It takes about ten days",
            "fatima: شكراً جزيلاً",
            gap=20,
        ),
        ago=11 * _HOUR,
        unread=1,
    ),
    Story(
        ("gus",),
        talk("gus: Do you buy old porcelain?", "me: Sometimes. Could you send a picture?", gap=40),
        ago=4 * _DAY,
    ),
    Story(
        ("helen",),
        talk(
            "helen: The cups are beautiful, thank you!!",
            "me: That makes us happy. Would you leave a review?",
            "helen: Of course, tonight",
            "helen: Done ⭐⭐⭐⭐⭐",
            gap=60,
        ),
        ago=9 * _DAY,
    ),
)

CIRCLE = Circle(ROLES, STORIES)
