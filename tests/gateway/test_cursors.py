"""Cursors: whose they are, what they hold, and what happens to one that was touched."""

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import pytest
from msgspec import json

from trunkline.gateway.cursors import BROKEN
from trunkline.model.errors import InvalidArgument
from trunkline.operations.administration import ListAudit, ListKeys
from trunkline.operations.attendees import ListMessagesByAttendee
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import ListAllMessages

from .conftest import World
from .tenants import Tenant, new_connection
from .wire import asked, decoded

DAY = "2026-09-21T14:13:20.000Z"
FIRST = ListChatMessages(chat_id="A", sender_id="s", before=DAY, limit=7)


async def cursor_of(world: World, operation: Operation[Any] = FIRST, tenant: Tenant | None = None) -> str:
    """The cursor that a list with more to come gives."""
    tenant = tenant or world.me
    world.backend.position = "2026-09-21 @ 5"
    reply = await world.gate.answer(tenant.caller, operation, pcid=tenant.pcid, surface="mcp")
    cursor = decoded(reply)["cursor"]
    assert isinstance(cursor, str)
    return cursor


async def next_page(world: World, operation: Operation[Any], surface: str = "rest", pcid: str | None = None) -> None:
    """Ask for it as me."""
    await world.gate.answer(world.me.caller, operation, pcid=pcid, surface=surface)  # type: ignore[arg-type]


async def test_a_cursor_is_padded_base64_of_json_with_all_that_the_next_page_needs(world: World) -> None:
    """unipile-v1 3.2: a client checks alphabet and padding."""
    cursor = await cursor_of(world)
    content = json.decode(b64decode(cursor, validate=True))
    assert len(cursor) % 4 == 0
    assert len(content.pop("signature")) == 32
    assert content == {
        "operation": "list_chat_messages",
        "filters": {"chat_id": "A", "sender_id": "s", "before": DAY},
        "limit": 7,
        "position": "2026-09-21 @ 5",
    }


async def test_the_next_page_goes_on_where_the_first_ended(world: World) -> None:
    cursor = await cursor_of(world)
    await next_page(world, ListChatMessages(chat_id="A", cursor=cursor))
    planned = world.backend.planned[-1]
    assert planned.position == "2026-09-21 @ 5"
    assert planned.operation == replace_cursor(FIRST, cursor)


def replace_cursor(operation: ListChatMessages, cursor: str) -> ListChatMessages:
    """The same list, further on."""
    return ListChatMessages(
        chat_id=operation.chat_id,
        sender_id=operation.sender_id,
        before=operation.before,
        limit=operation.limit,
        cursor=cursor,
    )


async def test_the_last_page_has_no_cursor(world: World) -> None:
    world.backend.position = None
    reply = await world.gate.answer(world.me.caller, ListAllChats(), pcid=None, surface="rest")
    assert decoded(reply) == {"object": "ChatList", "items": [], "cursor": None}


async def test_the_cursors_of_following_pages_hold_the_same_filters(world: World) -> None:
    cursor = await cursor_of(world)
    second = await cursor_of(world, ListChatMessages(chat_id="A", cursor=cursor))
    assert second == cursor  # the fake stays where it is


async def test_an_explicit_limit_wins_and_goes_on_winning(world: World) -> None:
    cursor = await cursor_of(world)
    second = await cursor_of(world, ListChatMessages(chat_id="A", cursor=cursor, limit=3))
    assert world.backend.planned[-1].operation.limit == 3  # type: ignore[attr-defined]
    assert json.decode(b64decode(second))["limit"] == 3


async def test_without_a_limit_the_cursor_says_how_long_pages_are(world: World) -> None:
    assert json.decode(b64decode(await cursor_of(world, ListAllChats())))["limit"] == 100


async def test_on_rest_other_filters_beside_a_cursor_are_ignored(world: World) -> None:
    cursor = await cursor_of(world)
    await next_page(world, ListChatMessages(chat_id="A", cursor=cursor, sender_id="other", after=DAY))
    assert world.backend.planned[-1].operation == replace_cursor(FIRST, cursor)


