"""An agent's day, told once: chapters in the order of the day, each a function of what the agent knows by then."""

import base64
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from trunkline.networks.sandbox.seed.pictures import photograph

from .agent import Agent, Network, Result

Chapter = Callable[["Day"], Awaitable[None]]


@dataclass
class Day:
    """Who lives it, where, and what is known so far."""

    agent: Agent
    network: Network
    searches: bool
    """Whether the agent has the tools beside the 21."""
    chats: dict[str, str] = field(default_factory=dict)
    """Ids of chats, by name or by the person at the other side."""
    messages: dict[str, str] = field(default_factory=dict)
    """Ids of messages, by what they are to the story."""


PICTURE = photograph("the agent's own")
QUESTION = "Thursday at six it is. Does the green sofa fit through that door?"
GROUP_HELLO = "Hello both, who can carry a sofa on Thursday?"
LATE = "Thursday at seven it is."


async def reads_what_is_unread(day: Day) -> None:
    """What is new on WhatsApp, and what it says; then it is no longer new."""
    agent = day.agent
    unread = await agent.pages("list_all_chats", unread=True, account_type="WHATSAPP")
    assert sorted(chat["unread_count"] for chat in unread) == [1, 1, 2, 2, 3]
    (maya,) = [chat for chat in unread if chat.get("attendee_name") == "Maya Fernandes"]
    day.chats["Maya"] = maya["id"]
    newest, before, *_ = (await agent.ask("list_chat_messages", chat_id=maya["id"], limit=20))["items"]
    assert newest["text"] == "And ask your mum about the old sofa?"
    assert before["text"] == "Booked 💃 Bring the tape measure"
    day.messages |= {"booked": before["id"], "sofa": newest["id"]}
    everywhere = (await agent.ask("list_all_messages", account_id=maya["account_id"], limit=1))["items"]
    assert everywhere == [newest]
    assert await agent.ask("patch_chat", chat_id=maya["id"], action="setReadStatus", value=True) == {"object": "ChatPatched"}
    assert (await agent.ask("get_chat", chat_id=maya["id"]))["unread_count"] == 0
    left = await agent.pages("list_all_chats", unread=True, account_type="WHATSAPP")
    assert {chat["id"] for chat in left} == {chat["id"] for chat in unread} - {maya["id"]}


async def answers_with_a_quote_and_a_picture(day: Day) -> None:
    """The message that arrives is the message that was written, to the last byte of its picture; and Maya answers it."""
    agent, chat_id = day.agent, day.chats["Maya"]
    sent = await agent.ask(
        "send_message_in_chat",
        chat_id=chat_id,
        text=QUESTION,
        quote_id=day.messages["booked"],
        attachments=[f"data:image/png;name=sofa.png;base64,{base64.b64encode(PICTURE).decode()}"],
    )
    day.messages["question"] = sent["message_id"]
    message = await agent.ask("get_message", message_id=sent["message_id"])
    assert (message["text"], message["is_sender"], message["chat_id"]) == (QUESTION, 1, chat_id)
    assert message["quoted"]["message_id"] == day.messages["booked"]
    (attachment,) = message["attachments"]
    assert (attachment["type"], attachment["mimetype"], attachment["file_size"]) == ("img", "image/png", len(PICTURE))
    got = await agent.file("get_message_attachment", message_id=message["id"], attachment_id=attachment["id"])
    assert got == PICTURE
    page = await agent.until(lambda page: not page["items"][0]["is_sender"], "list_chat_messages", chat_id=chat_id, limit=5)
    answer, question = page["items"][:2]
    assert (question["id"], answer["sender_name"]) == (message["id"], "Maya Fernandes")
    day.messages["answer"] = answer["id"]


async def reacts(day: Day) -> None:
    """An emoji is put on the answer, and another in its place."""
    message_id = day.messages["answer"]
    for emoji in ("🎉", "👍"):
        done = await day.agent.ask("add_reaction", message_id=message_id, reaction=emoji)
        assert done == {"object": "MessageReactionAdded", "success": True}
        reactions = (await day.agent.ask("get_message", message_id=message_id))["reactions"]
        assert [(one["value"], one["is_sender"]) for one in reactions] == [(emoji, True)]


