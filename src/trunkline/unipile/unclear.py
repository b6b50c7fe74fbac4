"""Finding out what became of a write whose answer was lost: by reading, never by sending again (unipile-v1 4.6).

The API has no idempotency key, so the chat itself is asked: a message of our own, with the same text, that appeared since the
attempt and came of no other write. What cannot be told so stays unknown. Only a keyed hash of the text is kept for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from msgspec import json

from trunkline.model.errors import OutcomeUnknown
from trunkline.model.message import Message
from trunkline.model.times import to_wire
from trunkline.operations.catalog import BY_NAME
from trunkline.operations.chats import ListAttendees, ListChatMessages
from trunkline.operations.declaration import result_of
from trunkline.operations.messages import ListAllMessages
from trunkline.store import remote_writes
from trunkline.store.remote_writes import RemoteWrite
from trunkline.store.seal import Seal
from trunkline.store.store import Store
from trunkline.unipile.http import Unclear
from trunkline.unipile.line import Line
from trunkline.unipile.quirks import paged, request_of

SKEW_MS = 10_000
"""How far the network's clock may be behind ours. A message that seems older than this is not taken for ours."""
PAGE = 100
PAGES_MOST = 3


@dataclass(frozen=True)
class Found:
    """The message that came of a write."""

    chat_id: str
    message_id: str


def content_of(seal: Seal, text: str | None, files: int) -> bytes | None:
    """What a message is known by: its text; where it has none, how many files it has. None where it has neither."""
    words = (text or "").replace("\r\n", "\n").strip()
    if not words and not files:
        return None
    return seal.keyed_hash(json.encode([words, 0 if words else files]), "remote message")


def people_of(seal: Seal, provider_ids: Iterable[str]) -> bytes:
    """What the people of a chat are known by."""
    return seal.keyed_hash(json.encode(sorted(provider_ids)), "remote people")


async def look(store: Store, line: Line, write: RemoteWrite, deadline_ms: int) -> Found | None:
    """The oldest message that can only have come of this write. Raises TrunklineError when it cannot be read."""
    if write.content is None or write.target is None:
        return None
    for message in reversed(await _since(line, write, deadline_ms)):
        if content_of(store.seal, message.text, len(message.attachments)) != write.content:
            continue
        if await remote_writes.is_claimed(store.db, write, message.id):
            continue
        if write.people is None or await _is_with(store.seal, line, message.chat_id, write.people, deadline_ms):
            return Found(message.chat_id, message.id)
    return None


async def _since(line: Line, write: RemoteWrite, deadline_ms: int) -> list[Message]:
    """Our own messages since the attempt, newest first."""
    assert write.target is not None
    after = to_wire(write.at - SKEW_MS)
    operation: Any = ListChatMessages(chat_id=write.target, after=after)
    if write.people is not None:
        operation = ListAllMessages(account_id=write.target, after=after)
    own: list[Message] = []
    cursor = None
    for _ in range(PAGES_MOST):
        page = await line.read(operation, paged(request_of(operation), cursor, PAGE), deadline_ms=deadline_ms)
        own += [message for message in page.items if message.is_sender == 1 and message.timestamp >= after]
        cursor = page.cursor
        if cursor is None or len(page.items) == 0 or page.items[-1].timestamp < after:
            break
    return own


async def _is_with(seal: Seal, line: Line, chat_id: str, people: bytes, deadline_ms: int) -> bool:
    """Whether a chat is with exactly these people."""
    members = await line.read(ListAttendees(chat_id=chat_id), deadline_ms=deadline_ms)
    return people_of(seal, {member.provider_id for member in members.items if not member.is_self}) == people


def result_for(operation: str, found: Found) -> Any:
    """What the operation of that name would have answered."""
    result = result_of(BY_NAME[operation])
    ids = {"chat_id": found.chat_id, "message_id": found.message_id}
    return result(**{name: ids[name] for name in ids if name in result.__struct_fields__})


def not_known(write: RemoteWrite, lost: Unclear) -> OutcomeUnknown:
    """What a caller is told whose write may have been done. lost: what became of its answer."""
    if write.content is None:
        return OutcomeUnknown(f"{lost.reason} It may have been done: look before you repeat it.")
    return OutcomeUnknown(
        f"{lost.reason} The message is not to be seen yet. It may have been sent: look with list_chat_messages, do not repeat."
    )
