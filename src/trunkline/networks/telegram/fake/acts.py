"""What happens in the world: somebody writes, edits, deletes, reacts, reads, comes and goes. Everybody's boxes learn of it."""

from collections.abc import Iterable
from copy import copy
from functools import partial
from typing import Any, Protocol

from telethon.tl import types

from trunkline.networks.telegram.fake.world import Box, Room, World, is_room, peer_of, room_name, room_number


class Tells(Protocol):
    """Who brings updates to the connections of an account."""

    def __call__(self, owner: int, updates: list[Any], *, but: Any = None) -> None:
        """Tell all connections of an account, except one that learns of it by its answer."""
        ...


class Acts:
    """Acts of people. Each gives the updates that concern an account, for the answer of the connection that asked (`by`)."""

    def __init__(self, world: World, tell: Tells) -> None:
        self.world = world
        self._tell = tell
        self.twice = 0
        """How many of the next messages come twice."""
        self.shuffle = 0
        """How many of the next messages come together, the latest first."""
        self._held: list[tuple[Box, Any]] = []

    def write(self, sender: int, chat: str, *, by: Any = None, twin: int | None = None, **said: Any) -> tuple[Any, list[Any]]:
        """Somebody writes into a chat, named as the sender names it. Gives the sender's message and updates.

        said: message, media, reply_to (a number of the sender's), fwd_from, action, grouped_id, date.
        """
        if is_room(chat):
            return self._write_in_room(sender, self.world.rooms[room_number(chat)], by, said)
        twin = self.world.number() if twin is None else twin
        members = self.world.groups[-int(chat)].members if chat.startswith("-") else {sender, int(chat)}
        mine: tuple[Any, list[Any]] = (None, [])
        reply = self._twin_of(sender, said.pop("reply_to", None))
        for owner in members:
            box = self.world.boxes.get(owner)
            if box is None:
                continue
            name = chat if chat.startswith("-") or owner == sender else str(sender)
            message = self._message(box, sender, name, said, box.twins.get(reply or 0))
            box.last_id = message.id
            box.put(name, message)
            box.twins[twin] = message.id
            box.own_twins[message.id] = twin
            box.place(name)
            if owner != sender and self.shuffle:
                self._hold(box, message)
                continue
            updates = [box.sequence.add(_new(message))]
            if owner != sender and self.twice:
                self.twice -= 1
                updates.append(box.sequence.add(_new(message)))
            updates += self._read_by_writing(box, name, message) if owner == sender else []
            self._tell(owner, updates, but=by)
            if owner == sender:
                mine = message, updates
        return mine

    def edit(self, owner: int, chat: str, number: int, *, by: Any = None, **changes: Any) -> list[Any]:
        """A message is changed, in everybody's box."""
        found: list[Any] = []
        for holder, message, sequence, kind in self._copies(owner, chat, number):
            for name, value in changes.items():
                setattr(message, name, value)
            update = sequence.add(partial(kind, copy(message)))
            self._tell(holder, [update], but=by)
            found += [update] if holder == owner else []
        return self._in_room(owner, chat, found, by)

    def delete(self, owner: int, numbers: Iterable[int], *, by: Any = None) -> tuple[int, int]:
        """Messages of private chats and basic groups are deleted for everybody. Gives (pts, how many)."""
        count = 0
        for number in numbers:
            for holder, box, theirs in list(self._twins(owner, number)):
                box.drop(theirs)
                update = box.sequence.add(partial(types.UpdateDeleteMessages, [theirs]))
                self._tell(holder, [update], but=by if holder == owner else None)
                count += holder == owner
        return self.world.boxes[owner].sequence.pts, count

    def delete_in_room(self, room: Room, numbers: list[int], *, by: Any = None) -> tuple[int, int]:
        """Messages of a channel are deleted. Gives (pts, how many)."""
        there = [number for number in numbers if room.messages.pop(number, None) is not None]
        if there:
            update = room.sequence.add(
                lambda pts, count: types.UpdateDeleteChannelMessages(room.id, there, pts, count), len(there)
            )
            self._tell_room(room, [update], by)
        return room.sequence.pts, len(there)

    def react(self, owner: int, chat: str, number: int, who: int, emoji: str | None, *, by: Any = None) -> list[Any]:
        """Somebody puts an emoji on a message, or takes theirs off."""
        found: list[Any] = []
        for holder, message, _, _ in self._copies(owner, chat, number):
            given = [each for each in _given(message) if each[0] != who] + ([(who, emoji, self.world.date())] if emoji else [])
            message.reactions = _reactions(given, holder)
            update = types.UpdateMessageReactions(message.peer_id, message.id, message.reactions)
            self._tell(holder, [update], but=by)
            found += [update] if holder == owner else []
        return self._in_room(owner, chat, found, by)

    def read(self, reader: int, chat: str, number: int, *, by: Any = None) -> list[Any]:
        """An account has read a chat up to one of its messages."""
        box = self.world.boxes[reader]
        place = box.place(chat)
        place.read_inbox, place.unread_mark = max(place.read_inbox, number), False
        if is_room(chat):
            return []
        update = box.sequence.add(
            lambda pts, count: types.UpdateReadHistoryInbox(peer_of(chat), number, self.unread(box, chat), pts, 0), 0
        )
        self._tell(reader, [update], but=by)
        return [update]

    def read_by_peer(self, owner: int, chat: str, number: int) -> None:
        """The other side has read what an account wrote, up to a message."""
        box = self.world.boxes[owner]
        box.place(chat).read_outbox = number
        update = box.sequence.add(lambda pts, count: types.UpdateReadHistoryOutbox(peer_of(chat), number, pts, 0), 0)
        self._tell(owner, [update])

    def unread(self, box: Box, chat: str) -> int:
        """How many messages an account has not read."""
        read = box.place(chat).read_inbox
        return sum(1 for each in self.messages(box.owner, chat) if each.id > read and not _is_own(each, box.owner))

    def messages(self, owner: int, chat: str) -> list[Any]:
        """An account's messages of a chat, oldest first."""
        if is_room(chat):
            return [seen_by(each, owner) for each in self.world.rooms[room_number(chat)].messages.values()]
        return list(self.world.boxes[owner].by_chat.get(chat, {}).values())

    def _hold(self, box: Box, message: Any) -> None:
        self._held.append((box, message))
        self.shuffle -= 1
        while self._held and not self.shuffle:
            box, message = self._held.pop()
            self._tell(box.owner, [box.sequence.add(_new(message))])

    def _message(self, box: Box, sender: int, chat: str, said: dict[str, Any], reply: int | None) -> Any:
        is_own = sender == box.owner
        header = None if reply is None else types.MessageReplyHeader(reply_to_msg_id=reply)
        common = {
            "id": box.last_id + 1, "peer_id": peer_of(chat), "date": self.world.date(), "out": is_own or None,
            "from_id": types.PeerUser(sender) if chat.startswith("-") else None, "reply_to": header,
        }  # fmt: skip
        if "action" in said:
            return types.MessageService(**{**common, **said})
        return types.Message(**{**common, "message": "", **said})

    def _write_in_room(self, sender: int, room: Room, by: Any, said: dict[str, Any]) -> tuple[Any, list[Any]]:
        reply = said.pop("reply_to", None)
        room.last_id += 1
        room.changed_at = self.world.seconds()
        header = None if reply is None else _reply_in(room, reply)
        common = {
            "id": room.last_id, "peer_id": types.PeerChannel(room.id), "date": self.world.date(), "reply_to": header,
            "from_id": None if room.is_broadcast else types.PeerUser(sender), "post": room.is_broadcast or None,
        }  # fmt: skip
        kind = types.MessageService if "action" in said else types.Message
        message = kind(**{**common, **({} if "action" in said else {"message": ""}), **said})
        message.writer = sender
        room.messages[message.id] = message
        for member in room.members:
            if member in self.world.boxes:
                self.world.boxes[member].place(room_name(room.id))
        update = room.sequence.add(lambda pts, count: types.UpdateNewChannelMessage(message, pts, count))
        self._tell_room(room, [update], by)
        return seen_by(message, sender), [_seen(update, sender)]

    def _tell_room(self, room: Room, updates: list[Any], by: Any) -> None:
        room.changed_at = self.world.seconds()
        for owner in room.members:
            if owner in self.world.boxes:
                self._tell(owner, [_seen(update, owner) for update in updates], but=by)

    def _in_room(self, owner: int, chat: str, found: list[Any], by: Any) -> list[Any]:
        return [_seen(update, owner) for update in found]

    def _read_by_writing(self, box: Box, chat: str, message: Any) -> list[Any]:
        """Who writes has read what was there."""
        if isinstance(message, types.MessageService):
            return []
        place = box.place(chat)
        place.read_inbox, place.unread_mark = message.id, False
        return [box.sequence.add(lambda pts, count: types.UpdateReadHistoryInbox(peer_of(chat), message.id, 0, pts, 0), 0)]

    def _twin_of(self, owner: int, number: int | None) -> int | None:
        box = self.world.boxes.get(owner)
        if number is None or box is None:
            return number
        return box.own_twins.get(number)

    def _twins(self, owner: int, number: int) -> Iterable[tuple[int, Box, int]]:
        twin = self._twin_of(owner, number)
        for holder, box in self.world.boxes.items():
            theirs = box.twins.get(twin or 0)
            if theirs in box.messages:
                yield holder, box, theirs

    def _copies(self, owner: int, chat: str, number: int) -> Iterable[tuple[int, Any, Any, Any]]:
        """(whose, message, sequence, kind of an edit's update) of each copy of a message."""
        if is_room(chat):
            room = self.world.rooms[room_number(chat)]
            first = True
            for member in room.members:
                if member in self.world.boxes:
                    sequence = room.sequence if first else _Silent(room.sequence)
                    first = False
                    yield member, room.messages[number], sequence, types.UpdateEditChannelMessage
            return
        for holder, box, theirs in self._twins(owner, number):
            yield holder, box.messages[theirs], box.sequence, types.UpdateEditMessage


