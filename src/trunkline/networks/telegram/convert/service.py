"""What Telegram itself writes into a chat: somebody came, went, changed the title.

Event types: unipile-v1 5.3.
"""

import re
from typing import Any

_OTHER, _CREATED, _TITLE, _ADDED, _REMOVED, _LEFT, _MISSED_CALL, _MISSED_VIDEO = 0, 3, 4, 5, 6, 7, 8, 9

_TYPES = {
    "MessageActionChatCreate": _CREATED,
    "MessageActionChannelCreate": _CREATED,
    "MessageActionChatEditTitle": _TITLE,
    "MessageActionChatAddUser": _ADDED,
    "MessageActionChatJoinedByLink": _ADDED,
    "MessageActionChatJoinedByRequest": _ADDED,
}
_WORDS = {
    _CREATED: "created the group",
    _TITLE: "changed the title",
    _ADDED: "added a member",
    _REMOVED: "removed a member",
    _LEFT: "left the group",
    _MISSED_CALL: "called",
    _MISSED_VIDEO: "called with video",
}
_TOPIC_WORDS = {"MessageActionTopicCreate": "created the topic", "MessageActionTopicEdit": "changed the topic"}
_OTHER_WORDS = {
    "MessageActionPhoneCall": "called",
    "MessageActionPinMessage": "pinned a message",
    "MessageActionContactSignUp": "joined Telegram",
    "MessageActionChatEditPhoto": "changed the picture",
    "MessageActionChatDeletePhoto": "removed the picture",
    "MessageActionHistoryClear": "cleared the history",
    "MessageActionScreenshotTaken": "took a screenshot",
    "MessageActionSetMessagesTTL": "changed how long messages are kept",
    "MessageActionChatMigrateTo": "made the group a supergroup",
    "MessageActionChannelMigrateFrom": "made the group a supergroup",
    "MessageActionGroupCall": "held a group call",
    "MessageActionInviteToGroupCall": "invited to a group call",
    "MessageActionGroupCallScheduled": "planned a group call",
    "MessageActionSetChatTheme": "changed the look of the chat",
    "MessageActionSetChatWallPaper": "changed the look of the chat",
}

MEMBERS_CHANGE = frozenset({_ADDED, _REMOVED, _LEFT})


def event_type_of(message: Any) -> int:
    """The event type of a MessageService."""
    action = message.action
    kind = type(action).__name__
    if kind == "MessageActionChatDeleteUser":
        sender = getattr(message.from_id, "user_id", None)
        return _LEFT if sender == action.user_id else _REMOVED
    if kind == "MessageActionPhoneCall" and type(action.reason).__name__ == "PhoneCallDiscardReasonMissed":
        return _MISSED_VIDEO if action.video else _MISSED_CALL
    return _TYPES.get(kind, _OTHER)


def text_of(message: Any, event_type: int) -> str:
    """The event in words; the new title where the title changed."""
    title = getattr(message.action, "title", None)
    kind = type(message.action).__name__
    words = _WORDS.get(event_type) or _TOPIC_WORDS.get(kind if title else "")
    if words is None:
        return _OTHER_WORDS.get(kind) or f"[{_spelled(kind)}]"
    return f"{words}: {title}" if title else words


def _spelled(kind: str) -> str:
    """A kind of event in words, where we have none of our own: `MessageActionGiftCode` is `gift code`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind.removeprefix("MessageAction")).lower()
