"""A small world for tests: two accounts, the people they know, a group, a supergroup and a channel."""

import struct
import zlib
from functools import cache

from telethon.tl import types

from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.fake.srp import verifier_of
from trunkline.networks.telegram.fake.world import Box, Group, Person, Room, room_name

ADA, BORIS = 1001, 1002
"""The accounts. Ada has a second password."""
MAYA, TOM, LENA = 2001, 2002, 2003
VIKTOR, CHEN = 2011, 2012
"""Contacts of both accounts with whom there is no chat yet."""
GROUP, ROOM, CHANNEL = 3001, 4001, 4002
PASSWORD = "correct horse"
_PICTURE = 900


@cache
def _verifier() -> int:
    return verifier_of(PASSWORD)


def seed(server: FakeTelegram) -> None:
    """Fill an empty server."""
    world = server.world
    for person in _people():
        world.people[person.id] = person
    world.photos[_PICTURE] = _png()
    for account in (ADA, BORIS):
        world.people[account].contacts = {MAYA, TOM, LENA, VIKTOR, CHEN}
        world.boxes[account] = Box(account, last_id=100 * account % 77)
    began = world.seconds() - 86_400
    world.groups[GROUP] = Group(GROUP, "Reading circle 📚", ADA, [ADA, MAYA, TOM], began)
    world.rooms[ROOM] = Room(ROOM, "Neighbours", ADA, [ADA, BORIS, MAYA, TOM, LENA], began)
    world.rooms[CHANNEL] = Room(CHANNEL, "City News", LENA, [ADA, BORIS, LENA], began, is_broadcast=True)
    _talk(server)
    for room in world.rooms.values():
        room.changed_at = began


def begin_topic(server: FakeTelegram, title: str) -> int:
    """Begin a topic in the neighbours' group, which has topics from then on; gives the number of its first message."""
    server.world.rooms[ROOM].is_forum = True
    message, _ = server.acts.write(TOM, room_name(ROOM), action=types.MessageActionTopicCreate(title, 0))
    return int(message.id)


def _people() -> list[Person]:
    return [
        Person(ADA, "Ada", "ada_l", phone="33600000001", verifier=_verifier()),
        Person(BORIS, "Boris", "boris_b", phone="33600000002"),
        Person(MAYA, "Maya", "maya", photo=_PICTURE),
        Person(TOM, "Tom", phone="33600000012"),
        Person(LENA, "Lena"),
        Person(VIKTOR, "Viktor Lund", "viktor_lund"),
        Person(CHEN, "Chen Wei"),
    ]


def _talk(server: FakeTelegram) -> None:
    write = server.acts.write
    for number in range(3):
        write(LENA, room_name(CHANNEL), message=f"News {number}")
        write(TOM, room_name(ROOM), message=f"Has anybody seen my cat? ({number})")
        write(MAYA, str(-GROUP), message=f"Chapter {number} is done.")
    for account in (ADA, BORIS):
        for number in range(4):
            write(TOM, str(account), message=f"Old news {number}")
            write(MAYA, str(account), message=f"How are you? ({number})")
        write(account, str(MAYA), message="Fine, thanks.")
        write(MAYA, str(account), message="Good to hear.")


def _png() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x33\x66\x99")) + chunk(b"IEND", b"")
    )
