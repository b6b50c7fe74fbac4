"""The seeded Slack workspace: a small company with channels, threads and direct messages."""

from trunkline.networks.sandbox.seed.files import document, photo
from trunkline.networks.sandbox.seed.story import Circle, Line, Role, Story, talk

_HOUR = 60
_DAY = 24 * 60

ROLES = (
    Role("dana", "Dana Whitfield", "Head of Product"),
    Role("kofi", "Kofi Mensah", "Backend engineer"),
    Role("elif", "Elif Yilmaz", "Designer"),
    Role("ravi", "Ravi Shah", "Support"),
    Role("nora", "Nora Lind", "Finance"),
    Role("deploy", "Deploybot", answers=False),
)

STORIES = (
    Story(
        ("dana", "kofi", "elif", "ravi", "nora", "deploy"),
        (
            Line(
                "dana", "Release 4.2 goes out on Thursday. Anything that blocks it?", reactions=(("kofi", "👀"), ("elif", "👀"))
            ),
            Line("kofi", "The import still fails for files over 2 GB", thread=1, gap=6),
            Line("me", "I can look at it this afternoon", thread=2, gap=3),
            Line("dana", "Thanks! Shout if you need a second pair of eyes", thread=3, gap=2),
            Line("deploy", "Build 1184 passed on `main` ✅", gap=25),
            Line(
                "elif",
                "New empty states for the inbox, feedback welcome",
                files=(photo("empty-states", "empty-states.png"),),
                gap=40,
            ),
            Line("me", "Love the second one 😍", thread=1, gap=5, reactions=(("elif", "🙌"), ("dana", "🙌"), ("dana", "🎉"))),
            Line("ravi", "Two customers asked for dark mode again", gap=55),
            Line("dana", "Noted, it's on the list for Q1", thread=1, gap=10),
            Line("ravi", "🙏", thread=2, gap=1),
            Line("dana", "Reminder: planning at 14:00, room Oslo", gap=70),
        ),
        ago=90,
        title="product",
        kind=2,
        unread=1,
    ),
    Story(
        ("dana", "kofi", "elif", "ravi", "nora"),
        talk(
            "nora: Please hand in your travel receipts by Friday 🧾",
            "ravi: Done!",
            "kofi: Where do they go again?",
            "nora: Into the folder 'Receipts 2026', one file per trip",
            "elif: The coffee machine on the 2nd floor works again ☕",
            "kofi: Best news of the week",
            gap=35,
        ),
        ago=22 * _HOUR,
        title="general",
        kind=2,
    ),
    Story(
        ("kofi",),
        (
            *talk(
                "kofi: Got a minute for the import bug?",
                "me: Sure, what did you find?",
                "kofi: ```MemoryError in read_chunk, line 88```",
                "me: We read the whole part at once there. Let me send you a patch",
            ),
            Line(
                "me",
                "Here",
                files=(document("chunked-read.patch.txt", "- data = part.read()", "+ for chunk in part.chunks():"),),
            ),
            Line("kofi", "Works! Memory stays flat at 80 MB", reactions=(("me", "🎉"), ("me", "🚀"))),
            Line("me", "Merging after lunch", extra={"edited": True}),
            Line("kofi", "Can you also tag it for 4.1?", gap=50),
        ),
        ago=35,
        unread=1,
    ),
    Story(
        ("dana",),
        talk(
            "dana: Could you draft the release notes by tomorrow noon?",
            "me: Yes, in the usual form?",
            "dana: Yes, and one line about the import fix please",
            "me: On it",
        ),
        ago=5 * _HOUR,
    ),
    Story(
        ("elif", "ravi"),
        (
            *talk("elif: Birthday card for Kofi: who buys the cake? 🎂", "ravi: I do", "me: I'll pay half"),
            Line("elif", None, extra={"deleted": True}),
            Line("elif", "Monday at four in the kitchen then", gap=8),
        ),
        ago=2 * _DAY,
        kind=1,
        owner="elif",
        unread=1,
    ),
    Story(
        ("nora",),
        (
            Line(
                "nora",
                "Your travel form needs a signature",
                files=(document("travel-form.pdf", "Travel form", "Sign here: ____"),),
            ),
            Line("me", "Signed and on your desk", gap=130),
            Line("nora", "Wonderful, thank you"),
        ),
        ago=4 * _DAY,
    ),
)

CIRCLE = Circle(ROLES, STORIES)
