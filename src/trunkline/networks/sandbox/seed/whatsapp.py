"""The seeded WhatsApp account: family, friends, a plumber."""

from trunkline.networks.sandbox.seed.files import document, gone, photo, sticker, voice
from trunkline.networks.sandbox.seed.flatshare import flatshare
from trunkline.networks.sandbox.seed.story import Circle, Line, Role, Story, talk

_HOUR = 60
_DAY = 24 * 60

ROLES = (
    Role("maya", "Maya Fernandes"),
    Role("mum", "Ingrid Morgan"),
    Role("tom", "Tom Becker", lid=True),
    Role("yuki", "Yuki Tanaka"),
    Role("omar", "Omar Haddad"),
    Role("plumber", "Plumber Dupont", picture=False),
    Role("lena", "Lena Novak"),
    Role("bank", "Riverside Bank", answers=False),
    Role("priya", "Priya Nair"),
    Role("stranger", "Jonas Weber"),
)

STORIES = (
    Story(
        ("maya",),
        (
            *talk(
                "maya: Morning! ☀️ Did you see the flat on Rue Lepic?",
                "me: Not yet, is it the one with the balcony?",
                "maya: Yes! And it's under budget 🎉",
                "me: No way. When can we visit?",
                "maya: Thursday at six, or Saturday morning",
            ),
            Line("maya", "This is the view", files=(photo("balcony"),), reactions=(("me", "😍"),)),
            Line("me", "Take Thursday, please", quote=2),
            Line("maya", None, files=(voice(4.0),), gap=8),
            Line("maya", "Maya Fernandes reacted 😂 to your message", extra={"event_type": 2, "hidden": True}),
            Line("maya", "Booked 💃 Bring the tape measure"),
            Line("maya", "And ask your mum about the old sofa?", gap=35),
        ),
        ago=25,
        unread=2,
        facts={"pinned": True},
    ),
    Story(
        ("mum",),
        (
            *talk(
                "mum: Are you eating properly?",
                "me: Yes mum 😄",
                "mum: Your father found your old bicycle in the cellar.",
                "me: Is it still in one piece?",
            ),
            Line("mum", "See for yourself", files=(photo("bicycle"),)),
            Line("me", "Ha, it needs new tyres.", reactions=(("mum", "😂"),)),
            Line("mum", "Call me on Sunday ❤️", gap=120),
            Line("me", "I will!", gap=4),
        ),
        ago=20 * _HOUR,
    ),
    Story(
        ("maya", "tom", "yuki", "omar"),
        (
            Line("me", "Alex Morgan created the group", extra={"event_type": 3}),
            *talk(
                "tom: Finally a group for the hike 🥾",
                "yuki: 私も行きたいです！ I'm in!",
                "omar: أهلاً وسهلاً بالجميع، متى نلتقي؟",
                "me: Saturday, 8:30 at the station, platform 4",
            ),
            Line("tom", "I'll bring the map", as_lid=True),
            Line("maya", "Who brings coffee?", gap=12),
            Line("yuki", "Me ☕", quote=1, reactions=(("maya", "❤️"), ("me", "❤️"), ("tom", "👍"))),
            Line("omar", "The route, 14 km", files=(document("route.pdf", "Forest loop", "14 km, 420 m up", "Bring water"),)),
            Line("me", "Perfect. Weather looks good too", extra={"edited": True}),
            Line("tom", None, files=(sticker(),)),
            Line("omar", "Priya may join as well, can you add her?", gap=90),
        ),
        ago=3 * _HOUR,
        title="Saturday hike 🏔️",
        kind=1,
        unread=1,
        picture=True,
    ),
    Story(
        ("mum", "lena"),
        talk(
            "mum: Christmas: who comes when?",
            "lena: We arrive on the 23rd with the kids",
            "me: 24th in the morning, train gets in at 11:02",
            "mum: Wonderful. Lena, bring the fondue set please",
            "lena: 👍",
        ),
        ago=5 * _DAY,
        title="Family",
        kind=1,
        owner="mum",
        facts={"muted_until_ms": -1},
    ),
    Story(
        ("plumber",),
        (
            *talk(
                "me: Hello, the kitchen tap drips. Could you come by this week?",
                "plumber: Good day. Thursday between 10 and 12.",
                "me: Great, third floor, name on the bell is Morgan",
                gap=30,
            ),
            Line(
                "plumber",
                "Invoice attached",
                files=(document("invoice-1187.pdf", "Invoice 1187", "Repair of a tap", "EUR 96.00"),),
                gap=2 * _DAY,
            ),
            Line("me", "Paid, thank you", gap=40),
        ),
        ago=9 * _DAY,
        facts={"archived": True},
    ),
    Story(
        ("omar",),
        (
            *talk("omar: Did you get home safely?", "me: Yes, what a storm ⛈️", "omar: The photo from the bridge:"),
            Line("omar", None, files=(photo("bridge"),)),
            Line("me", None, extra={"deleted": True}),
            Line("me", "Wow. Print that one!", reactions=(("omar", "🙏"),)),
            Line("omar", "The contract you asked for", files=(gone("contract-2019.pdf"),), gap=_DAY),
        ),
        ago=2 * _DAY,
        unread=1,
    ),
    Story(
        ("tom",),
        talk(
            "tom: Can you lend me your drill?",
            "me: Sure, it's the green one. Come by after seven",
            "tom: You're a star ⭐",
            "me: Bring it back before the hike 😉",
            "tom: Of course. By the way: 🇫🇷 or 🇮🇹 next summer?",
            "me: 🇮🇹!",
        ),
        ago=30 * _HOUR,
        facts={"labels": ("Friends",)},
    ),
    Story(
        ("bank",),
        talk(
            "bank: Your new card is on its way. We will never ask for your PIN.",
            "bank: Your card has arrived at the branch in Rue Custine.",
            gap=3 * _DAY,
        ),
        ago=4 * _DAY,
        unread=2,
        facts={"read_only": True},
    ),
    Story(
        ("yuki",),
        (
            *talk(
                "yuki: お誕生日おめでとう！🎂",
                "me: ありがとう！ You remembered!",
                "yuki: Of course. Dinner on me, Friday?",
                "me: Friday is perfect",
            ),
            Line("yuki", None, extra={"event_type": 8}),
            Line("yuki", "Tried to call, will write instead: 19:30 at Kibo", gap=1),
        ),
        ago=50 * _HOUR,
    ),
)

CIRCLE = Circle(ROLES, (*STORIES, flatshare()))
