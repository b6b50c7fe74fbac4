"""Who asks, and what every answer needs: whose box, which peer, which message."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from telethon.tl import types

from trunkline.networks.telegram.fake.acts import Acts, seen_by
from trunkline.networks.telegram.fake.connection import Connection, Refuse
from trunkline.networks.telegram.fake.keys import Key
from trunkline.networks.telegram.fake.world import Box, Group, Person, Room, World, is_room, name_of, room_name, room_number

if TYPE_CHECKING:
    from trunkline.networks.telegram.fake.server import FakeTelegram


class Asking:
    """A request's surroundings."""

    def __init__(self, server: "FakeTelegram", connection: Connection) -> None:
        self.server = server
        self.connection = connection

    @property
    def world(self) -> World:
        """What the server knows."""
        return self.server.world

    @property
    def acts(self) -> Acts:
        """What can be done."""
        return self.server.acts

    @property
    def key(self) -> Key:
        """The key of the connection."""
        assert self.connection.key is not None
        return self.connection.key

    @property
    def own(self) -> int:
        """Who asks."""
        assert self.key.user is not None
        return self.key.user

    @property
    def box(self) -> Box:
        """Their box."""
        return self.world.boxes[self.own]

    def chat(self, peer: Any) -> str:
        """The id of an InputPeer. Raises Refuse when the number or its access hash is wrong, or they may not know it."""
        match peer:
            case types.InputPeerSelf():
                return str(self.own)
            case types.InputPeerUser() | types.InputUser():
                person = self.world.people.get(peer.user_id)
                if person is None or person.access_hash != peer.access_hash:
                    raise Refuse(400, "PEER_ID_INVALID")
                return str(person.id)
            case types.InputUserSelf():
                return str(self.own)
            case types.InputPeerChat():
                return str(-self.group(peer.chat_id).id)
            case types.InputPeerChannel() | types.InputChannel():
                return room_name(self.room(peer).id)
        raise Refuse(400, "PEER_ID_INVALID")

    def group(self, number: int) -> Group:
        """A basic group they are in."""
        group = self.world.groups.get(number)
        if group is None or self.own not in group.members:
            raise Refuse(400, "PEER_ID_INVALID")
        return group

    def room(self, channel: Any) -> Room:
        """A channel they are in."""
        room = self.world.rooms.get(channel.channel_id)
        if room is None or room.access_hash != channel.access_hash:
            raise Refuse(400, "CHANNEL_INVALID")
        if self.own not in room.members:
            raise Refuse(400, "CHANNEL_PRIVATE")
        return room

    def person(self, user: Any) -> Person:
        """The person of an InputUser."""
        return self.world.people[int(self.chat(user))]

    def message(self, chat: str, number: int, refusal: str = "MESSAGE_ID_INVALID") -> Any:
        """A message of a chat of theirs."""
        if is_room(chat):
            found = self.world.rooms[room_number(chat)].messages.get(number)
            shown = None if found is None else seen_by(found, self.own)
        else:
            shown = self.box.messages.get(number)
            shown = shown if shown is not None and name_of(shown.peer_id) == chat else None
        if shown is None:
            raise Refuse(400, refusal)
        return shown

    def check_may_write(self, chat: str) -> None:
        """Raises Refuse in a channel of somebody else's."""
        if is_room(chat):
            room = self.world.rooms[room_number(chat)]
            if room.is_broadcast and room.creator != self.own:
                raise Refuse(403, "CHAT_WRITE_FORBIDDEN")

    def check_data_center(self, number: int, refusal: str) -> None:
        """Raises Refuse where it is another one than was asked."""
        if number != self.connection.data_center:
            raise Refuse(303, f"{refusal}_{number}")

    def updates(self, updates: list[Any]) -> Any:
        """An Updates with whoever it speaks of."""
        users, chats = self.world.with_them(self.own, updates)
        return types.Updates(updates, users, chats, self.world.date(), 0)


Handler = Callable[[Asking, Any], Any]
"""Answers one kind of request."""