async def test_on_mcp_other_filters_beside_a_cursor_are_refused(world: World) -> None:
    cursor = await cursor_of(world)
    with pytest.raises(InvalidArgument, match=r"^after, sender_id differs"):
        await next_page(world, ListChatMessages(chat_id="A", cursor=cursor, sender_id="other", after=DAY), "mcp")
    await next_page(world, ListChatMessages(chat_id="A", cursor=cursor, sender_id="s", before=DAY), "mcp")
    assert world.backend.planned[-1].operation == replace_cursor(FIRST, cursor)
    await next_page(world, ListChatMessages(chat_id="A", cursor=cursor), "mcp")
    assert world.backend.planned[-1].operation == replace_cursor(FIRST, cursor)


async def test_a_false_filter_beside_a_cursor_counts(world: World) -> None:
    cursor = await cursor_of(world, ListAllChats(unread=True))
    with pytest.raises(InvalidArgument, match=r"^unread differs"):
        await next_page(world, ListAllChats(cursor=cursor, unread=False), "mcp")


@pytest.mark.parametrize("surface", ["rest", "mcp"])
async def test_a_cursor_is_good_for_its_own_list_alone(world: World, surface: str) -> None:
    cursor = await cursor_of(world)
    for operation in (
        ListChatMessages(chat_id="B", cursor=cursor),
        ListAllMessages(cursor=cursor),
        ListMessagesByAttendee(sender_id="A", cursor=cursor),
        ListAllChats(cursor=cursor),
    ):
        with pytest.raises(InvalidArgument) as refused:
            await next_page(world, operation, surface)
        assert refused.value.text == BROKEN


async def test_foreign_altered_cut_and_invented_cursors_are_refused_in_the_same_words(world: World) -> None:
    """S1: somebody else's cursor, and one of another connection, answer like garbage; no statement tells them apart."""
    cursor = await cursor_of(world)
    another = replace(world.me, pcid=await new_connection(world.store, world.me))
    plain = b64decode(cursor)
    unsigned = {**json.decode(plain), "position": "elsewhere"}
    seen = set()
    for broken in (
        await cursor_of(world, tenant=world.other),
        await cursor_of(world, tenant=another),
        "garbage",
        "====",
        cursor[:-4],
        cursor[4:],
        cursor + "AAAA",
        b64encode(plain.replace(b"@ 5", b"@ 6")).decode(),
        b64encode(plain[:-10] + b'0000000"}').decode(),
        b64encode(json.encode(unsigned)).decode(),
        b64encode(b"{}").decode(),
        b64encode(b'{"signature":"').decode(),
        b64encode(b"\xff\xfe").decode(),
        "é",
    ):
        before = len(world.backend.planned)
        with world.database.recorded() as statements, pytest.raises(InvalidArgument) as refused:
            await next_page(world, ListChatMessages(chat_id="A", cursor=broken), pcid=world.me.pcid)
        assert len(world.backend.planned) == before
        seen.add((refused.value.text, tuple(statements)))
    assert len(seen) == 1


async def test_a_cursor_whose_plus_signs_became_blanks_is_read(world: World) -> None:
    """unipile-v1 3.2: leniency towards clients that did not encode it."""
    for number in range(64):
        world.backend.position = "~~~>" + "?" * number
        reply = await world.gate.answer(world.me.caller, FIRST, pcid=None, surface="rest")
        cursor = decoded(reply)["cursor"]
        await next_page(world, ListChatMessages(chat_id="A", cursor=cursor.replace("+", " ")))
        assert world.backend.planned[-1].position == world.backend.position


async def test_cursors_hold_over_a_restart_and_in_every_process(world: World) -> None:
    cursor = await cursor_of(world)
    second = type(world.gate)(world.store, {"hub": world.backend})
    await second.answer(world.me.caller, ListChatMessages(chat_id="A", cursor=cursor), pcid=None, surface="rest")
    assert world.backend.planned[-1].position == "2026-09-21 @ 5"


async def test_the_gates_own_lists_page_too(world: World) -> None:
    for _ in range(3):
        await world.gate.answer(world.me.caller, ListAllChats(), pcid=None, surface="rest")
    pages, cursor = [], None
    while True:
        page = await asked(world, ListAudit(limit=1, operation="list_all_chats", cursor=cursor))
        pages.append(page["items"])
        if (cursor := page["cursor"]) is None:
            break
    assert [len(page) for page in pages] == [1, 1, 1]
    assert len({page[0]["sequence"] for page in pages}) == 3
    with pytest.raises(InvalidArgument):
        await asked(world, ListKeys(cursor=(await asked(world, ListAudit(limit=1)))["cursor"]))
