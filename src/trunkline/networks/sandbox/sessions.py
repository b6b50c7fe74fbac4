"""The session of each account type: exactly the abilities its sheet declares (a test compares the two)."""

from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.abilities import (
    ChangesMembers,
    Deletes,
    DeletesChats,
    Edits,
    FetchesFiles,
    Forwards,
    GivesInviteLinks,
    Labels,
    Reacts,
    ReadsHistory,
    Sends,
    SetsChats,
    Starts,
)
from trunkline.networks.sandbox.session import SandboxSession


class WhatsappSession(
    Sends, Starts, Edits, Deletes, Reacts, Forwards, DeletesChats, SetsChats, ChangesMembers, Labels, GivesInviteLinks,
    ReadsHistory, FetchesFiles,
):  # fmt: skip
    """WhatsApp, personal."""


class TelegramSession(
    Sends, Starts, Edits, Deletes, Reacts, Forwards, DeletesChats, SetsChats, ChangesMembers, Labels, GivesInviteLinks,
    ReadsHistory, FetchesFiles,
):  # fmt: skip
    """Telegram, a person."""


class SlackSession(Sends, Starts, Edits, Deletes, Reacts, SetsChats, ChangesMembers, ReadsHistory, FetchesFiles):
    """Slack, a user token."""


class LinkedinSession(Sends, Starts, Edits, Deletes, Reacts, DeletesChats, SetsChats, ReadsHistory, FetchesFiles):
    """LinkedIn, a member."""


class InstagramSession(Sends, Starts, Deletes, Reacts, DeletesChats, SetsChats, ChangesMembers, ReadsHistory, FetchesFiles):
    """Instagram, personal."""


class MessengerSession(Sends, SetsChats, Labels, ReadsHistory, FetchesFiles):
    """Messenger, a page."""


class TwitterSession(Sends, Starts, ReadsHistory, FetchesFiles):
    """X, API v2."""


SESSIONS: dict[AccountType, type[SandboxSession]] = {
    "WHATSAPP": WhatsappSession,
    "LINKEDIN": LinkedinSession,
    "SLACK": SlackSession,
    "TWITTER": TwitterSession,
    "MESSENGER": MessengerSession,
    "INSTAGRAM": InstagramSession,
    "TELEGRAM": TelegramSession,
}
