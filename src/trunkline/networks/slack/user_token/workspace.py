"""What a session knows of its workspace: who is who, what each conversation is. Fetched once it is needed, kept in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET, UnsetType

from trunkline.contract.events import ChatInfo, PersonInfo
from trunkline.model.chat import CHANNEL, GROUP, SINGLE, ChatType
from trunkline.model.errors import AccountError, Disconnected, NetworkError, TrunklineError
from trunkline.networks.slack.convert import Json, person_of, said_in
from trunkline.networks.slack.people import Names
from trunkline.networks.slack.text import mentioned
from trunkline.networks.slack.user_token.client import Client

ALL_AT = 20
"""So many people unknown at once, and all of the workspace are listed instead of asked for one by one."""
PEOPLE_A_PAGE = 500
PEOPLE_PAGES_MOST = 40
MEMBERS_A_PAGE = 1000
KINDS = {"im": "im:read", "mpim": "mpim:read", "private_channel": "groups:read", "public_channel": "channels:read"}
"""Kinds of conversations, each with the scope that lists it."""
LISTS_NOTHING = (
    f"The Slack token lacks every scope that lists conversations ({', '.join(KINDS.values())}). Add them to the app under"
    " OAuth & Permissions, User Token Scopes, install the app again, and log in with the token that it shows then."
)


@dataclass
class Workspace:
    """One account's view. conversations: what was seen of each, by id; listed: whether all people were listed."""

    client: Client
    names: Names
    team: str = ""
    scopes: frozenset[str] = frozenset()
    """What the token may; empty: not known."""
    conversations: dict[str, Json] = field(default_factory=dict)
    listed: bool = False

    @property
    def kinds(self) -> str:
        """The kinds of conversations that may be listed. Raises Disconnected when there is none: only a new token helps."""
        if not lists_any(self.scopes):
            raise Disconnected(LISTS_NOTHING)
        return ",".join(kind for kind, scope in KINDS.items() if not self.scopes or scope in self.scopes)

    async def learn(self, users: Iterable[str]) -> None:
        """Get to know people by id, as far as that can be had now: nothing fails for want of a name."""
        unknown = {user for user in users if user and user not in self.names.people}
        try:
            if len(unknown) >= ALL_AT:
                await self.learn_all()
                unknown = {user for user in unknown if user not in self.names.people}
            for user in sorted(unknown):
                await self._learn_one(user)
        except (AccountError, NetworkError):
            raise
        except TrunklineError:
            return

    async def learn_all(self) -> None:
        """List the people of the workspace, once. Raises what the client raises."""
        if self.listed:
            return
        cursor: str | None = None
        for _ in range(PEOPLE_PAGES_MOST):
            page = await self.client.call("users.list", limit=PEOPLE_A_PAGE, cursor=cursor)
            for user in page.get("members", ()):
                self.take_person(user)
            cursor = next_cursor(page)
            if cursor is None:
                break
        self.listed = True

    def take_person(self, user: Json) -> PersonInfo | None:
        """Note a person; None for what is none."""
        if not isinstance(user, dict) or not isinstance(user.get("id"), str):
            return None
        person = person_of(user, self.names.own)
        self.names.people[person.provider_id] = person
        return person

    async def learn_of(self, messages: Iterable[Json]) -> None:
        """Get to know the senders of messages and whom they mention."""
        await self.learn({user for message in messages for user in _people_of(message)})

    def take_conversation(self, channel: Json) -> None:
        """Note what a conversation is."""
        self.conversations[str(channel["id"])] = channel
        if isinstance(channel.get("name"), str) and not channel.get("is_im"):
            self.names.channels[str(channel["id"])] = channel["name"]

    async def conversation(self, chat: str) -> Json:
        """What a conversation is. Raises NotPossible when there is none for this account."""
        if chat not in self.conversations:
            answer = await self.client.call("conversations.info", channel=chat)
            self.take_conversation(answer["channel"])
        return self.conversations[chat]

    async def is_still_in(self, chat: str) -> bool:
        """Whether Slack says that we are in a conversation; not so where it says nothing of it."""
        try:
            answer = await self.client.patient("conversations.info", channel=chat)
        except (AccountError, NetworkError):
            raise
        except TrunklineError:
            return False
        self.take_conversation(answer["channel"])
        return is_inside(self.conversations[chat])

    async def members(self, chat: str, *, waits: bool = True) -> tuple[PersonInfo, ...] | UnsetType:
        """Who is in it; UNSET for one with more than a page of people."""
        call = self.client.patient if waits else self.client.call
        page = await call("conversations.members", channel=chat, limit=MEMBERS_A_PAGE)
        if next_cursor(page) is not None:
            return UNSET
        ids = [str(user) for user in page.get("members", ())]
        await self.learn(ids)
        return tuple(self.names.info(user) for user in ids)

    async def chat_info(self, chat: str, *, is_known: bool = False, waits: bool = True) -> ChatInfo:
        """A conversation with its members. Raises NotPossible when there is none for this account.

        is_known: the hub counts its unread messages already. waits: as long as Slack's pace asks for, rather than Throttled.
        """
        call = self.client.patient if waits else self.client.call
        answer = await call("conversations.info", channel=chat)
        channel = answer["channel"]
        self.take_conversation(channel)
        members = await self.members(chat, waits=waits)
        kind = kind_of(channel)
        peer = channel.get("user") if kind == SINGLE else None
        if isinstance(peer, str):
            await self.learn([peer])
            if isinstance(members, tuple):
                members = tuple(
                    {person.provider_id: person for person in (*members, self.names.info(peer), self._own())}.values()
                )
        unread = channel.get("unread_count_display")
        return ChatInfo(
            provider_id=chat,
            type=kind,
            name=self._name(channel, kind, members),
            members=members,
            peer=peer if isinstance(peer, str) else UNSET,
            unread_count=unread if isinstance(unread, int) and not is_known else UNSET,
            read_only=bool(channel.get("is_archived") or channel.get("is_read_only")),
        )

    def _own(self) -> PersonInfo:
        return self.names.info(self.names.own)

    def _name(self, channel: Json, kind: ChatType, members: tuple[PersonInfo, ...] | UnsetType) -> str | None:
        """A channel's name; a group message has none of its own, only the people in it."""
        if kind == SINGLE:
            return None
        if kind == CHANNEL:
            name = channel.get("name")
            return name if isinstance(name, str) else None
        if not isinstance(members, tuple):
            return None
        others = [person.name for person in members if not person.is_self and isinstance(person.name, str)]
        return ", ".join(sorted(others)) or None

    async def _learn_one(self, user: str) -> None:
        try:
            answer = await self.client.call("users.info", user=user)
        except (AccountError, NetworkError):
            raise
        except TrunklineError as error:
            if error.retry_after_ms is not None:
                raise
            self.names.people[user] = PersonInfo(provider_id=user, is_self=user == self.names.own)
            return
        self.take_person(answer.get("user", {}))


