"""The seeded Telegram account: a reading circle, a neighbour, a public channel."""

from trunkline.networks.sandbox.seed.files import photo, sound, video
from trunkline.networks.sandbox.seed.story import Circle, Line, Role, Story, talk

_HOUR = 60
_DAY = 24 * 60

ROLES = (
    Role("sofia", "Sofia Petrova"),
    Role("ali", "Ali Rezaei"),
    Role("chen", "Chen Wei"),
    Role("marco", "Marco Rossi"),
    Role("hana", "Hana Sato"),
    Role("news", "City News", answers=False),
    Role("weather", "Weather Bot", answers=False),
    Role("ines", "Inês Carvalho"),
    Role("viktor", "Viktor Lund"),
)

STORIES = (
    Story(
        ("sofia",),
        (
            *talk(
                "sofia: Привет! Are you coming to the lecture tonight?",
                "me: Привет! Yes, what time does it start?",
                "sofia: Half past seven, hall B",
                "me: I'll be there a bit early",
                "sofia: Save me a seat 🙏",
            ),
            Line("me", "Second row, on the left", quote=2),
            Line("sofia", "You're the best", reactions=(("me", "❤"),)),
            Line("sofia", "Can you also bring the book back?", gap=15),
        ),
        ago=40,
        unread=2,
    ),
    Story(
        ("sofia", "chen", "hana", "ines"),
        (
            Line("ines", "Inês Carvalho created the group", extra={"event_type": 3}),
            *talk(
                "ines: Next book: which one? 📚",
                "chen: 我推荐《三体》",
                "hana: 賛成です！",
                "sofia: The Three-Body Problem? I'm in",
                "me: Great choice. Who has a copy to lend?",
                "chen: I have two",
            ),
            Line("chen", "Cover of the old edition", files=(photo("cover"),)),
            Line("ines", "Meeting on the 30th, my place, 19:00", reactions=(("sofia", "👍"), ("chen", "👍"), ("me", "🎉"))),
            Line("me", "I'll bring cheese", extra={"edited": True}),
            Line("hana", "I read the first hundred pages in one night 😱", gap=7 * _HOUR),
            Line("sofia", "No spoilers!!", quote=1, gap=4),
        ),
        ago=8 * _HOUR,
        title="Reading circle 📚",
        kind=1,
        unread=2,
        picture=True,
    ),
    Story(
        ("ali",),
        (
            *talk(
                "ali: سلام! کی برمی‌گردی؟",
                "me: Back on Monday evening. All well with the cat?",
                "ali: She sleeps on your keyboard all day 😹",
            ),
            Line("ali", None, files=(video("cat.mp4"),)),
            Line("me", "Thank you for feeding her!", reactions=(("ali", "🙏"),)),
            Line("ali", "The key is with Marco from tomorrow", gap=60),
        ),
        ago=26 * _HOUR,
    ),
    Story(
        ("marco",),
        (
            *talk("marco: Ciao! Listen to this riff", gap=1),
            Line("marco", None, files=(sound("riff.wav", 1.0),), gap=1),
            Line("me", "Nice! What key is it in?"),
            Line("marco", "A minor, I think 🎸"),
            Line("me", "Record the whole thing"),
        ),
        ago=3 * _DAY,
    ),
    Story(
        ("news",),
        talk(
            "news: The tram line 4 runs again from Monday.",
            "news: The museum is free on the first Sunday of the month.",
            "news: Roadworks on Bridge Street until the 12th.",
            "news: The swimming pool opens at six again.",
            gap=600,
        ),
        ago=5 * _HOUR,
        title="City News",
        kind=2,
        owner="news",
        unread=4,
        facts={"read_only": True, "muted_until_ms": -1},
    ),
    Story(
        ("weather",),
        talk("weather: Tomorrow: 11 °C, light rain ☔", "weather: Tomorrow: 14 °C, dry", gap=_DAY),
        ago=9 * _HOUR,
        facts={"archived": True},
    ),
    Story(
        ("hana",),
        (
            *talk(
                "hana: Do you know a good dentist?", "me: Yes, Dr. Blum on Hill Road. Say hello from me", "hana: Thank you 🙇"
            ),
            Line("hana", None, extra={"event_type": 9}, gap=90),
            Line("hana", "Wrong button, sorry! 😅", gap=1),
        ),
        ago=2 * _DAY,
    ),
)

CIRCLE = Circle(ROLES, STORIES)
