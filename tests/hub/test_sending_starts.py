"""Starting chats: found where they exist, made where not, one queue per account and set of people (design.md 7)."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from trunkline.contract.events import ChatInfo
from trunkline.hub.look import Lookout
from trunkline.model.blob import File
from trunkline.model.errors import EmptyMessage, NoConnection, NotPossible, OutcomeUnknown
from trunkline.operations.chats import GetChat, StartNewChat

from .sending_world import SETTLE_MS, SendingWorld, opened, until

NEW = {
    "WHATSAPP": ("Jonas Weber", "Priya Nair"),
    "TELEGRAM": ("Viktor Lund", "Chen Wei"),
    "SLACK": ("Ravi Shah", "Elif Yilmaz"),
    "LINKEDIN": ("Amara Eze", "David Cohen"),
    "INSTAGRAM": ("Mila Horvat", "Leo Fischer"),
    "TWITTER": ("Wen Li", "Rosa Lindgren"),
}
"""With the first there is no 1:1 chat in the small world."""
STARTERS = tuple(NEW)
TOKEN_STARTERS = ("WHATSAPP", "TELEGRAM")
HISTORY_STARTERS = ("SLACK", "LINKEDIN", "INSTAGRAM", "TWITTER")
PICTURE = File(data=b"\xff\xd8\xff\xe0 a picture", file_name="a.jpg", media_type="image/jpeg")


async def people(stack: SendingWorld, account_type: str) -> tuple[str, ...]:
    """Provider ids of the new people."""
    found = await stack.control("people", account=account_type)
    return tuple(one["provider_id"] for name in NEW[account_type] for one in found if one["name"] == name)


async def start(stack: SendingWorld, account_type: str, who: tuple[str, ...], text: str | None, **more: Any) -> dict[str, Any]:
    """Start a chat."""
    key, wait_ms = more.pop("key", None), more.pop("wait_ms", 5_000)
    account = (await stack.account(account_type)).id
    operation = StartNewChat(account_id=account, attendees_ids=who, text=text, **more)
    return await stack.ask(operation, key=key, wait_ms=wait_ms)


@pytest.mark.parametrize("account_type", STARTERS)
async def test_the_chat_with_a_person_is_made_once_and_then_found(stack: SendingWorld, account_type: str) -> None:
    who = (await people(stack, account_type))[:1]
    first = await start(stack, account_type, who, "hello")
    second = await start(stack, account_type, who, "again")
    assert first["object"] == second["object"] == "ChatStarted"
    assert first["chat_id"] == second["chat_id"]
    assert first["message_id"] != second["message_id"]
    arrived = await stack.record(account_type, outcome=None)
    assert [(one["kind"], one["command"]["text"]) for one in arrived] == [("start", "hello"), ("send", "again")]
    assert len({one["chat"] for one in arrived}) == 1
    for answer, text in ((first, "hello"), (second, "again")):
        message = await stack.message(answer["message_id"])
        assert (message["text"], message["chat_id"], message.get("send_state")) == (text, first["chat_id"], None)
    chat = await stack.ask(GetChat(chat_id=first["chat_id"]))
    assert (chat["type"], chat["attendee_provider_id"]) == (0, who[0])


@pytest.mark.parametrize("account_type", STARTERS)
async def test_two_starts_with_the_same_person_at_once_make_one_chat(stack: SendingWorld, account_type: str) -> None:
    """One queue per account and set of people: the second finds what the first made."""
    who = (await people(stack, account_type))[:1]
    answers: list[dict[str, Any]] = []

    async def one(text: str) -> None:
        answers.append(await start(stack, account_type, who, text))

    async with anyio.create_task_group() as group:
        for number in range(4):
            group.start_soon(one, f"{number}")
    assert len({answer["chat_id"] for answer in answers}) == 1
    assert len({answer["message_id"] for answer in answers}) == 4
    assert sorted(await stack.texts(account_type)) == ["0", "1", "2", "3"]
    assert len({one["chat"] for one in await stack.record(account_type)}) == 1


@pytest.mark.parametrize("account_type", STARTERS)
async def test_a_start_can_carry_a_file(stack: SendingWorld, account_type: str) -> None:
    who = (await people(stack, account_type))[:1]
    answer = await start(stack, account_type, who, None, attachments=(PICTURE,))

    async def is_there() -> bool:
        return "send_state" not in await stack.message(answer["message_id"])

    await until(is_there)
    (attachment,) = (await stack.message(answer["message_id"]))["attachments"]
    assert attachment["type"] == "img"
    (arrived,) = await stack.record(account_type, outcome=None)
    assert [file["file_name"] for file in arrived["command"]["files"]] == ["a.jpg"]


@pytest.mark.parametrize("account_type", STARTERS)
async def test_several_people_make_a_group(stack: SendingWorld, account_type: str) -> None:
    who = await people(stack, account_type)
    answer = await start(stack, account_type, who, "hello all", subject="The group")
    chat = await stack.ask(GetChat(chat_id=answer["chat_id"]))
    assert chat["type"] == 1
    assert (await stack.message(answer["message_id"]))["text"] == "hello all"
    (arrived,) = await stack.record(account_type, outcome=None)
    assert (arrived["kind"], arrived["command"]["people"], arrived["chat"]) == ("start", list(who), chat["provider_id"])


@pytest.mark.parametrize("account_type", STARTERS)
async def test_two_groups_of_the_same_people_are_two(stack: SendingWorld, account_type: str) -> None:
    who = await people(stack, account_type)
    first = await start(stack, account_type, who, "hello", subject="One")
    second = await start(stack, account_type, who, "hello", subject="Two")
    assert first["chat_id"] != second["chat_id"]


@pytest.mark.parametrize("account_type", ["WHATSAPP", "TELEGRAM", "SLACK"])
async def test_a_group_can_be_empty_where_the_network_allows_it(stack: SendingWorld, account_type: str) -> None:
    who = await people(stack, account_type)
    answer = await start(stack, account_type, who, None, subject="Empty")
    assert answer["message_id"] is None
    assert (await stack.ask(GetChat(chat_id=answer["chat_id"])))["type"] == 1


@pytest.mark.parametrize("account_type", ["LINKEDIN", "INSTAGRAM", "TWITTER"])
async def test_an_empty_group_is_refused_where_it_needs_a_message(stack: SendingWorld, account_type: str) -> None:
    with pytest.raises(EmptyMessage):
        await start(stack, account_type, await people(stack, account_type), None, subject="Empty")
    assert await stack.record(account_type, outcome=None) == []


async def test_a_chat_with_one_person_needs_a_message(stack: SendingWorld) -> None:
    with pytest.raises(EmptyMessage):
        await start(stack, "WHATSAPP", (await people(stack, "WHATSAPP"))[:1], None)
    assert await stack.record("WHATSAPP", outcome=None) == []


async def test_what_only_the_network_knows_is_its_refusal(stack: SendingWorld) -> None:
    """LinkedIn: contacts only, and a group needs a name."""
    found = await stack.control("people", account="LINKEDIN")
    stranger = next(one["provider_id"] for one in found if one["name"] == "Tomáš Dvořák")
    with pytest.raises(NoConnection, match="Nothing was sent"):
        await start(stack, "LINKEDIN", (stranger,), "hello")
    with pytest.raises(NotPossible, match="needs a name"):
        await start(stack, "LINKEDIN", await people(stack, "LINKEDIN"), "hello")
    assert await stack.texts("LINKEDIN") == []
    assert len(await stack.texts("LINKEDIN", outcome="refused")) == 2


@pytest.mark.parametrize("is_group", [False, True])
@pytest.mark.parametrize("account_type", STARTERS)
async def test_a_start_whose_answer_was_lost_is_done_once(stack: SendingWorld, account_type: str, is_group: bool) -> None:
    """Token: sent again under the same one. History: looked for in the chats that it may have made."""
    who = await people(stack, account_type)
    who = who if is_group else who[:1]
    await stack.fault("late_echo", account_type, count=5, ms=60_000)
    await stack.fault("late_events", account_type, count=5, ms=60_000)
    await stack.fault("lost_answer", account_type)
    answer = await start(stack, account_type, who, "hello", subject="The group" if is_group else None)
    arrived = await stack.record(account_type)
    assert [(one["kind"], one["command"]["text"]) for one in arrived] == [("start", "hello")]
    chat = await stack.ask(GetChat(chat_id=answer["chat_id"]))
    assert (chat["type"], chat["provider_id"]) == (int(is_group), arrived[0]["chat"])
    message = await stack.message(answer["message_id"])
    assert (message["text"], message["chat_id"]) == ("hello", answer["chat_id"])


@pytest.mark.parametrize("fault", ["lost_request", "late_arrival"])
@pytest.mark.parametrize("is_group", [False, True])
@pytest.mark.parametrize("account_type", STARTERS)
async def test_a_start_that_seemed_lost_is_done_once(
    stack: SendingWorld, account_type: str, is_group: bool, fault: str
) -> None:
    who = await people(stack, account_type)
    who = who if is_group else who[:1]
    await stack.fault(fault, account_type, ms=SETTLE_MS // 3)
    answer = await start(stack, account_type, who, "hello", subject="The group" if is_group else None)
    assert await stack.texts(account_type) == ["hello"]
    assert (await stack.message(answer["message_id"]))["text"] == "hello"


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request"])
async def test_an_empty_group_whose_answer_was_lost_is_made_once(stack: SendingWorld, fault: str) -> None:
    """Slack: the network's own first words in it are the proof."""
    who = await people(stack, "SLACK")
    await stack.fault("late_events", "SLACK", count=5, ms=60_000)
    await stack.fault(fault, "SLACK")
    answer = await start(stack, "SLACK", who, None)
    assert len(await stack.record("SLACK")) == 1
    assert (await stack.ask(GetChat(chat_id=answer["chat_id"])))["type"] == 1


