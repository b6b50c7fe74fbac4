"""The business and its people, as Meta has them: what the fake of the Cloud API keeps, and the posts that follow from it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Raw = dict[str, Any]

OWN, OTHER_OWN = "15550000001", "15550000002"
NUMBER_ID, OTHER_NUMBER_ID = "106540352242922", "106540352242933"
BUSINESS = "102290129340398"
TOKEN, APP_SECRET = "EAAtoken0001", "5f4dcc3b5aa765d61d8327deb882cf99"
OTHER_TOKEN, OTHER_SECRET = "EAAtoken0002", "7c6a180b36896a0a8c02787eeafb0e4c"
MAYA, JONAS, PRIYA, TOMAS, NEW, NEWER = (f"1555000001{n}" for n in range(1, 7))
NAMES = {MAYA: "Maya Fernandes", JONAS: "Jonas Weber", PRIYA: "Priya Nair", TOMAS: "Tomas Novak", NEW: "Ana", NEWER: "Bo"}
WINDOW_MS = 24 * 3_600_000


@dataclass
class Fault:
    """Something that goes wrong so many times. ms: how long, or Meta's code where it is `refused`."""

    left: int
    ms: int = 0


@dataclass
class Phone:
    """A business number. refused: the error code for its token; status: as the API tells it."""

    id: str
    number: str
    name: str
    token: str
    secret: str
    status: str = "CONNECTED"
    refused: int | None = None


@dataclass
class World:
    """What Meta knows. record: what was taken, oldest first; posts: what is still to be posted, with the app secret."""

    clock: Callable[[], int]
    phones: dict[str, Phone] = field(default_factory=dict)
    messages: dict[str, list[Raw]] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    wrote: dict[str, int] = field(default_factory=dict)
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    record: list[Raw] = field(default_factory=list)
    posts: list[tuple[str, bytes]] = field(default_factory=list)
    held: list[tuple[str, bytes]] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    user_ids: dict[str, str] = field(default_factory=dict)
    """Meta's own ids of people who show their number too."""
    ids: int = 0
    last_s: int = 0

    def add_phone(self, phone: Phone) -> None:
        """A number of the business."""
        self.phones[phone.id] = phone

    def strikes(self, kind: str) -> Fault | None:
        """The fault, if it is to happen now."""
        fault = self.faults.get(kind)
        if fault is None or fault.left < 1:
            return None
        fault.left -= 1
        return fault

    def new_id(self) -> str:
        """An id of a message."""
        self.ids += 1
        return f"wamid.HBgL{self.ids:018X}"

    def now_s(self) -> int:
        """The time of something that happens: a second of its own."""
        self.last_s = max(self.clock() // 1000, self.last_s + 1)
        return self.last_s

    def says(self, person: str, content: Raw, *, phone: str = NUMBER_ID, number: str | None = None) -> str:
        """A person writes to a number; gives the message's id."""
        raw = {**self.sender(person), "id": number or self.new_id(), "timestamp": str(self.now_s()), **content}
        self.messages.setdefault(person, []).append({**raw, "is_own": False, "reactions": {}})
        self.unread[person] = self.unread.get(person, 0) + 1
        self.wrote[person] = self.clock()
        self.post(self.phones[phone], {"contacts": [self.contact(person)], "messages": [raw]})
        return str(raw["id"])

    def aside(self, person: str, content: Raw, *, phone: str = NUMBER_ID) -> None:
        """A person does something with a message that is there: reacts, edits, deletes."""
        raw = {"from": person, "id": self.new_id(), "timestamp": str(self.now_s()), **content}
        self.post(self.phones[phone], {"contacts": [self.contact(person)], "messages": [raw]})

    def in_app(self, person: str, text: str) -> str:
        """The business writes in the WhatsApp Business app."""
        phone = self.phones[NUMBER_ID]
        raw: Raw = {"from": phone.number, "to": person, "id": self.new_id(), "timestamp": str(self.now_s())}
        raw = raw | {"type": "text", "text": {"body": text}}
        self.messages.setdefault(person, []).append({**raw, "is_own": True, "reactions": {}})
        self.unread[person] = 0
        self.post(phone, {"message_echoes": [raw]}, field="smb_message_echoes")
        return str(raw["id"])

    def contact(self, person: str) -> Raw:
        """A person in a post."""
        if not person.isdigit():
            return {"profile": {"username": "sheena"}, "user_id": person}
        user = {"user_id": self.user_ids[person]} if person in self.user_ids else {}
        return {"profile": {"name": NAMES.get(person, "Somebody")}, "wa_id": person, **user}

    def sender(self, person: str) -> Raw:
        """Who wrote: by number, by Meta's own id of them, or both."""
        if not person.isdigit():
            return {"from_user_id": person}
        return {"from": person, **({"from_user_id": self.user_ids[person]} if person in self.user_ids else {})}

    def tell_status(self, phone: Phone, message: str, person: str, status: str, **more: Any) -> None:
        """What became of a message."""
        said = {"id": message, "status": status, "timestamp": str(self.now_s()), "recipient_id": person, **more}
        self.post(phone, {"statuses": [said]})

    def post(self, phone: Phone, value: Raw, *, field: str = "messages", bare: Raw | None = None) -> None:
        """Something is to be posted. bare: without what says which number it is about."""
        metadata = {"display_phone_number": phone.number, "phone_number_id": phone.id}
        whole = {"messaging_product": "whatsapp", "metadata": metadata, **value} if bare is None else bare
        payload: Raw = {
            "object": "whatsapp_business_account",
            "entry": [{"id": BUSINESS, "changes": [{"value": whole, "field": field}]}],
        }
        post = phone.secret, json.dumps(payload, ensure_ascii=False).encode()
        if (fault := self.faults.get("reordered_events")) is not None and fault.left and "messages" in value:
            self.held.append(post)
            fault.left -= 1
            if not fault.left:
                self.posts += self.held[::-1]
                self.held.clear()
            return
        self.posts.append(post)
        if "messages" in value and self.strikes("duplicate_events"):
            # The same once more, in a delivery of its own.
            payload["entry"].append({"id": BUSINESS, "changes": []})
            self.posts.append((phone.secret, json.dumps(payload, ensure_ascii=False).encode()))

    def upload(self, data: bytes, media_type: str) -> str:
        """A file is put there."""
        self.ids += 1
        number = f"{9_000_000_000 + self.ids}"
        self.media[number] = data, media_type
        return number

    def describe(self, number: str, address: str) -> Raw:
        """A file as the API describes it. address: where the API is."""
        data, media_type = self.media[number]
        return {
            "messaging_product": "whatsapp", "id": number, "mime_type": media_type, "file_size": str(len(data)),
            "sha256": hashlib.sha256(data).hexdigest(), "url": f"{address}/whatsapp_business/attachments/{number}",
        }  # fmt: skip
