"""The session of an account: all abilities of its sheet."""

from trunkline.networks.telegram.user.changing import Deletes, Edits, Reacts
from trunkline.networks.telegram.user.chat_changes import GivesInviteLinks
from trunkline.networks.telegram.user.reading import FetchesFiles, ReadsHistory
from trunkline.networks.telegram.user.sending import Forwards


class TelegramSession(GivesInviteLinks, Forwards, Edits, Deletes, Reacts, ReadsHistory, FetchesFiles):
    """A person's account."""
