"""Making webhooks: what is refused, what is kept, and what whoever set them up is shown."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

import pytest

from trunkline.model.errors import InvalidArgument, NotFound, Unsupported
from trunkline.operations.webhooks import (
    CreateWebhook,
    DeleteWebhook,
    HeaderWanted,
    ListDeadLetters,
    ListWebhooks,
    Renaming,
    ReplayWebhook,
    SwitchWebhook,
)
from trunkline.store import connections
from trunkline.store.engine import Transaction

from .scene import OWNER, ROAD, Scene, add_account

A = "https://a.example/in"
STRANGER = 2


async def connection(scene: Scene, pcid: str, owner: int = OWNER, **limits: Any) -> None:
    """A connection of somebody's, maybe limited."""

    async def work(tx: Transaction) -> None:
        await connections.add(
            tx,
            pcid=pcid,
            principal=owner,
            owner=owner,
            name=pcid,
            roads=(ROAD,),
            accounts=limits.get("accounts"),
            chats=limits.get("chats"),
            effects=["read"],
            mode="open",
            at_ms=0,
        )

    await scene.store.db.write(work)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"request_url": "http://a.example/in"}, "request_url begins with http"),
        ({"request_url": "https://127.0.0.1/in"}, "request_url is not an address of the public internet"),
        ({"request_url": "https://localhost/in"}, "request_url names localhost, which is no name of the public internet"),
        ({"request_url": "https://a.b.localhost./in"}, "request_url names a.b.localhost, which is no name"),
        ({"request_url": "https://printer.local/in"}, "request_url names printer.local, which is no name"),
        ({"request_url": "https://nas/in"}, "request_url names nas, which is no name"),
        ({"request_url": "https://nas.home.arpa/in"}, "request_url names nas.home.arpa, which is no name"),
        ({"request_url": "https://a.example/in#part"}, "request_url holds a fragment, which no request carries"),
        ({"headers": (HeaderWanted(key="Host", value="x"),)}, "headers[0] is named host"),
        ({"headers": (HeaderWanted(key="Webhook-Id", value="x"),)}, "headers[0] is named webhook-id"),
        ({"headers": (HeaderWanted(key="x", value="a\r\nb: c"),)}, "headers[0] gives x a value with a line break"),
    ],
)
async def test_what_cannot_be_posted_to_is_refused_in_words(scene: Scene, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        await scene.ask(CreateWebhook(**{"source": "messaging", "request_url": A, **given}))
    assert refusal.value.text.startswith(sentence)
    assert await scene.ask(ListWebhooks()) == []


def test_events_and_names_must_be_those_of_the_source() -> None:
    with pytest.raises(InvalidArgument, match="events holds 'deleted'; webhooks about messaging have message_received"):
        CreateWebhook(source="messaging", request_url=A, events=("deleted",))
    with pytest.raises(InvalidArgument, match="data names the key 'body'; for webhooks about messaging it can be account_id"):
        CreateWebhook(source="messaging", request_url=A, data=(Renaming(name="x", key="body"),))
    for source in ("email", "email_tracking", "calendar_event"):
        with pytest.raises(Unsupported, match="neither mail nor calendars"):
            CreateWebhook(source=source, request_url=A)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([("event", "message")], "data[0].name is 'event', which the payload has already; choose another."),
        ([("chat_id", "message")], "data[0].name is 'chat_id', which the payload has already; choose another."),
        ([("is_sender", "message")], "data[0].name is 'is_sender', which the payload has already; choose another."),
        ([("x", "message"), ("x", "sender")], "data gives the name 'x' twice; give it once."),
        ([("x", "message"), ("y", "message")], "data gives the key 'message' twice; give it once."),
    ],
)
def test_no_two_properties_come_to_one_name(given: list[tuple[str, str]], sentence: str) -> None:
    data = tuple(Renaming(name=name, key=key) for name, key in given)
    with pytest.raises(InvalidArgument) as refused:
        CreateWebhook(source="messaging", request_url="https://a.example/in", data=data).check()
    assert refused.value.text == sentence
    CreateWebhook(
        source="messaging", request_url="https://a.example/in", data=(Renaming(name="message", key="message"),)
    ).check()


