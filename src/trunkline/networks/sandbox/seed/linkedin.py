"""The seeded LinkedIn account: colleagues of old, recruiters, an InMail, a sponsored message."""

from typing import Any

from trunkline.networks.sandbox.seed.files import document
from trunkline.networks.sandbox.seed.story import Circle, Line, Role, Story, talk

_HOUR = 60
_DAY = 24 * 60
_MEMBER = {"message_type": "MESSAGE", "attendee_type": "MEMBER"}
_INMAIL: dict[str, Any] = {"message_type": "INMAIL", "attendee_type": "MEMBER", "attendee_distance": 3}
_OFFER: dict[str, Any] = {"message_type": "MESSAGE", "attendee_type": "ORGANIZATION"}

ROLES = (
    Role("claire", "Claire Dubois", "CTO at Lumen Analytics"),
    Role("david", "David Cohen", "Engineering Manager, ex-Northwind"),
    Role("amara", "Amara Eze", "Founder at Kite"),
    Role("stefan", "Stefan Vogel", "Head of Sales at Brightside"),
    Role("recruiter", "Paula Mendes", "Talent Partner at Orbit", distance=3),
    Role("company", "Cloudworks", "Company", answers=False, distance=3),
    Role("greta", "Greta Olsen", "Data scientist at Fjord", distance=2),
    Role("tomas", "Tomáš Dvořák", "Open-source maintainer", distance=3),
)

STORIES = (
    Story(
        ("claire",),
        (
            Line("claire", "Hi Alex, great talk last week!", extra=_MEMBER),
            Line("me", "Thank you Claire! I was quite nervous", extra=_MEMBER),
            Line("claire", "One couldn't tell. Would you give it at our meetup in January?", extra=_MEMBER, gap=30),
            Line("me", "Gladly. Which date?", extra=_MEMBER, gap=12),
            Line("claire", "The 21st, six in the evening, about fifty people", extra=_MEMBER, quote=1),
            Line(
                "claire",
                "The programme so far",
                extra=_MEMBER,
                files=(document("programme.pdf", "Meetup 21 January", "18:00 Doors"),),
            ),
            Line("claire", "Does that work for you?", extra=_MEMBER, gap=3 * _HOUR),
        ),
        ago=2 * _HOUR,
        unread=1,
    ),
    Story(
        ("david",),
        (
            Line("david", "Long time! How is life after Northwind?", extra=_MEMBER),
            Line("me", "Busy, but good. And you?", extra=_MEMBER, reactions=(("david", "👍"),)),
            Line("david", "We had a daughter in May 👶", extra=_MEMBER),
            Line("me", "Congratulations!! 🎉", extra=_MEMBER, reactions=(("david", "❤️"),)),
            Line("david", "Coffee one of these days?", extra=_MEMBER, gap=_DAY),
        ),
        ago=3 * _DAY,
    ),
    Story(
        ("recruiter",),
        (
            Line(
                "recruiter",
                "Dear Alex, we are looking for a staff engineer for our messaging platform. Would you be open to a call?",
                extra=_INMAIL | {"subject": "Staff engineer, messaging"},
            ),
            Line("recruiter", "Just a short reminder. Any interest?", extra=_INMAIL, gap=2 * _DAY),
        ),
        ago=18 * _HOUR,
        unread=2,
        facts={"subject": "Staff engineer, messaging", "content_type": "inmail", "folder": ("INBOX_LINKEDIN_CLASSIC",)},
    ),
    Story(
        ("company",),
        (Line("company", "Cut your cloud bill by 30 %. See how in five minutes.", extra=_OFFER),),
        ago=4 * _DAY,
        unread=1,
        facts={
            "subject": "Cut your cloud bill",
            "content_type": "sponsored",
            "read_only": True,
            "disabled_features": ("reactions", "reply"),
        },
    ),
    Story(
        ("claire", "amara", "david"),
        (
            Line("amara", "Panel on hiring: shall we meet once before?", extra=_MEMBER),
            Line("david", "Thursday after five suits me", extra=_MEMBER),
            Line("me", "Me too", extra=_MEMBER),
            Line("claire", "Thursday 17:30 then, I'll send a link", extra=_MEMBER),
            Line("amara", "One thing: who moderates? I'd rather answer than ask 😅", extra=_MEMBER, gap=45),
        ),
        ago=27 * _HOUR,
        title="Panel: hiring in small teams",
        kind=1,
        owner="amara",
        unread=1,
    ),
    Story(
        ("stefan",),
        tuple(
            Line(line.who, line.text, 9 * _HOUR, extra=_MEMBER)
            for line in talk(
                "stefan: Hi Alex, do you have 15 minutes for a quick demo?",
                "stefan: Following up on my last message!",
                "me: Thanks, but we are happy with what we have.",
                "stefan: Understood. I'll check back in spring 🌱",
            )
        ),
        ago=6 * _DAY,
        facts={"muted_until_ms": -1},
    ),
)

CIRCLE = Circle(ROLES, STORIES)
