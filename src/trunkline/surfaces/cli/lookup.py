"""From what a person typed to what is meant: chats, accounts, senders, connections and keys, by id or by name."""

from collections.abc import Iterator

from trunkline.model.account import Account
from trunkline.model.attendee import ChatAttendee
from trunkline.model.chat import SINGLE, Chat
from trunkline.model.connection import Connection
from trunkline.model.ids import is_id
from trunkline.model.key import Key
from trunkline.model.page import MAX_LIMIT
from trunkline.operations.accounts import ListAllAccounts
from trunkline.operations.administration import ListAllConnections, ListKeys
from trunkline.operations.attendees import ListAllAttendees
from trunkline.operations.chats import GetChat, ListAllChats, ListAttendees
from trunkline.operations.own import ListConnections
from trunkline.operations.values import quoted
from trunkline.surfaces.cli.client import Client
from trunkline.surfaces.cli.exits import Failed, WrongUsage
from trunkline.surfaces.cli.matching import Match, Wording, fits_any, pick
from trunkline.surfaces.cli.names import Names, network, own_name
from trunkline.surfaces.cli.plain import line

MOST_PAGES = 8
"""Names are looked for in the 2,000 most recent chats, and among 2,000 people; what lies beyond is named by id."""

_CHAT = Wording("chat", "trunkline chats", "Give the id, or narrow it down with --account.")
_SENDER = Wording("sender", "trunkline messages CHAT", "Narrow it down with a chat or --account, or give the id.")
_CONNECTION = Wording("connection", "trunkline connection list", "Give the PCID.")
_KEY = Wording("key", "trunkline key list", "Give the id.")


