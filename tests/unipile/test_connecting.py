"""Making, trying and revoking connections to Unipile subscriptions: the key is tried, sealed, and never seen again."""

import logging
from typing import Any

import pytest
from msgspec import json

from trunkline.model.errors import InvalidArgument, KeyRefused, NotAllowed, NotFound, NotPossible, NotReached, StoreUnavailable
from trunkline.operations.administration import (
    AddUnipileConnection,
    AllowConnection,
    CheckConnection,
    ListAllConnections,
    RevokeConnection,
)
from trunkline.operations.chats import ListAllChats, SendMessageInChat
from trunkline.operations.messages import ForwardMessage
from trunkline.operations.own import ListConnections
from trunkline.store import connections
from trunkline.unipile.remote import Remote, base_url_of

from .conftest import World
from .fake_unipile import KEY, account


async def test_a_new_connection_reads_and_nothing_else(world: World) -> None:
    """design.md 4: as for any other real account."""
    made = await world.ask(AddUnipileConnection(name="work", principal="helper", dsn=world.remote.url, api_key=f" {KEY}\n"))
    del made["pcid"], made["created_at"]
    assert made == {
        "object": "Connection",
        "name": "work",
        "principal": "helper",
        "backend": "unipile",
        "roads": [],
        "accounts": None,
        "chats": None,
        "effects": ["read"],
        "mode": "guarded",
        "stopped": False,
        "is_default": False,
    }


async def test_a_guarded_connection_writes_nothing(world: World) -> None:
    """Until somebody lets it, with a warning."""
    pcid = await world.connect(mode="guarded")
    with pytest.raises(NotAllowed):
        await world.ask(SendMessageInChat(chat_id="chat-wa", text="hi"), pcid=pcid)
    assert world.remote.sent == []
    allowed = await world.ask(AllowConnection(pcid=pcid, mode="open"))
    assert "real people" in allowed["warning"]


async def test_the_key_is_tried_when_the_connection_is_made(world: World) -> None:
    """A wrong one makes none."""
    with pytest.raises(InvalidArgument, match="api_key is refused"):
        await world.connect(api_key="wrong")
    await world.remote.stop()
    with pytest.raises(NotReached):
        await world.connect()
    assert len((await world.ask(ListAllConnections()))["items"]) == 2


@pytest.mark.parametrize(
    "limits", [{"accounts": ("wa", "gone")}, {"chats": ("gone",)}, {"accounts": ("wa",), "chats": ("chat-li",)}]
)
async def test_what_it_shall_reach_must_be_there(world: World, limits: dict[str, Any]) -> None:
    """An id that is mistyped is said at once."""
    with pytest.raises(NotFound):
        await world.connect(**limits)


@pytest.mark.parametrize("key", ["", "  ", "two\nlines", "ümlaut"])
async def test_a_key_must_fit_a_header(world: World, key: str) -> None:
    """And asks nobody."""
    with pytest.raises(InvalidArgument):
        await world.connect(api_key=key)
    assert world.remote.requests == []


@pytest.mark.parametrize("surface", ["rest", "mcp"])
async def test_where_a_key_goes_is_said_on_this_machine_alone(world: World, surface: Any) -> None:
    """design.md 10: no key that leaked can send what is read here to a server of somebody's choice."""
    wanted = AddUnipileConnection(name="x", dsn=world.remote.url, api_key=KEY)
    with pytest.raises(NotAllowed):
        await world.gate.answer(world.me, wanted, pcid=None, surface=surface)
    assert world.remote.requests == []


@pytest.mark.parametrize(
    ("dsn", "url"),
    [
        ("api1.unipile.com:13111", "https://api1.unipile.com:13111"),
        (" https://api1.unipile.com:13111/ ", "https://api1.unipile.com:13111"),
        ("http://127.0.0.1:3114", "http://127.0.0.1:3114"),
        ("http://localhost:3114", "http://localhost:3114"),
        ("http://[::1]:3114", "http://[::1]:3114"),
    ],
)
def test_a_dsn_is_a_host_and_a_port(dsn: str, url: str) -> None:
    """As the vendor's dashboard shows it."""
    assert base_url_of(dsn) == url


@pytest.mark.parametrize(
    "dsn",
    [
        "http://api1.unipile.com:13111",
        "http://127.0.0.1.example.com",
        "ftp://api1.unipile.com",
        "https://user:secret@api1.unipile.com",
        "https://api1.unipile.com/api/v1",
        "https://api1.unipile.com?port=1",
        "api1.unipile.com:99999",
        "https://",
        "http://[::1",
        "a b.example.com",
        "exa\nmple.com",
    ],
)
def test_a_dsn_that_is_none_is_refused_in_words(dsn: str) -> None:
    """Plain http to another machine would show the key to others."""
    with pytest.raises(InvalidArgument, match="dsn"):
        base_url_of(dsn)