async def test_it_is_listed_as_it_was_made_and_its_secret_is_not(scene: Scene) -> None:
    await connection(scene, "pc_mine")
    made = await scene.ask(
        CreateWebhook(
            source="messaging",
            request_url=A,
            name="inbox",
            account_ids=(scene.account.id,),
            headers=(HeaderWanted(key="Unipile-Auth", value="sesame"),),
            data=(Renaming(name="body", key="message"),),
            connection="pc_mine",
        )
    )
    assert made["secret"].startswith("whsec_")
    (shown,) = await scene.ask(ListWebhooks())
    assert shown == {
        "object": "Webhook",
        "id": made["webhook_id"],
        "account_ids": [{"id": scene.account.id, "name": "Me", "type": "WHATSAPP"}],
        "enabled": True,
        "name": "inbox",
        "request_url": A,
        "format": "json",
        "headers": [{"key": "Unipile-Auth", "value": "sesame"}],
        "data": [{"name": "body", "key": "message"}],
        "events": ["message_received"],
        "type": "AUTO",
        "source": "messaging",
        "tells_of": ["message_received"],
        "connection": "pc_mine",
        "created_at": shown["created_at"],
        "state": "working",
        "failing_since": None,
        "next_try_at": None,
        "last_status": None,
        "last_error": None,
        "last_delivered_at": None,
        "retrying": 0,
        "dead_letters": 0,
    }
    rows = await scene.store.db.fetch("SELECT * FROM webhook")
    kept = repr(rows).encode()
    assert b"sesame" not in kept
    assert made["secret"].removeprefix("whsec_").encode() not in kept


async def test_renamed_properties_added_headers_and_forms_arrive_as_wished(scene: Scene) -> None:
    await scene.webhook(
        A,
        name="inbox",
        format="form",
        headers=(HeaderWanted(key="Unipile-Auth", value="sesame"),),
        data=(Renaming(name="body", key="message"), Renaming(name="hook", key="webhook_name")),
    )
    plain = "https://b.example/in"
    await scene.webhook(plain, headers=(HeaderWanted(key="Content-Type", value="text/json"),))
    await scene.say("Hello & good-bye")
    await scene.until(lambda: len(scene.receivers.taken) == 2)
    form, json = sorted(scene.receivers.taken, key=lambda delivery: delivery.url)
    assert (form.headers["Unipile-Auth"], form.headers["content-type"]) == ("sesame", "application/x-www-form-urlencoded")
    read = {key: value[0] for key, value in parse_qs(form.body.decode(), keep_blank_values=True, strict_parsing=True).items()}
    assert (read["body"], read["hook"], read["is_sender"], read["subject"]) == ("Hello & good-bye", "inbox", "false", "null")
    assert "message" not in read
    assert read["attendees"].startswith('[{"attendee_id"')
    assert (json.text, json.payload["webhook_name"]) == ("Hello & good-bye", "")
    assert [value for name, value in json.headers.items() if name.lower() == "content-type"] == ["text/json"]


async def test_somebody_elses_webhook_answers_as_one_that_does_not_exist(scene: Scene) -> None:
    webhook = await scene.webhook(A)
    for asked in (
        lambda one: DeleteWebhook(webhook_id=one),
        lambda one: SwitchWebhook(webhook_id=one, enabled=False),
        lambda one: ListDeadLetters(webhook_id=one),
        lambda one: ReplayWebhook(webhook_id=one),
    ):
        texts = []
        for one in (webhook, "A" * 22):
            with pytest.raises(NotFound) as missing:
                await scene.ask(asked(one), owner=STRANGER)
            texts.append(missing.value.text.replace(one, "ID"))
        assert texts[0] == texts[1]
    assert await scene.ask(ListWebhooks(), owner=STRANGER) == []
    foreign = await add_account(scene.store, "other", owner=STRANGER)
    await connection(scene, "pc_theirs", STRANGER)
    for more in ({"account_ids": (foreign.id,)}, {"connection": "pc_theirs"}):
        with pytest.raises(NotFound):
            await scene.ask(CreateWebhook(source="messaging", request_url=A, **more))