async def starts_a_group(day: Day) -> None:
    """With people found by name, with a title and a first word."""
    agent = day.agent
    account = (await agent.ask("get_chat", chat_id=day.chats["Maya"]))["account_id"]
    people = {one["name"]: one for one in await agent.pages("list_all_attendees", account_id=account)}
    ids = [people[name]["provider_id"] for name in ("Omar Haddad", "Tom Becker")]
    started = await agent.ask(
        "start_new_chat", account_id=account, attendees_ids=ids, subject="Sofa on Thursday", text=GROUP_HELLO
    )
    day.chats["group"] = started["chat_id"]
    day.messages["hello"] = started["message_id"]
    chat = await agent.ask("get_chat", chat_id=started["chat_id"])
    assert (chat["name"], chat["type"], chat["account_id"]) == ("Sofa on Thursday", 1, account)
    assert await members(day) == {"Omar Haddad", "Tom Becker", "Alex Morgan"}
    assert (await agent.ask("get_message", message_id=started["message_id"]))["text"] == GROUP_HELLO


async def members(day: Day) -> set[str]:
    """Who is in the group."""
    return {one["name"] for one in (await day.agent.ask("list_attendees", chat_id=day.chats["group"]))["items"]}


async def arranges_the_group(day: Day) -> None:
    """All that can be done with a chat, each seen in the chat afterwards."""
    agent, chat_id = day.agent, day.chats["group"]
    account = (await agent.ask("get_chat", chat_id=chat_id))["account_id"]
    people = {one["name"]: one["provider_id"] for one in await agent.pages("list_all_attendees", account_id=account)}

    async def patch(action: str, value: bool | str | None = None) -> Result:
        given = {} if value is None else {"value": value}
        return await agent.ask("patch_chat", chat_id=chat_id, action=action, **given)

    await patch("addParticipant", people["Priya Nair"])
    assert await members(day) == {"Omar Haddad", "Tom Becker", "Alex Morgan", "Priya Nair"}
    await patch("removeParticipant", people["Tom Becker"])
    assert await members(day) == {"Omar Haddad", "Alex Morgan", "Priya Nair"}
    assert (await patch("getInviteLink"))["invite_link"].startswith("https://chat.whatsapp.com/")
    for action in ("setMuteStatus", "setPinnedStatus", "setArchiveStatus"):
        await patch(action, True)
    await patch("setLabel", "Furniture")
    chat = await agent.ask("get_chat", chat_id=chat_id)
    assert (chat["muted_until"], chat["pinned"], chat["archived"], chat["labels"]) == (-1, 1, 1, ["Furniture"])
    await patch("setArchiveStatus", False)
    assert (await agent.ask("get_chat", chat_id=chat_id))["archived"] == 0


async def edits_in_time_and_too_late(day: Day) -> None:
    """A quarter of an hour is what WhatsApp gives; what comes later is refused before it goes out."""
    agent, message_id = day.agent, day.messages["question"]
    assert await agent.ask("patch_message", message_id=message_id, text=f"{QUESTION} 🛋️") == {"object": "MessageEdited"}
    message = await agent.ask("get_message", message_id=message_id)
    assert (message["text"], message["edited"]) == (f"{QUESTION} 🛋️", 1)
    day.network.control("clock", by="20m")
    before = len(day.network.arrived())
    refusal = await agent.refusal("patch_message", message_id=message_id, text=LATE)
    assert "15 minutes" in refusal, refusal
    assert await agent.ask("get_message", message_id=message_id) == message
    assert len(day.network.arrived()) == before


async def fetches_history(day: Day) -> None:
    """All of a long chat comes in, once."""
    agent = day.agent
    chats = await agent.pages("list_all_chats", account_type="WHATSAPP")
    (flat,) = [chat["id"] for chat in chats if chat["name"] == "Flat 2B"]
    day.chats["flat"] = flat
    assert (await agent.ask("sync_chat_history", chat_id=flat))["status"] == "SYNC_STARTED"
    await agent.until(lambda told: told["status"] == "SYNC_DONE", "sync_chat_history", chat_id=flat)
    messages = await agent.pages("list_chat_messages", chat_id=flat, limit=50)
    assert len({message["id"] for message in messages}) == len(messages) == 128
    assert messages == sorted(messages, key=lambda message: message["timestamp"], reverse=True)