class Lookup:
    """Looks things up through a client."""

    def __init__(self, client: Client, names: Names):
        self._client = client
        self._names = names

    def accounts(self, wanted: str | None) -> str | None:
        """The ids, with commas, of the accounts that are meant; None when none were named. Raises Failed, WrongUsage."""
        if wanted is None:
            return None
        words = [word.strip() for word in wanted.split(",") if word.strip()]
        if not words:
            raise WrongUsage("--account is empty; give an id, a name or a network.")
        found: dict[str, None] = {}
        for word in words:
            found.update(dict.fromkeys(self._account_ids(word)))
        return ",".join(found)

    def own_accounts(self) -> list[Account]:
        """All the person's accounts, whichever connection reaches them."""
        mine: list[Account] = []
        cursor = None
        while True:
            page = self._client.result(ListAllAccounts(limit=MAX_LIMIT, cursor=cursor))
            mine += page.items
            if (cursor := page.cursor) is None:
                return mine

    def own_account(self, wanted: str) -> Account:
        """One of all the person's accounts, whichever connection reaches it, by id or name. Raises Failed, WrongUsage."""
        mine = self.own_accounts()
        found = [
            each
            for each in mine
            if wanted == each.id or wanted.casefold() in (each.name.casefold(), network(each.type).casefold())
        ]
        if len(found) == 1:
            return found[0]
        if not found:
            raise Failed(f"There is no account {quoted(wanted)}. `trunkline accounts` lists them.")
        raise WrongUsage(f"{quoted(wanted)} fits several accounts; give the id: {', '.join(each.id for each in found)}.")

    def chat(self, wanted: str, account: str | None = None) -> Chat:
        """The chat that is meant, among those of the accounts that are. Raises Failed, WrongUsage."""
        account_ids = self.accounts(account)
        if is_id(wanted) and (known := self._by_id(wanted)) is not None:
            if account_ids is not None and known.account_id not in account_ids.split(","):
                raise Failed(f"The chat {wanted} is not one of account {quoted(account)}. Leave --account out.")
            return known
        chats = list(self._chats(account_ids))
        people = self._people_of(chats, account_ids)

        def how(chat: Chat) -> Match:
            other = people.get((chat.account_id, str(chat.attendee_provider_id)))
            return _chat_match(chat, own_name(chat) or other or self._names.chat(chat))

        # Groups without a name are asked for one by one: only where nothing else fits.
        others = [chat for chat in chats if own_name(chat) or chat.type == SINGLE]
        return pick(wanted, others if fits_any(wanted, others, how) else chats, how, _CHAT)

    def sender(self, wanted: str | None, chat: Chat | None, account_ids: str | None) -> str | None:
        """The id of the attendee who is meant: in the chat, else on the accounts. Raises Failed."""
        if wanted is None or is_id(wanted):
            return wanted
        people = self._people(account_ids) if chat is None else iter(self._client.result(ListAttendees(chat_id=chat.id)).items)
        if wanted.casefold() == "me":
            return pick("me", (person for person in people if person.is_self), self._own_match, _SENDER).id
        return pick(wanted, people, self._person_match, _SENDER).id

    def own_connection(self, wanted: str | None) -> str | None:
        """The PCID of one of the person's own connections. Raises Failed."""
        if wanted is None or wanted.startswith("pc_"):
            return wanted
        return pick(wanted, self._client.result(ListConnections()).items, _connection_match, _CONNECTION).pcid

    def connection(self, wanted: str) -> Connection:
        """Anybody's connection. Raises Failed."""
        return pick(wanted, self._client.result(ListAllConnections()).items, _connection_match, _CONNECTION)

    def key(self, wanted: str) -> Key:
        """Anybody's key. Raises Failed."""
        return pick(wanted, self._keys(), lambda key: Match((key.id,), key.name, f"{key.id}, for {line(key.principal)}"), _KEY)

    def _account_ids(self, wanted: str) -> list[str]:
        """Those of a network, of a name or of its beginning, or the one with that id: a filter takes several."""
        sought = wanted.casefold()
        accounts = self._names.accounts()
        if wanted in accounts:
            return [wanted]
        for part in (_networks, _name):
            for fits in (str.__eq__, str.startswith):
                found = [account.id for account in accounts.values() if any(fits(word, sought) for word in part(account))]
                if found:
                    return found
        raise Failed(self._out_of_reach(wanted) or f"No account is called {quoted(wanted)}. `trunkline accounts` lists them.")

    def _out_of_reach(self, wanted: str) -> str | None:
        """What to say of an account that there is, and that another connection reaches; None where there is none."""
        try:
            mine = self.own_accounts()
            connections = self._client.result(ListConnections()).items
        except Failed:
            return None
        sought = wanted.casefold()
        found = {each.id for each in mine if wanted == each.id or sought in (*_name(each), *_networks(each))}
        if not found:
            return None
        reaching = next((each.pcid for each in connections if found.intersection(each.accounts or ())), None)
        named = "" if reaching is None else f" Name one that does: --connection {reaching}"
        return f"This connection does not reach the account {quoted(wanted)}.{named}"

    def _by_id(self, chat_id: str) -> Chat | None:
        try:
            return self._client.result(GetChat(chat_id=chat_id))
        except Failed:
            return None  # 22 characters of that kind may be a name

    def _chats(self, account_ids: str | None) -> Iterator[Chat]:
        cursor = None
        for _ in range(MOST_PAGES):
            page = self._client.result(ListAllChats(limit=MAX_LIMIT, account_id=account_ids, cursor=cursor))
            yield from page.items
            if (cursor := page.cursor) is None:
                return

    def _people(self, account_ids: str | None) -> Iterator[ChatAttendee]:
        cursor = None
        for _ in range(MOST_PAGES):
            page = self._client.result(ListAllAttendees(limit=MAX_LIMIT, account_id=account_ids, cursor=cursor))
            yield from page.items
            if (cursor := page.cursor) is None:
                return

    def _people_of(self, chats: list[Chat], account_ids: str | None) -> dict[tuple[str, str], str]:
        """Names by account and provider id, where a backend leaves conversations of two without a name."""
        if all(own_name(chat) for chat in chats if chat.type == SINGLE):
            return {}
        return {(each.account_id, each.provider_id): each.name for each in self._people(account_ids)}

    def _keys(self) -> Iterator[Key]:
        cursor = None
        while True:
            page = self._client.result(ListKeys(limit=MAX_LIMIT, cursor=cursor))
            yield from page.items
            if (cursor := page.cursor) is None:
                return

    def _person_match(self, person: ChatAttendee) -> Match:
        told = f"{self._names.network_of(person.account_id)}, {person.id}"
        return Match((person.id, person.provider_id), person.name, told)

    def _own_match(self, person: ChatAttendee) -> Match:
        return self._person_match(person)._replace(name="me")


def _networks(account: Account) -> tuple[str, ...]:
    return account.type.casefold(), network(account.type).casefold()


def _name(account: Account) -> tuple[str, ...]:
    return (account.name.casefold(),)


def _chat_match(chat: Chat, title: str) -> Match:
    return Match((chat.id, chat.provider_id), title, f"{network(chat.account_type)}, {chat.id}")


def _connection_match(connection: Connection) -> Match:
    return Match((connection.pcid,), connection.name, f"{connection.pcid}, for {line(connection.principal)}")
