"""The people, chats and messages of the fake network, as one account's phone has them."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

OWN = "4915550000001@s.whatsapp.net"
MAYA, JONAS, PRIYA, TOMAS, NEW, NEWER = (f"49155500000{n}@s.whatsapp.net" for n in range(11, 17))
NAMES = {MAYA: "Maya Fernandes", JONAS: "Jonas Weber", PRIYA: "Priya Nair", TOMAS: "Tomas Novak", NEW: "Ana", NEWER: "Bo"}
GROUP, NEWS = "120363000000000001@g.us", "120363000000000002@g.us"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

Raw = dict[str, Any]


def lid_of(jid: str) -> str:
    """A person's hidden number."""
    return f"{int(jid.partition('@')[0]) % 10**9 + 2 * 10**14}@lid"


class World:
    """What the phone knows. record: what was taken, oldest first."""

    def __init__(self, clock: Callable[[], int], own: str = OWN) -> None:
        self.clock = clock
        self.own = own
        self.me = {"id": own.replace("@", ":7@"), "lid": lid_of(own).replace("@", ":7@"), "name": "Robin"}
        self.secrets: set[str] = set()
        self.is_restricted = False
        self.parts = 1
        """In how many parts the history is pushed."""
        self.thanked: set[str] = set()
        """Parts that the device has begun to load: it is told of them no more."""
        self.messages: dict[str, list[Raw]] = {}
        self.unread: dict[str, int] = {}
        self.files: dict[str, str] = {}
        self.record: list[dict[str, Any]] = []
        self.seen: set[str] = set()
        self.groups: dict[str, Raw] = {}
        self.private: set[str] = set()
        """People who let nobody add them to groups."""
        self.older: list[Raw] = []
        """What the phone still has when it is asked for older messages."""
        self._last_s = 0
        self._ids = 0
        self._seed()

    def log_in(self) -> str:
        """A new login of our device; an earlier one is over, and the history is pushed to the new one."""
        self._ids += 1
        self.thanked.clear()
        self.secrets = {f"secret-{self._ids}"}
        return f"secret-{self._ids}"

    def now_s(self) -> int:
        """The time of something that happens: a second of its own."""
        self._last_s = max(self.clock() // 1000, self._last_s + 1)
        return self._last_s

    def message(self, chat: str, sender: str | None, content: Raw, number: str | None = None, at_s: int | None = None) -> Raw:
        """Somebody (None: our own user) says something; it lies in the chat from now on."""
        self._ids += 1
        key: Raw = {"remoteJid": chat, "fromMe": sender is None, "id": number or f"3A{self._ids:018X}"}
        if chat in self.groups and sender is not None:
            key |= {"participant": lid_of(sender), "participantAlt": sender}
        elif sender == MAYA:
            key |= {"remoteJid": lid_of(chat), "remoteJidAlt": chat}
        raw: Raw = {"key": key, "message": content, "messageTimestamp": at_s or self.now_s()}
        if sender is not None:
            raw["pushName"] = NAMES.get(sender, "?")
        self.messages.setdefault(chat, []).append(raw)
        return raw

    def find(self, chat: str, number: str) -> Raw | None:
        """A message of a chat."""
        return next((each for each in self.messages.get(chat, ()) if each["key"]["id"] == number), None)

    def upload(self, data: str) -> str:
        """Keep a file (base64); gives its path."""
        path = f"/v/{hashlib.sha256(data.encode()).hexdigest()[:20]}"
        self.files[path] = data
        return path

    def file_message(self, data: bytes, text: str | None) -> Raw:
        """A message with a file."""
        path = self.upload(base64.b64encode(data).decode())
        return {"documentMessage": {
            "mimetype": "application/octet-stream", "fileName": "data.bin", "caption": text, "fileLength": len(data),
            "directPath": path,
        }}  # fmt: skip

    def notices(self) -> list[Raw]:
        """Where the parts of the history lie that the device has not thanked for."""
        made = [
            {"directPath": f"/h/{part}", "syncType": 0 if part == 1 else 3, "chunkOrder": part}
            for part in range(1, self.parts + 1)
        ]
        return [each for each in made if each["directPath"] not in self.thanked]

    def pushed(self, part: int) -> Raw:
        """A part of what the phone pushes to a new device, from 1 on. Chats and people come with the first."""
        said = [each for chat in self.messages.values() for each in chat[::-1]]
        size = -(-len(said) // self.parts)
        messages = said[(part - 1) * size : part * size]
        if part > 1:
            return {"chats": [], "contacts": [], "messages": messages}
        newest = [
            {"id": chat, "unreadCount": self.unread.get(chat, 0), "conversationTimestamp": said[-1]["messageTimestamp"]}
            for chat, said in self.messages.items()
        ]
        contacts = [{"id": person, "lid": lid_of(person), "name": name} for person, name in NAMES.items()]
        return {"chats": newest, "contacts": contacts, "messages": messages}

    def people(self, chat: str) -> set[str]:
        """The addresses in a group."""
        return {each["phoneNumber"] for each in self.groups[chat]["participants"]}

    def add_group(self, chat: str, subject: str, people: tuple[str, ...], *, announce: bool = False, admin: bool = True) -> Raw:
        """Make a group of our user and others."""
        participants = [participant(self.own, "admin" if admin else None), *(participant(person) for person in people)]
        self.groups[chat] = {
            "id": chat, "subject": subject, "announce": announce, "participants": participants,
            "creation": self.clock() // 1000, "addressingMode": "lid",
        }  # fmt: skip
        return self.groups[chat]

    def _seed(self) -> None:
        self.add_group(GROUP, "Saturday hike", (MAYA, JONAS))
        self.add_group(NEWS, "News of the house", (TOMAS,), announce=True, admin=False)
        at = self.clock() // 1000 - 7_200
        for chat, others in ((MAYA, (MAYA,)), (JONAS, (JONAS,)), (GROUP, (MAYA, JONAS)), (NEWS, (TOMAS,))):
            for number in range(6):
                at += 60
                sender = others[number % len(others)] if number % 3 else None
                self.message(chat, sender if chat != NEWS else TOMAS, {"conversation": f"Said {number}"}, at_s=at)
        self.unread[MAYA] = 2
        self._last_s = at


def participant(person: str, admin: str | None = None) -> Raw:
    """Somebody in a group, as WhatsApp names them today."""
    return {"id": lid_of(person), "phoneNumber": person, "admin": admin}
