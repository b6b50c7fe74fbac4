"""The worlds to begin with."""

from pathlib import Path
from typing import Any

import puremagic
import pytest

from trunkline.model.errors import InvalidArgument
from trunkline.model.networks import ACCOUNT_TYPES
from trunkline.networks.sandbox.seed import files
from trunkline.networks.sandbox.seed.small import SMALL

from .conftest import Sandbox

TABLES = ("account", "person", "alias", "chat", "member", "message", "blob")


async def test_the_same_seed_at_the_same_time_is_the_same_world(tmp_path: Path) -> None:
    """design.md 9: deterministic seeds."""
    dumps = []
    for name in ("one", "two"):
        sandbox = Sandbox(tmp_path / name, {})
        await sandbox.control("seed", seed="small")
        dumps.append(dump(sandbox))
        await sandbox.connector.close()
    assert dumps[0] == dumps[1]


async def test_seeding_twice_does_nothing(sandbox: Sandbox) -> None:
    """design.md 11: the same `--seed` again does nothing."""
    before = dump(sandbox)
    assert await sandbox.control("seed", seed="small") == {"seed": "small", "done": False}
    assert dump(sandbox) == before


async def test_another_seed_is_refused_with_the_way_out(sandbox: Sandbox) -> None:
    """design.md 11: another one names `trunkline sandbox reset`."""
    before = dump(sandbox)
    with pytest.raises(InvalidArgument, match="trunkline sandbox reset"):
        await sandbox.control("seed", seed="messages:10")
    assert dump(sandbox) == before


@pytest.mark.parametrize("name", ["", "large", "messages:0", "messages:", "messages:1e3", "small;"])
async def test_an_unknown_seed_is_refused(sandbox: Sandbox, name: str) -> None:
    """Ours."""
    with pytest.raises(InvalidArgument, match="small, empty, messages:N"):
        await sandbox.control("seed", seed=name)


async def test_after_a_reset_another_seed_fills_the_world(sandbox: Sandbox) -> None:
    """Ours: accounts that are logged in learn of what went and what came."""
    session = await sandbox.session("WHATSAPP")
    await sandbox.control("reset")
    assert (await session.chats(None)).chats == ()
    await sandbox.control("seed", seed="messages:1000")
    shown = await sandbox.control("world")
    assert sum(account["messages"] for account in shown["accounts"]) == 1000
    assert shown["arrived"] == 0


@pytest.mark.parametrize("count", [1, 249, 250, 2_001])
async def test_a_load_has_exactly_as_many_messages_as_asked(tmp_path: Path, count: int) -> None:
    """design.md 9: `--messages N` for load."""
    sandbox = Sandbox(tmp_path, {})
    await sandbox.control("seed", seed=f"messages:{count}")
    shown = await sandbox.control("world")
    assert sum(account["messages"] for account in shown["accounts"]) == count
    await sandbox.connector.close()


async def test_the_small_world_has_a_few_hundred_messages_and_all_kinds_of_them(sandbox: Sandbox) -> None:
    """Ours: what a person, an agent or a test may want to meet."""
    shown = await sandbox.control("world")
    assert 200 <= sum(account["messages"] for account in shown["accounts"]) <= 600
    assert all(account["unread"] > 0 and account["chats"] >= 5 for account in shown["accounts"])
    found = [message for account in ACCOUNT_TYPES for message in await all_messages(sandbox, account)]
    assert {message.event_type for message in found} >= {None, 2, 3, 8, 9}
    assert {file.type for message in found for file in message.files} == {"img", "video", "audio", "file"}
    assert any(file.ref is None for message in found for file in message.files)
    assert any(file.sticker for message in found for file in message.files)
    assert any(file.voice_note for message in found for file in message.files)
    for feature in ("quote", "reactions", "thread", "replies", "edited", "deleted", "hidden", "subject"):
        assert any(getattr(message, feature) for message in found), feature
    assert any(message.sender.also for message in found)
    scripts = "".join(message.text or "" for message in found)
    assert any("\u0600" <= character <= "\u06ff" for character in scripts)
    assert any("\u4e00" <= character <= "\u9fff" for character in scripts)


async def test_the_small_world_has_chats_of_every_state(sandbox: Sandbox) -> None:
    """Ours: muted, archived, pinned, read-only, labelled; groups and channels."""
    chats = [info for account in ACCOUNT_TYPES for info in (await (await sandbox.session(account)).chats(None)).chats]
    assert {info.type for info in chats} == {0, 1, 2}
    assert any(info.muted_until_ms == -1 for info in chats)
    for state in ("archived", "pinned", "read_only", "labels", "picture", "disabled_features", "folder"):
        assert any(getattr(info, state) for info in chats), state


async def test_message_ids_rise_with_time_where_a_network_counts(sandbox: Sandbox) -> None:
    """unipile-v1 ch. 6: Telegram's numbers, Slack's ts, X's snowflakes."""
    for account in ("TELEGRAM", "SLACK", "TWITTER"):
        found = sorted(await all_messages(sandbox, account), key=lambda message: (message.at_ms, message.order))
        assert [message.order for message in found] == sorted(message.order for message in found)


async def test_another_own_user_has_a_world_of_their_own(sandbox: Sandbox) -> None:
    """Ours: two people may each connect a WhatsApp account of the sandbox."""
    first, second = await sandbox.session("WHATSAPP"), await sandbox.session("WHATSAPP", 2)
    one, two = await first.connect(), await second.connect()
    assert one.provider_id != two.provider_id
    await sandbox.control("write", as_="Maya Fernandes", account="WHATSAPP:2", text="Only for the second")
    chat = await sandbox.chat("WHATSAPP:2", "Maya Fernandes")
    assert (await sandbox.texts("WHATSAPP:2", chat))[0] == "Only for the second"
    assert (await sandbox.texts("WHATSAPP:1", chat))[0] != "Only for the second"


@pytest.mark.parametrize(
    "file",
    [
        files.photo("a"),
        files.sticker(),
        files.voice(2.5),
        files.sound("a.wav", 0.5),
        files.video("a.mp4"),
        files.document("a.pdf", "A (line)"),
    ],
    ids=lambda file: file.file_name,
)
def test_a_seeded_file_is_what_it_says(file: Any) -> None:
    """Ours: its type is found in its bytes, as with files people send."""
    found = {match.mime_type for match in puremagic.magic_string(file.make())}
    assert file.media_type in found


def test_the_stories_name_only_people_who_are_there() -> None:
    """Ours."""
    for circle in SMALL.values():
        known = {role.key for role in circle.roles} | {"me"}
        for story in circle.stories:
            assert {*story.people, story.owner} <= known
            assert {line.who for line in story.lines} <= {*story.people, "me"}


async def all_messages(sandbox: Sandbox, account: Any) -> list[Any]:
    """Every message of an account."""
    session = await sandbox.session(account)
    infos = (await session.chats(None)).chats
    return [message for info in infos for message in (await session.history(info.provider_id, None, 1000)).messages]


def dump(sandbox: Sandbox) -> list[Any]:
    """The whole world."""
    return [sandbox.connector.world.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in TABLES]
