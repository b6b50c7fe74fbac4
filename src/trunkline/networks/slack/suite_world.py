"""The workspace that the contract suite begins with: four people, their conversations, and old messages."""

from typing import Any

TEAM = "T000000001"
ADA, MAYA, RAVI, ELIF = "U0ADA", "U0MAYA", "U0RAVI", "U0ELIF"
DIRECT, OTHER_DIRECT, GENERAL, PRODUCT, ARCHIVED, GROUP = "D0MAYA", "D0ELIF", "C0GENERAL", "C0PRODUCT", "C0OLD", "G0TRIO"
TOKENS = {ADA: "xoxp-ada-0001", MAYA: "xoxp-maya-0002", RAVI: "xoxp-ravi-0003", ELIF: "xoxp-elif-0004"}
APP_TOKEN = "xapp-1-app-0005"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CLIENT_ID, CLIENT_SECRET = "111.222", "client-secret-0006"
BEGAN_S = 1_794_000_000
"""2026-11-06: older than what is looked back to after an outage."""
NAMES = {
    ADA: ("ada", "Ada Lovelace"),
    MAYA: ("maya", "Maya Fernandes"),
    RAVI: ("ravi", "Ravi Shah"),
    ELIF: ("elif", "Elif Yilmaz"),
}


def world(front: str) -> dict[str, Any]:
    """For start.mjs. front: the address that pictures are at."""
    return {
        "config": {
            "team": {"name": "Acme", "domain": "acme"},
            "signing_secret": SIGNING_SECRET,
            "tokens": [{"token": token, "type": "user", "user_id": user, "team_id": TEAM} for user, token in TOKENS.items()],
            "oauth_apps": [
                {
                    "client_id": CLIENT_ID,
                    "client_secret": CLIENT_SECRET,
                    "name": "Trunkline",
                    "redirect_uris": ["https://localhost/oauth/return/slack"],
                }
            ],
        },
        "users": [_user(user, name, real_name, front) for user, (name, real_name) in NAMES.items()],
        "channels": [
            _channel(DIRECT, [ADA, MAYA], is_im=True, is_private=True, last_read={ADA: stamp(3)}),
            _channel(OTHER_DIRECT, [ADA, ELIF], is_im=True, is_private=True),
            _channel(GENERAL, [ADA, MAYA, RAVI, ELIF], name="general", is_channel=True),
            _channel(PRODUCT, [ADA, MAYA], name="product", is_channel=True),
            _channel(ARCHIVED, [ADA, MAYA], name="old", is_channel=True, is_archived=True),
            _channel(GROUP, [ADA, MAYA, ELIF], name="mpdm-ada-maya-elif", is_mpim=True, is_private=True),
        ],
        "messages": [
            *(_message(n, DIRECT, (MAYA, ADA)[n % 2], f"Message {n} of us two") for n in range(6)),
            *(_message(n + 6, chat, MAYA, "Hello all") for n, chat in enumerate((OTHER_DIRECT, GENERAL, PRODUCT, GROUP))),
        ],
    }


def stamp(number: int) -> str:
    """The `ts` of an old message."""
    return f"{BEGAN_S + number * 60}.{number + 1:06d}"


def _user(user: str, name: str, real_name: str, front: str) -> dict[str, Any]:
    return {
        "user_id": user,
        "team_id": TEAM,
        "name": name,
        "real_name": real_name,
        "profile": {"image_192": f"{front}/avatars/{name}.png"},
    }


def _channel(chat: str, members: list[str], **more: Any) -> dict[str, Any]:
    return {"channel_id": chat, "team_id": TEAM, "name": chat.lower(), "members": members, **more}


def _message(number: int, chat: str, user: str, text: str) -> dict[str, Any]:
    return {"ts": stamp(number), "channel_id": chat, "user": user, "text": text}