@pytest.mark.parametrize("account_type", STARTERS)
async def test_the_same_start_again_gives_the_same_answer(stack: SendingWorld, account_type: str) -> None:
    """Whether the chat was new or is found the second time."""
    who = (await people(stack, account_type))[:1]
    first = await start(stack, account_type, who, "hello", key="one")
    assert await start(stack, account_type, who, "hello", key="one") == first
    second = await start(stack, account_type, who, "hello", key="two")
    assert await start(stack, account_type, who, "hello", key="two") == second
    assert await stack.texts(account_type) == ["hello", "hello"]


async def test_a_start_is_settled_after_a_restart(data_folder: Path) -> None:
    async with opened(data_folder) as stack:
        who = await people(stack, "TWITTER")
        await stack.fault("slow", "TWITTER", ms=60_000)
        async with anyio.create_task_group() as group:

            async def begin() -> None:
                await start(stack, "TWITTER", who, "hello", subject="The group")

            group.start_soon(begin)

            async def is_under_way() -> bool:
                return any(row.state == "sending" for row in await stack.rows("TWITTER"))

            await until(is_under_way)
            group.cancel_scope.cancel()
        await stack.no_faults()
    async with opened(data_folder) as stack:
        await stack.until_settled("TWITTER")
        assert await stack.texts("TWITTER") == ["hello"]
        assert [row.state for row in await stack.rows("TWITTER")] == ["sent"]


@pytest.mark.parametrize("account_type", HISTORY_STARTERS)
async def test_a_start_that_may_be_with_somebody_else_is_not_repeated(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network knows the person by an id that nobody told us: better unknown than twice. A token is proof enough."""
    who = (await people(stack, account_type))[:1]
    await stack.fault("late_echo", account_type, count=5, ms=60_000)
    await stack.fault("late_events", account_type, count=5, ms=60_000)
    await stack.fault("lost_answer", account_type)

    async def is_with(self: Lookout, info: ChatInfo, people: tuple[str, ...]) -> bool:
        return False

    monkeypatch.setattr(Lookout, "_is_with", is_with)
    if account_type == "TWITTER":
        with pytest.raises(OutcomeUnknown):
            await start(stack, account_type, who, "hello")
    else:
        await start(stack, account_type, who, "hello")
    assert await stack.texts(account_type) == ["hello"]