async def test_nobody_hears_of_other_peoples_accounts(scene: Scene) -> None:
    foreign = await add_account(scene.store, "other", owner=STRANGER)
    await scene.webhook(A)
    await scene.say("theirs", account=foreign)
    await scene.say("mine")
    await scene.until(lambda: bool(scene.receivers.posted))
    await scene.settled()
    assert [post.text for post in scene.receivers.posted] == ["mine"]


async def test_a_connections_webhook_hears_its_chats_alone_and_nothing_once_it_is_revoked(scene: Scene) -> None:
    await scene.say("before", chat="open")
    await scene.say("before", chat="closed")
    row = await scene.store.db.row("SELECT id FROM chat WHERE provider_id = 'open'")
    assert row is not None
    await connection(scene, "pc_narrow", chats=(row[0],))
    await scene.webhook(A, connection="pc_narrow")
    await scene.say("secret", chat="closed")
    await scene.say("hello", chat="open")
    await scene.until(lambda: bool(scene.receivers.posted))
    await scene.settled()
    assert [post.text for post in scene.receivers.posted] == ["hello"]
    found = await connections.by_pcid(scene.store.db, "pc_narrow")
    assert found is not None

    async def revoke(tx: Transaction) -> None:
        await connections.revoke(tx, found.no, 1)

    await scene.store.db.write(revoke)
    await scene.say("again", chat="open")
    await scene.settled()
    assert len(scene.receivers.posted) == 1


async def test_a_limited_webhook_hears_its_accounts_alone(scene: Scene) -> None:
    other = await add_account(scene.store, "second")
    await scene.webhook(A, account_ids=(other.id,))
    await scene.say("first", chat="one")
    await scene.say("second", chat="two", account=other)
    await scene.until(lambda: bool(scene.receivers.posted))
    await scene.settled()
    assert [post.text for post in scene.receivers.posted] == ["second"]


async def test_whatever_is_switched_at_once_leaves_one_deliverer(scene: Scene) -> None:
    webhook = await scene.webhook(A)
    before = {task for task in asyncio.all_tasks() if task.get_name().startswith("webhook ")}
    await asyncio.gather(*(scene.ask(SwitchWebhook(webhook_id=webhook, enabled=True)) for _ in range(10)))
    after = {task for task in asyncio.all_tasks() if task.get_name().startswith("webhook ")}
    assert (len(before), len(after)) == (1, 1)
    await scene.say("one")
    await scene.until(lambda: bool(scene.receivers.posted))
    await scene.settled()
    assert len(scene.receivers.posted) == 1


async def test_a_deleted_webhook_hears_nothing_more(scene: Scene) -> None:
    webhook = await scene.webhook(A)
    assert await scene.ask(DeleteWebhook(webhook_id=webhook)) == {"object": "WebhookDeleted"}
    await scene.say("one")
    await scene.settled()
    assert (scene.receivers.posted, await scene.ask(ListWebhooks())) == ([], [])


async def test_one_that_is_made_switched_off_waits_until_it_is_switched_on(scene: Scene) -> None:
    webhook = await scene.webhook(A, enabled=False)
    await scene.say("one")
    await scene.settled()
    assert scene.receivers.posted == []
    assert (await scene.ask(SwitchWebhook(webhook_id=webhook, enabled=True)))["enabled"] is True
    await scene.until(lambda: scene.receivers.texts(A) == ["one"])
