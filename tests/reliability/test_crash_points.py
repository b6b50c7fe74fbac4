"""Every crash point of a write, one after the other (security.md 8.1, R3): the process ends there, a new one takes over.

The points are counted off the running code (crashing.py): either side of every commit of the store, of everything the session
carries to the network, of the network's own commit, and the moment before the answer goes out. A run per point: crash, restart,
the same call again, drain, compare with the record. It goes on until a run comes through without crashing: a commit that is
added to the path brings its own points.

Seen to fail: test_broken.py.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.hub.sending_world import NONE
from tests.tell import Tell

from .asked import PNG, Places
from .crashing import unwrapped
from .nursery import Order, Told
from .served import Gone, Nursery, Served

pytestmark = pytest.mark.slow

Values = Callable[["Scene"], dict[str, Any]]


@dataclass(frozen=True)
class Scene:
    """Where a story plays: a chat of the account and another, a group of ours, a message of ours, people."""

    account: str
    chat: str
    provider_chat: str
    other_chat: str
    group: str
    message: str
    person: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """One kind of write on one network. kinds: how it shows in the record."""

    account_type: str
    name: str
    values: Values
    kinds: tuple[str, ...]
    title: str = ""
    repeats: bool = False
    """Whether a second arrival does no harm: such a command ends the same however often it is carried."""

    @property
    def id(self) -> str:
        """Its name for people."""
        return f"{self.name}{self.title}-{self.account_type}"


def send(scene: Scene) -> dict[str, Any]:
    """A text."""
    return {"chat_id": scene.chat, "text": "the text"}


def send_file(scene: Scene) -> dict[str, Any]:
    """A file with a caption."""
    return {"chat_id": scene.chat, "text": "the text", "attachments": [f"data:image/png;name=a.png;base64,{PNG}"]}


def start(scene: Scene) -> dict[str, Any]:
    """A chat with somebody new."""
    return {"account_id": scene.account, "attendees_ids": [scene.person], "text": "the text"}


def start_group(scene: Scene) -> dict[str, Any]:
    """A group."""
    return {"account_id": scene.account, "attendees_ids": list(scene.people), "text": "the text", "subject": "The group"}


def start_empty(scene: Scene) -> dict[str, Any]:
    """A group without a word."""
    return {"account_id": scene.account, "attendees_ids": list(scene.people), "subject": "The group"}


def patch(action: str, value: object) -> Values:
    """An action on the chat."""
    return lambda scene: {"chat_id": scene.chat, "action": action, "value": value}


STORIES = (
    *(Story(name, "send_message_in_chat", send, ("send",)) for name in ("WHATSAPP", "SLACK", "TWITTER", "MESSENGER")),
    *(Story(name, "send_message_in_chat", send_file, ("send",), title=" file") for name in ("TELEGRAM", "SLACK")),
    *(Story(name, "start_new_chat", start, ("start",)) for name in ("TELEGRAM", "TWITTER")),
    *(Story(name, "start_new_chat", start_group, ("start",), title=" group") for name in ("WHATSAPP", "LINKEDIN")),
    Story("SLACK", "start_new_chat", start_empty, ("start",), title=" empty"),
    *(
        Story(name, "forward_message", lambda at: {"message_id": at.message, "chat_id": at.other_chat}, ("forward", "send"))
        for name in ("TELEGRAM", "INSTAGRAM")
    ),
    Story("WHATSAPP", "patch_message", lambda at: {"message_id": at.message, "text": "x"}, ("edit",), repeats=True),
    Story("WHATSAPP", "delete_message", lambda at: {"message_id": at.message}, ("delete",), repeats=True),
    Story("SLACK", "add_reaction", lambda at: {"message_id": at.message, "reaction": "👍"}, ("react",), repeats=True),
    Story("TELEGRAM", "delete_chat", lambda at: {"chat_id": at.other_chat}, ("delete_chat",), repeats=True),
    Story("LINKEDIN", "patch_chat", patch("setMuteStatus", True), ("set_chat",), title=" mute", repeats=True),
    Story("MESSENGER", "patch_chat", patch("setLabel", "Later"), ("label_chat",), title=" label", repeats=True),
    Story(
        "WHATSAPP",
        "patch_chat",
        lambda at: {"chat_id": at.group, "action": "addParticipant", "value": at.person},
        ("change_member",),
        title=" add",
        repeats=True,
    ),
    Story(
        "TELEGRAM",
        "patch_chat",
        lambda at: {"chat_id": at.group, "action": "getInviteLink"},
        ("invite_link",),
        title=" invite",
        repeats=True,
    ),
)
NEW_PEOPLE = {
    "WHATSAPP": ("Jonas Weber", "Priya Nair"),
    "TELEGRAM": ("Viktor Lund", "Chen Wei"),
    "SLACK": ("Ravi Shah", "Elif Yilmaz"),
    "LINKEDIN": ("Amara Eze", "David Cohen"),
    "INSTAGRAM": ("Mila Horvat", "Leo Fischer"),
    "TWITTER": ("Wen Li", "Rosa Lindgren"),
    "MESSENGER": ("Helen Park", "Gus Andersson"),
}
GROUPS = {"WHATSAPP": "Saturday hike 🏔️", "TELEGRAM": "Reading circle 📚"}


@dataclass
class Stage:
    """A prepared folder for one story, and fresh copies of it."""

    nursery: Nursery
    prepared: Path
    folder: Path
    account_type: str
    copies: int = 0

    async def open(self, folder: Path, *, crash_at: int | None = None, armed: bool = False) -> Served:
        """A server over a folder; it may be gone before it listens."""
        order = Order(folder=str(folder), socket=f"{folder}.socket", only=self.account_type, crash_at=crash_at, armed=armed)
        server = await self.nursery.start(order)
        await server.connect()
        return server

    def copy(self, of: Path | None = None) -> Path:
        """A fresh copy."""
        self.copies += 1
        return Path(shutil.copytree(of or self.prepared, self.folder / f"copy {self.copies}"))

    async def set_scene(self) -> Scene:
        """Say something in the prepared folder, and name what the story is about."""
        server = await self.open(self.prepared)
        places = await Places.of(server)
        (chat, provider_chat), (other, _) = places.chats[self.account_type]
        told = await server.ask("send_message_in_chat", {"chat_id": chat, "text": "said before"})
        assert told.error is None, told
        listed = (await server.json("list_all_chats", {"limit": 250}))["items"]
        people = {one["name"]: one["provider_id"] for one in await server.json("people", {"account": self.account_type})}
        group = next((one["id"] for one in listed if one["name"] == GROUPS.get(self.account_type, "")), "")
        new = tuple(people[name] for name in NEW_PEOPLE[self.account_type])
        messages = (await server.json("list_chat_messages", {"chat_id": chat, "limit": 5}))["items"]
        message = next(one["id"] for one in messages if one["text"] == "said before")
        await server.until_drained()
        await server.kill()
        account = places.accounts[self.account_type]
        return Scene(account, chat, provider_chat, other, group, message, new[0], new)


@pytest.fixture
async def stage(request: pytest.FixtureRequest, nursery: Nursery, data_folder: Path, tmp_path: Path) -> Stage:
    """A stage for the account type of the story."""
    story: Story = request.getfixturevalue("story")
    return Stage(nursery, data_folder, tmp_path, story.account_type)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
async def test_a_crash_at_any_point_of_a_write_loses_and_doubles_nothing(stage: Stage, story: Story, tell: Tell) -> None:
    points, passed = await every_point(stage, story)
    tell(f"{story.id}: {points} crash points")
    assert points >= 10
    assert {name.partition(" ")[0] for name in passed} == {"before", "after", "the"}


async def every_point(stage: Stage, story: Story) -> tuple[int, list[str]]:
    """Crash at each; gives how many there were, and the boundaries of the run that came through."""
    scene = await stage.set_scene()
    before = await record_of(await stage.open(stage.copy()), story)
    for point in count(1):
        folder = stage.copy()
        server = await stage.open(folder, crash_at=point)
        await server.until_drained()
        await server.json("arm")
        passed = await ask_until_the_end(server, story, scene)
        if passed is not None:
            return point - 1, passed
        await takes_over(stage, folder, story, scene, before)
        shutil.rmtree(folder)
    raise AssertionError("it never came through")


@pytest.mark.parametrize(
    "story",
    [Story(name, "send_message_in_chat", send, ("send",)) for name in ("WHATSAPP", "SLACK", "TWITTER", "MESSENGER")],
    ids=lambda story: story.id,
)
async def test_a_second_crash_at_any_point_of_the_recovery_loses_and_doubles_nothing(
    stage: Stage, story: Story, tell: Tell
) -> None:
    """The first one right after the network took the message: nobody here knows that it did."""
    scene = await stage.set_scene()
    before = await record_of(await stage.open(stage.copy()), story)
    crashed = stage.copy()
    server = await stage.open(crashed, crash_at=await point_named(stage, story, scene, "after the network's commit"))
    await server.until_drained()
    await server.json("arm")
    assert await ask_until_the_end(server, story, scene) is None
    for point in count(1):
        folder = stage.copy(crashed)
        try:
            server = await stage.open(folder, crash_at=point, armed=True)
            passed = await ask_until_the_end(server, story, scene)
        except Gone:
            passed = None
        if passed is not None:
            break
        await takes_over(stage, folder, story, scene, before)
        shutil.rmtree(folder)
    tell(f"{story.id}: {point - 1} crash points of the recovery")
    assert point > 10


def test_nothing_a_session_can_be_asked_is_without_a_boundary() -> None:
    assert unwrapped() == set()


async def point_named(stage: Stage, story: Story, scene: Scene, name: str) -> int:
    """The number of a boundary, counted in a run that comes through."""
    server = await stage.open(stage.copy(), crash_at=0)
    await server.until_drained()
    await server.json("arm")
    passed = await ask_until_the_end(server, story, scene)
    assert passed is not None
    await server.kill()
    return passed.index(name) + 1


async def ask_until_the_end(server: Served, story: Story, scene: Scene) -> list[str] | None:
    """Ask, and let everything settle; gives the boundaries that were passed, None when the server crashed on the way."""
    try:
        await server.ask(story.name, story.values(scene), key="the key")
        await server.until_drained()
        names: list[str] = await server.json("boundaries")
        await server.kill()
    except Gone:
        await server.ended()
        return None
    return names


async def takes_over(stage: Stage, folder: Path, story: Story, scene: Scene, before: int) -> None:
    """The next server: the same call again comes to an answer, and the network has it once."""
    server = await stage.open(folder)
    told = await server.ask(story.name, story.values(scene), key="the key")
    await server.until_drained()
    arrived = await record_of(server, story, keep=True) - before
    if told.error == "OutcomeUnknown":
        assert story.account_type in NONE, told
        assert arrived <= 1
        await is_shown_as_unknown(server, told)
    else:
        assert told.error is None, told
        assert arrived == 1 or (story.repeats and arrived > 1)
        again = await server.ask(story.name, story.values(scene), key="the key")
        assert again.body == told.body
    await server.kill()


async def is_shown_as_unknown(server: Served, told: Told) -> None:
    """Both where a message is looked at and where a person looks for what is open."""
    message = await server.json("get_message", {"message_id": told.message_id})
    assert message.get("send_state", "settled by its echo") in ("unknown", "settled by its echo")
    if "send_state" in message:
        pending = (await server.json("list_pending"))["items"]
        assert [(row["message_id"], row["state"]) for row in pending] == [(told.message_id, "unknown")]


async def record_of(server: Served, story: Story, *, keep: bool = False) -> int:
    """How many of the story's kind the network accepted."""
    record = await server.json("record", {"outcome": "accepted"})
    if not keep:
        await server.kill()
    return sum(one["kind"] in story.kinds for one in record)