def scopes_in(headers: Mapping[str, str]) -> frozenset[str]:
    """What a token may, as Slack says it beside an answer; empty where it says nothing."""
    return frozenset(filter(None, (each.strip() for each in headers.get("x-oauth-scopes", "").split(","))))


def lists_any(scopes: frozenset[str]) -> bool:
    """Whether a token with these scopes lists conversations of any kind; those not known may be any."""
    return not scopes or not scopes.isdisjoint(KINDS.values())


def kind_of(channel: Json) -> ChatType:
    """Which of our three kinds a conversation is."""
    if channel.get("is_im"):
        return SINGLE
    return GROUP if channel.get("is_mpim") else CHANNEL


def is_inside(channel: Json) -> bool:
    """Whether we are in a conversation, by what Slack says of it. Direct and group messages cannot be left."""
    return bool(channel.get("is_im") or channel.get("is_mpim") or channel.get("is_member"))


def next_cursor(page: Json) -> str | None:
    """Where the next page begins; None after the last."""
    more: Any = page.get("response_metadata")
    cursor = more.get("next_cursor") if isinstance(more, dict) else None
    return cursor if isinstance(cursor, str) and cursor else None


def _people_of(message: Json) -> Iterable[str]:
    user = message.get("user")
    if isinstance(user, str):
        yield user
    yield from mentioned(said_in(message))