class _Silent:
    """A sequence that was counted already."""

    def __init__(self, sequence: Any) -> None:
        self._sequence = sequence

    def add(self, make: Any, count: int = 1) -> Any:
        """The update as it was counted."""
        return make(self._sequence.pts, count)


def _reply_in(room: Room, reply: int) -> Any:
    """core.telegram.org/api/forum: in a topic the header says so; one that answers only the topic names nothing else."""
    topic = room.topic_of(reply) if room.is_forum and reply in room.messages else None
    if topic is None:
        return types.MessageReplyHeader(reply_to_msg_id=reply)
    return types.MessageReplyHeader(reply_to_msg_id=reply, forum_topic=True, reply_to_top_id=None if topic == reply else topic)


def _new(message: Any) -> Any:
    return lambda pts, count: types.UpdateNewMessage(message, pts, count)


def seen_by(message: Any, owner: int) -> Any:
    """A channel's message as a member sees it."""
    shown = copy(message)
    shown.out = True if getattr(message, "writer", None) == owner else None
    return shown


def _seen(update: Any, owner: int) -> Any:
    if not isinstance(getattr(update, "message", None), types.Message | types.MessageService) or not hasattr(
        update.message, "writer"
    ):
        return update
    shown = copy(update)
    shown.message = seen_by(update.message, owner)
    return shown


def _is_own(message: Any, owner: int) -> bool:
    return bool(message.out) or getattr(message, "writer", None) == owner


def _given(message: Any) -> list[tuple[int, str, Any]]:
    recent = () if message.reactions is None else message.reactions.recent_reactions or ()
    return [(each.peer_id.user_id, each.reaction.emoticon, each.date) for each in recent]


def _reactions(given: list[tuple[int, str, Any]], owner: int) -> Any:
    counts: dict[str, int] = {}
    for _, emoji, _ in given:
        counts[emoji] = counts.get(emoji, 0) + 1
    return types.MessageReactions(
        results=[types.ReactionCount(types.ReactionEmoji(emoji), count) for emoji, count in counts.items()],
        can_see_list=True,
        recent_reactions=[
            types.MessagePeerReaction(types.PeerUser(who), date, types.ReactionEmoji(emoji), my=who == owner or None)
            for who, emoji, date in given
        ],
    )
