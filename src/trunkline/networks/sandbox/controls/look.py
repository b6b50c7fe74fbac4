"""Showing the world."""

from collections.abc import Mapping

import msgspec

from trunkline.model.times import to_wire
from trunkline.networks.sandbox.controls.arguments import Look, Record, Values, chat_id, the_account
from trunkline.networks.sandbox.login import Logins
from trunkline.networks.sandbox.world import accounts, chats, faults, messages, people, record
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.world import World

Rows = list[dict[str, object]]


async def world(world: World, logins: Logins, values: Values) -> Mapping[str, object]:
    """The whole world in one look."""
    seed = world.fetch("SELECT value FROM meta WHERE name = 'seed'")
    return {
        "seed": seed[0][0] if seed else None,
        "now": to_wire(world.now()),
        "accounts": [_summary(world, account) for account in accounts.all_accounts(world.fetch)],
        "faults": [msgspec.to_builtins(fault) for fault in faults.listed(world.fetch)],
        "logins": [{"way": way, "step": step} for way, step in logins.waiting()],
        "arrived": world.fetch("SELECT count(*) FROM record")[0][0],
    }


async def people_of(world: World, logins: Logins, values: Look) -> Rows:
    """Everybody an account can write to."""
    return [
        {
            "account": _name(account),
            "name": person.name,
            "provider_id": person.id,
            "answers": person.answers,
            "is_self": person.info.is_self,
            "distance": person.distance,
        }
        for account in _accounts(world, values.account)
        for person in people.listed(world.fetch, account.key)
    ]


async def chats_of(world: World, logins: Logins, values: Look) -> Rows:
    """The chats of an account, most recently active first."""
    return [
        {
            "account": _name(account),
            "provider_id": chat.id,
            "name": chat.info.name if isinstance(chat.info.name, str) else None,
            "type": chat.info.type,
            "with": [person.name for person in _others(world, account, chat.id)],
            "unread": chat.unread,
            "active": to_wire(chat.active_ms),
            "read_only": chat.info.read_only is True,
        }
        for account in _accounts(world, values.account)
        for chat in chats.listed(world.fetch, account.key)
    ]


async def messages_of(world: World, logins: Logins, values: Look) -> Rows:
    """The newest messages of a chat, newest first, as the network has them."""
    if values.account is None or values.chat is None:
        return []
    account = the_account(world.fetch, values.account)
    chat = chat_id(world.fetch, account, values.chat)
    page = messages.page(world.fetch, account.key, chat, None, count=max(1, values.limit), shown=lambda found: found)
    return [msgspec.to_builtins(message) for message in page.messages]


async def record_of(world: World, logins: Logins, values: Record) -> Rows:
    """What arrived, oldest first."""
    account = None if values.account is None else the_account(world.fetch, values.account).key
    arrived = record.read(world.fetch, account=account, kind=values.kind, outcome=values.outcome, after=values.after)
    shown = arrived if values.limit is None else arrived[-values.limit :] if values.limit > 0 else []
    return [msgspec.json.decode(msgspec.json.encode(one)) for one in shown]


def _summary(world: World, account: Account) -> dict[str, object]:
    counts = world.fetch(
        "SELECT (SELECT count(*) FROM chat WHERE account = ?1), (SELECT count(*) FROM message WHERE account = ?1),"
        " (SELECT count(*) FROM person WHERE account = ?1), (SELECT count(*) FROM login WHERE account = ?1),"
        " (SELECT coalesce(sum(unread), 0) FROM chat WHERE account = ?1)",
        account.key,
    )[0]
    shown = {"account": _name(account), "identity": account.identity, "name": account.name}
    return shown | dict(zip(("chats", "messages", "people", "logins", "unread"), counts, strict=True))


def _accounts(world: World, name: str | None) -> list[Account]:
    return accounts.all_accounts(world.fetch) if name is None else [the_account(world.fetch, name)]


def _others(world: World, account: Account, chat: str) -> list[people.Person]:
    ids = chats.member_ids(world.fetch, account.key, chat)
    found = (people.find(world.fetch, account.key, name) for name in ids if name != account.identity)
    return [person for person in found if person is not None]


def _name(account: Account) -> str:
    return f"{account.account_type}:{account.number}"
