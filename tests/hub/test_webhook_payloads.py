"""What webhooks are told of the sandbox's networks: the six events of messages, those of accounts, whole and recorded."""

import os
import re
from pathlib import Path
from typing import Any

from msgspec import json

from trunkline.hub.webhooks.writing import Endpoint, body_of
from trunkline.operations.accounts import DeleteAccount, RestartAccount
from trunkline.store import journal

from .sending_world import EVERY, SendingWorld, opened, until

RECORDED = Path(__file__).parents[1] / "golden" / "webhook_payloads.json"
"""Written anew with TRUNKLINE_RECORD=1; a difference is a changed promise."""

_ID = re.compile(r"[A-Za-z0-9_-]{22}\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{12}Z\Z")
_NAMES = {"account_id": "ACCOUNT", "chat_id": "CHAT", "message_id": "MESSAGE", "attendee_id": "ATTENDEE", "id": "FILE"}
_NAMES["attachment_id"] = _NAMES["id"]


def endpoint(**more: Any) -> Endpoint:
    """An endpoint to write for."""
    plain = {"id": "w", "url": "https://a.example", "format": "json", "name": "inbox", "data": (), "headers": (), "keys": ()}
    return Endpoint(**{**plain, **more})


def masked(value: Any, key: str = "") -> Any:
    """What is another at every run by the name of what it is."""
    if isinstance(value, dict):
        return {name: masked(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [masked(each, key) for each in value]
    if isinstance(value, str) and _TIME.match(value):
        return "TIME"
    if isinstance(value, str) and key in _NAMES and _ID.match(value):
        return _NAMES[key]
    return "PROVIDER MESSAGE" if key == "provider_message_id" else value


async def told(stack: SendingWorld, after: int, kinds: tuple[str, ...]) -> list[Any]:
    """The bodies of what happened since, of these kinds."""
    rows = await journal.after(stack.store.db, after, 1000)
    return [json.decode(body_of(endpoint(), row)) for row in rows if row.kind in kinds]


async def expect(stack: SendingWorld, after: int, kind: str) -> Any:
    """The first of a kind."""

    async def there() -> object:
        return await told(stack, after, (kind,))

    await until(there)
    return (await told(stack, after, (kind,)))[0]


async def six_events(stack: SendingWorld, account_type: str) -> dict[str, Any]:
    """What is told when somebody writes, edits, reacts, and reads what we wrote; and deletes."""
    chat, after = stack.provider_chats[account_type], await journal.newest(stack.store.db)
    listed = await stack.listed(account_type)
    peer = next(each["attendee_provider_id"] for each in listed if each["provider_id"] == chat)
    here = {"account": account_type, "chat": chat}
    sent = await stack.control("write", text="Morning!", **here, **{"as": peer})
    found = {"message_received": await expect(stack, after, "message_received")}
    theirs = {**here, "message": sent["provider_id"], "as": peer}
    await stack.control("edit", text="Good morning!", **theirs)
    found["message_edited"] = await expect(stack, after, "message_edited")
    await stack.control("react", text="👍", **theirs)
    found["message_reaction"] = await expect(stack, after, "message_reaction")
    await stack.control("read", **{**theirs, "as": "me"})
    found["message_read"] = await expect(stack, after, "message_read")
    await stack.control("delete", **theirs)
    found["message_deleted"] = await expect(stack, after, "message_deleted")
    return found


async def test_the_events_are_the_recorded_ones(data_folder: Path) -> None:
    async with opened(data_folder, sandbox={"sandbox.answers": "1", "sandbox.answer_ms": "10"}) as stack:
        found = await all_events(stack)
    shown = json.format(json.encode(masked(found)), indent=1).decode() + "\n"
    if os.environ.get("TRUNKLINE_RECORD"):
        RECORDED.write_text(shown)
    assert json.decode(RECORDED.read_bytes()) == json.decode(shown)


async def all_events(stack: SendingWorld) -> dict[str, Any]:
    """What is told of an account until it is deleted."""
    await stack.until_connected("WHATSAPP")
    after = await journal.newest(stack.store.db)
    found = await six_events(stack, "WHATSAPP")
    chat = stack.provider_chats["WHATSAPP"]
    before = await journal.newest(stack.store.db)
    await stack.control("write", account="WHATSAPP", chat=chat, text="Look", file="photo")
    found["message_received of an own picture"] = await expect(stack, before, "message_received")
    await stack.send("WHATSAPP", "On my way")
    found["message_delivered"] = await expect(stack, after, "message_delivered")
    number = (await stack.account("WHATSAPP")).no
    await stack.fault("logged_out", "WHATSAPP")
    found["account_credentials"] = await expect(stack, before, "account_credentials")
    row = await stack.account("WHATSAPP")
    await stack.reply(RestartAccount(account_id=row.id), caller=stack.admin)
    await stack.reply(DeleteAccount(account_id=row.id), caller=stack.admin)
    found["account_deleted"] = await expect(stack, before, "account_deleted")
    left = await journal.after(stack.store.db, 0, 10_000)
    assert [each.kind for each in left if each.account_no == number] == ["account_deleted"], "nothing else is kept of it"
    return found


async def test_every_network_tells_its_own_with_the_same_keys(stack: SendingWorld) -> None:
    keys = set()
    for account_type in EVERY:
        await stack.until_connected(account_type)
        after = await journal.newest(stack.store.db)
        await stack.control("own_device_send", account=account_type, chat=stack.provider_chats[account_type], text="hello")
        heard = await expect(stack, after, "message_received")
        row = await stack.account(account_type)
        assert (heard["account_type"], heard["account_id"], heard["is_sender"]) == (account_type, row.id, True)
        assert heard["sender"]["attendee_provider_id"] == heard["account_info"]["user_id"]
        assert [each["attendee_provider_id"] for each in heard["attendees"]] != [heard["account_info"]["user_id"]]
        keys.add(frozenset(heard) - {"message_type", "folder"})
    assert len(keys) == 1


async def test_history_is_told_to_nobody(stack: SendingWorld) -> None:
    for account_type in EVERY:
        await stack.until_connected(account_type)
    kinds = {row.kind for row in await journal.after(stack.store.db, 0, 100_000)}
    assert not {kind for kind in kinds if kind.startswith("message_")}
    assert {"account_ok", "account_sync_success", "account_creation_success"} <= kinds