async def test_the_key_is_seen_nowhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Not in answers, errors, logs, reprs, nor in the clear on the disk."""
    caplog.set_level(logging.DEBUG)
    seen = [
        json.encode(await world.ask(each))
        for each in (ListConnections(), ListAllConnections(), CheckConnection(pcid=world.pcid))
    ]
    world.remote.key = "another"
    with pytest.raises(KeyRefused) as caught:
        await world.ask(ListAllChats())
    wanted = AddUnipileConnection(name="x", dsn="a:1", api_key=KEY)
    words = [*map(bytes.decode, seen), caught.value.text, repr(wanted), str(wanted), repr(Remote("https://a", KEY))]
    assert [text for text in [*words, caplog.text] if KEY in text or "c2VjcmV0" in text] == []
    row = await connections.by_pcid(world.store.db, world.pcid)
    assert row is not None
    kept = await connections.settings_of(world.store.db, row.no)
    assert kept is not None
    assert KEY.encode() not in kept[1]


async def test_a_key_opens_in_its_own_connection_alone(world: World) -> None:
    """Moved to another row, the sealed settings open nothing."""
    other = await world.connect()
    first, second = [await connections.by_pcid(world.store.db, pcid) for pcid in (world.pcid, other)]
    assert first is not None
    assert second is not None

    async def move(tx: Any) -> None:
        await tx.run(
            "UPDATE connection SET settings = (SELECT settings FROM connection WHERE no = $1) WHERE no = $2",
            first.no,
            second.no,
        )

    await world.store.db.write(move)
    with pytest.raises(StoreUnavailable, match="another secret"):
        await world.ask(ListAllChats(), pcid=other)
    await world.ask(ListAllChats())


async def test_a_revoked_connection_loses_its_key(world: World) -> None:
    """And answers as one that never was."""
    row = await connections.by_pcid(world.store.db, world.pcid)
    assert row is not None
    await world.ask(RevokeConnection(pcid=world.pcid))
    with pytest.raises(NotFound):
        await world.ask(ListAllChats())
    left = await world.store.db.row("SELECT settings FROM connection WHERE no = $1", row.no)
    assert left is not None
    assert left[0] is None


async def test_a_check_tells_which_accounts_are_seen_and_which_need_attention(world: World) -> None:
    """For `trunkline doctor`."""
    world.remote.accounts = [account("wa", "WHATSAPP"), account("li", "LINKEDIN", "CREDENTIALS"), account("mail", "MAIL")]
    assert await world.ask(CheckConnection(pcid=world.pcid)) == {
        "object": "ConnectionChecked",
        "pcid": world.pcid,
        "works": True,
        "server": world.remote.url,
        "detail": "The key works; 2 accounts are reached. 1 needs attention: log in again where the subscription is managed.",
        "accounts": [
            {"account_id": "wa", "account_type": "WHATSAPP", "name": "wa account", "status": "OK"},
            {"account_id": "li", "account_type": "LINKEDIN", "name": "li account", "status": "CREDENTIALS"},
        ],
    }


async def test_a_check_says_what_is_wrong_with_key_and_server(world: World) -> None:
    """A finding, not an error."""
    pcid = await world.connect(accounts=("wa",))
    world.remote.accounts = [account("li", "LINKEDIN")]
    assert "cannot be seen any more" in (await world.ask(CheckConnection(pcid=pcid)))["detail"]
    world.remote.key = "another"
    refused = await world.ask(CheckConnection(pcid=pcid))
    assert (refused["works"], "refuses the key" in refused["detail"]) == (False, True)
    await world.remote.stop()
    away = await world.ask(CheckConnection(pcid=pcid))
    assert (away["works"], "refuses the connection" in away["detail"]) == (False, True)


async def test_only_connections_to_a_unipile_server_can_be_checked(world: World) -> None:
    """The others have their accounts in the status."""
    own = next(each for each in (await world.ask(ListAllConnections()))["items"] if each["backend"] == "hub")
    with pytest.raises(NotPossible):
        await world.ask(CheckConnection(pcid=own["pcid"]))
    with pytest.raises(NotFound):
        await world.ask(CheckConnection(pcid="gone"))


async def test_an_act_names_target_and_what_is_carried(world: World) -> None:
    """What the judge, and later the guard, decides on."""
    row = await connections.by_pcid(world.store.db, world.pcid)
    assert row is not None
    original = next(each["id"] for each in world.remote.messages if each["chat_id"] == "chat-li")
    plan = await world.backend.plan(ForwardMessage(message_id=original, chat_id="chat-wa"), row.scope, None)
    assert (plan.act.target, plan.act.carries) == ("chat-wa", frozenset({"chat-li"}))
    assert world.remote.sent == []