async def forwards(day: Day) -> None:
    """A picture of Maya's goes to the group, bytes and all."""
    agent = day.agent
    messages = await agent.pages("list_chat_messages", chat_id=day.chats["Maya"])
    (view,) = [message for message in messages if message["text"] == "This is the view"]
    forwarded = await agent.ask("forward_message", message_id=view["id"], chat_id=day.chats["group"])
    message = await agent.ask("get_message", message_id=forwarded["message_id"])
    assert (message["chat_id"], message["text"], message["is_forwarded"]) == (day.chats["group"], view["text"], True)
    files = [
        await agent.file("get_message_attachment", message_id=each["id"], attachment_id=each["attachments"][0]["id"])
        for each in (view, message)
    ]
    assert files[0] == files[1]
    assert files[0].startswith((b"\x89PNG", b"\xff\xd8"))
    day.messages["forwarded"] = message["id"]


async def looks_people_up(day: Day) -> None:
    """Who somebody is, what they look like, which chats one has with them and what they said."""
    agent = day.agent
    (maya,) = [one for one in (await agent.ask("list_attendees", chat_id=day.chats["Maya"]))["items"] if not one["is_self"]]
    person = await agent.ask("get_attendee_by_id", id=maya["id"])
    assert (person["name"], person["provider_id"]) == ("Maya Fernandes", maya["provider_id"])
    face = await agent.file("get_attendee_profile_picture", id=maya["id"])
    assert face.startswith((b"\x89PNG", b"\xff\xd8"))
    chats = (await agent.ask("list_chats_by_attendee", attendee_id=maya["id"]))["items"]
    assert [chat["id"] for chat in chats] == [day.chats["Maya"]]
    said = await agent.pages("list_messages_by_attendee", sender_id=maya["id"], limit=5)
    assert day.messages["sofa"] in {message["id"] for message in said}
    assert {message["sender_name"] for message in said} == {"Maya Fernandes"}


async def searches(day: Day) -> None:
    """By words that were said, today's among them; what was edited away is not found."""
    if not day.searches:
        return
    found = await day.agent.ask("trunkline_search_messages", query="sofa", limit=50)
    assert {day.messages["question"], day.messages["hello"], day.messages["sofa"]} <= {one["id"] for one in found["items"]}
    none = await day.agent.ask("trunkline_search_messages", query=f'"{LATE}"')
    assert none["items"] == []


async def takes_back(day: Day) -> None:
    """A message, then a whole chat."""
    agent = day.agent
    assert await agent.ask("delete_message", message_id=day.messages["forwarded"]) == {"object": "MessageDeleted"}
    message = await agent.ask("get_message", message_id=day.messages["forwarded"])
    assert (message["deleted"], message["text"], message["attachments"]) == (1, None, [])
    assert await agent.ask("delete_chat", chat_id=day.chats["group"]) == {"object": "ChatDeleted"}
    assert "There is no chat" in await agent.refusal("get_chat", chat_id=day.chats["group"])


CHAPTERS: tuple[Chapter, ...] = (
    reads_what_is_unread,
    answers_with_a_quote_and_a_picture,
    reacts,
    starts_a_group,
    arranges_the_group,
    edits_in_time_and_too_late,
    fetches_history,
    forwards,
    looks_people_up,
    searches,
    takes_back,
)


async def live(day: Day, chapters: Iterable[Chapter] = CHAPTERS) -> None:
    """Live the day, or a part of it."""
    for chapter in chapters:
        await chapter(day)


WHOLE_DAY = [
    *(("set_chat", "accepted"), ("send", "accepted"), ("react", "accepted"), ("react", "accepted"), ("start", "accepted")),
    *(("change_member", "accepted"), ("change_member", "accepted"), ("invite_link", "accepted")),
    *(("set_chat", "accepted"),) * 3,
    *(("label_chat", "accepted"), ("set_chat", "accepted"), ("edit", "accepted"), ("forward", "accepted")),
    *(("delete", "accepted"), ("delete_chat", "accepted")),
]
"""What arrives at the network in a whole day: each thing once, and nothing else."""


def arrivals(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """A record as kinds and outcomes."""
    return [(row["kind"], row["outcome"]) for row in rows]
