"""The chats of the world, as one account sees them."""

from dataclasses import dataclass

import msgspec

from trunkline.contract.events import ChatInfo, ChatPage
from trunkline.networks.sandbox.world import people
from trunkline.networks.sandbox.world.change import Change, Read

_COLUMNS = "provider_id, active_ms, info, unread, peer, owner, invite, window_ms"
_info = msgspec.json.Decoder(ChatInfo).decode


@dataclass(frozen=True)
class Chat:
    """A chat. owner: who may change its members (None: everybody). window_ms: last time the other side wrote."""

    info: ChatInfo
    active_ms: int
    unread: int
    peer: str | None
    owner: str | None
    invite: str | None
    window_ms: int

    @property
    def id(self) -> str:
        """Its provider id."""
        return self.info.provider_id


def add(
    change: Change, account: int, info: ChatInfo, members: tuple[str, ...], *, active_ms: int, owner: str | None = None
) -> None:
    """Make a chat with these members (provider ids, our own among them). A chat that exists is left alone."""
    peer = info.peer if isinstance(info.peer, str) else None
    change.run(
        "INSERT INTO chat (account, provider_id, active_ms, info, peer, owner) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        account, info.provider_id, active_ms, msgspec.json.encode(info), peer, owner,
    )  # fmt: skip
    for person in members:
        add_member(change, account, info.provider_id, person)


def find(fetch: Read, account: int, chat: str) -> Chat | None:
    """A chat by its provider id."""
    rows = fetch(f"SELECT {_COLUMNS} FROM chat WHERE account = ? AND provider_id = ?", account, chat)
    return _chat(rows[0]) if rows else None


def with_peer(fetch: Read, account: int, person: str) -> Chat | None:
    """The 1:1 chat with a person."""
    rows = fetch(f"SELECT {_COLUMNS} FROM chat WHERE account = ? AND peer = ? ORDER BY active_ms DESC", account, person)
    return _chat(rows[0]) if rows else None


def listed(fetch: Read, account: int) -> list[Chat]:
    """All chats, most recently active first."""
    rows = fetch(f"SELECT {_COLUMNS} FROM chat WHERE account = ? ORDER BY active_ms DESC, provider_id DESC", account)
    return [_chat(row) for row in rows]


def page(fetch: Read, account: int, cursor: str | None, count: int) -> ChatPage:
    """Chats as a session gives them, most recently active first."""
    active_ms, _, provider_id = (cursor or f"{2**62} ").partition(" ")
    rows = fetch(
        f"SELECT {_COLUMNS} FROM chat WHERE account = ? AND (active_ms, provider_id) < (?, ?)"
        " ORDER BY active_ms DESC, provider_id DESC LIMIT ?",
        account, int(active_ms), provider_id, count,
    )  # fmt: skip
    chats = [_chat(row) for row in rows]
    everybody = people.members(fetch, account, [chat.id for chat in chats])
    infos = tuple(_complete(chat, tuple(everybody[chat.id])) for chat in chats)
    following = f"{chats[-1].active_ms} {chats[-1].id}" if len(chats) == count else None
    return ChatPage(chats=infos, cursor=following)


def complete(fetch: Read, account: int, chat: str) -> ChatInfo:
    """Everything a session knows of a chat that exists."""
    found = find(fetch, account, chat)
    assert found is not None
    return _complete(found, tuple(people.members(fetch, account, [chat])[chat]))


def update(change: Change, account: int, info: ChatInfo) -> None:
    """Keep changed facts of a chat that exists; what is UNSET stays."""
    chat = find(change.fetch, account, info.provider_id)
    assert chat is not None
    known = {name: value for name in info.__struct_fields__ if (value := getattr(info, name)) is not msgspec.UNSET}
    merged = msgspec.structs.replace(chat.info, **known)
    change.run(
        "UPDATE chat SET info = ? WHERE account = ? AND provider_id = ?", msgspec.json.encode(merged), account, info.provider_id
    )


def touch(change: Change, account: int, chat: str, at_ms: int, *, unread: int = 0, by_peer: bool = False) -> None:
    """A message came at this time: the chat is active, has so many more unread, and maybe an open window."""
    change.run(
        "UPDATE chat SET active_ms = max(active_ms, ?1), unread = unread + ?2,"
        " window_ms = iif(?3, max(window_ms, ?1), window_ms) WHERE account = ?4 AND provider_id = ?5",
        at_ms, unread, by_peer, account, chat,
    )  # fmt: skip


def set_unread(change: Change, account: int, chat: str, count: int) -> None:
    """How many messages our user has not read."""
    change.run("UPDATE chat SET unread = ? WHERE account = ? AND provider_id = ?", count, account, chat)


def set_invite(change: Change, account: int, chat: str, link: str) -> None:
    """Keep the group's invite link."""
    change.run("UPDATE chat SET invite = ? WHERE account = ? AND provider_id = ?", link, account, chat)


def member_ids(fetch: Read, account: int, chat: str) -> list[str]:
    """Provider ids of those in a chat."""
    return [row[0] for row in fetch("SELECT person FROM member WHERE account = ? AND chat = ? ORDER BY person", account, chat)]


def add_member(change: Change, account: int, chat: str, person: str) -> bool:
    """Put a person into a chat; False when they are in it already."""
    return change.run("INSERT INTO member VALUES (?, ?, ?) ON CONFLICT DO NOTHING", account, chat, person) > 0


def remove_member(change: Change, account: int, chat: str, person: str) -> bool:
    """Take a person out of a chat; False when they were not in it."""
    return change.run("DELETE FROM member WHERE account = ? AND chat = ? AND person = ?", account, chat, person) > 0


def remove(change: Change, account: int, chat: str) -> None:
    """The chat and its messages are gone from the account."""
    for table, column in (("chat", "provider_id"), ("member", "chat"), ("message", "chat")):
        change.run(f"DELETE FROM {table} WHERE account = ? AND {column} = ?", account, chat)


def _complete(chat: Chat, members: tuple[msgspec.Struct, ...]) -> ChatInfo:
    return msgspec.structs.replace(chat.info, members=members, unread_count=chat.unread, active_at_ms=chat.active_ms)


def _chat(row: tuple[str, int, bytes, int, str | None, str | None, str | None, int]) -> Chat:
    _, active_ms, info, unread, peer, owner, invite, window_ms = row
    return Chat(_info(info), active_ms, unread, peer, owner, invite, window_ms)
