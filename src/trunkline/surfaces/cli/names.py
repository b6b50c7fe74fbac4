"""Names for people in the place of ids: asked for when they are shown, and each one once."""

from msgspec import UNSET

from trunkline.model.account import Account
from trunkline.model.attendee import ChatAttendee
from trunkline.model.chat import Chat
from trunkline.model.message import Message
from trunkline.model.networks import TITLES
from trunkline.model.page import MAX_LIMIT
from trunkline.operations.attendees import GetAttendeeById
from trunkline.operations.chats import GetChat, ListAttendees
from trunkline.operations.own import ListAccounts
from trunkline.surfaces.cli.client import Client
from trunkline.surfaces.cli.exits import Failed

_MOST_IN_TITLE = 4


class Names:
    """Looks names up through a client."""

    def __init__(self, client: Client):
        self._client = client
        self._accounts: dict[str, Account] | None = None
        self._chats: dict[str, str] = {}
        self._people: dict[str, str] = {}

    def accounts(self) -> dict[str, Account]:
        """All accounts of the connection by id."""
        if self._accounts is None:
            self._accounts = {}
            cursor = None
            while True:
                page = self._client.result(ListAccounts(limit=MAX_LIMIT, cursor=cursor))
                self._accounts.update((account.id, account) for account in page.items)
                if (cursor := page.cursor) is None:
                    break
        return self._accounts

    def account(self, account_id: str) -> str:
        """`WhatsApp (Alex Morgan)`."""
        found = self.accounts().get(account_id)
        return account_id if found is None else f"{network(found.type)} ({found.name})"

    def network_of(self, account_id: str) -> str:
        """`WhatsApp`."""
        found = self.accounts().get(account_id)
        return "" if found is None else network(found.type)

    def chat(self, chat: Chat) -> str:
        """The chat's own name, else those of its people, else its id at the network."""
        if own := own_name(chat):
            return own
        if chat.id not in self._chats:
            self._chats[chat.id] = title_of_people(self._attendees(chat.id)) or chat.provider_id
        return self._chats[chat.id]

    def chat_of(self, message: Message) -> str:
        """The name of a message's chat."""
        if message.chat_id not in self._chats:
            try:
                self._chats[message.chat_id] = self.chat(self._client.result(GetChat(chat_id=message.chat_id)))
            except Failed:
                self._chats[message.chat_id] = message.chat_provider_id
        return self._chats[message.chat_id]

    def sender(self, message: Message) -> str:
        """Who wrote a message: `you`, a name, or an id at the network."""
        if message.is_sender:
            return "you"
        if message.sender_name is not UNSET:
            return message.sender_name
        person = message.sender_attendee_id
        if person not in self._people:
            try:
                self._people[person] = self._client.result(GetAttendeeById(id=person)).name
            except Failed:
                self._people[person] = message.sender_id
        return self._people[person]

    def _attendees(self, chat_id: str) -> tuple[ChatAttendee, ...]:
        try:
            return self._client.result(ListAttendees(chat_id=chat_id)).items
        except Failed:
            return ()


def own_name(chat: Chat) -> str | None:
    """What the server calls the chat: its name, or that of the other side."""
    return chat.name or (None if chat.attendee_name is UNSET else chat.attendee_name)


def network(account_type: str) -> str:
    """The network's name for people; a word that nobody knows stays as it is."""
    return next((title for known, title in TITLES.items() if known == account_type), account_type)


def title_of_people(attendees: tuple[ChatAttendee, ...]) -> str:
    """`Maya Fernandes, Jonas Weber and 3 more`: everybody but the account's own user."""
    others = [attendee.name for attendee in attendees if not attendee.is_self] or [attendee.name for attendee in attendees]
    if len(others) > _MOST_IN_TITLE:
        return f"{', '.join(others[:_MOST_IN_TITLE])} and {len(others) - _MOST_IN_TITLE} more"
    return ", ".join(others)
