"""Ruling the world: its clock, its faults, its seed, its end."""

from trunkline.contract.events import ChatChanged, ChatRemoved
from trunkline.model.errors import InvalidArgument
from trunkline.model.times import to_wire
from trunkline.networks.sandbox.controls.arguments import (
    Clock,
    Fault,
    OneAccount,
    Scan,
    Seed,
    Values,
    span_ms,
    the_account,
    time_ms,
)
from trunkline.networks.sandbox.login import Logins
from trunkline.networks.sandbox.seed import seeds
from trunkline.networks.sandbox.world import accounts, chats, events, faults
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.faults import Detail
from trunkline.networks.sandbox.world.world import World

_ALL_KINDS = faults.KINDS | {faults.LOGGED_OUT: "the network ends the account's logins; a person must log in again"}


async def clock(world: World, logins: Logins, values: Clock) -> object:
    """Show the time, or move it."""
    if values.by is not None and values.to is not None:
        raise InvalidArgument("Give `by` or `to`, not both.")
    if values.real:
        await world.move_clock(-world.offset_ms())
    elif values.by is not None:
        await world.move_clock(span_ms(values.by, "by"))
    elif values.to is not None:
        await world.move_clock(time_ms(values.to, "to") - world.now())
    return {"now": to_wire(world.now()), "now_ms": world.now(), "offset_ms": world.offset_ms()}


async def fault(world: World, logins: Logins, values: Fault) -> object:
    """Set a fault, clear faults, or list them."""
    account = None if values.account is None else the_account(world.fetch, values.account)

    def work(change: Change) -> None:
        if values.clear is not None:
            for owner, event in faults.clear(change, None if values.clear == "all" else values.clear):
                events.tell_encoded(change, owner, event)
        if values.kind == faults.LOGGED_OUT:
            for one in accounts.all_accounts(change.fetch) if account is None else (account,):
                accounts.log_out(change, one.key)
        elif values.kind is not None:
            detail = Detail(ms=span_ms(values.ms, "ms"), only=values.only)
            faults.inject(change, None if account is None else account.key, values.kind, values.count, detail)

    await world.change(work)
    world.ring_all()
    return {"kinds": _ALL_KINDS, "set": [_shown(world, one) for one in faults.listed(world.fetch)]}


async def seed(world: World, logins: Logins, values: Seed) -> object:
    """Bring a seed into the world; the same one again does nothing."""

    def work(change: Change) -> bool:
        done = seeds.seed(change, values.seed)
        if done:
            _announce(change)
        return done

    return {"seed": values.seed, "done": await world.change(work)}


async def reset(world: World, logins: Logins, values: Values) -> object:
    """Empty the world: chats, people, faults and the record. Logins and the log of events stay good."""

    def work(change: Change) -> None:
        for account in accounts.all_accounts(change.fetch):
            for chat in chats.listed(change.fetch, account.key):
                events.tell(change, account.key, ChatRemoved(chat=chat.id))
        change.run("DELETE FROM person WHERE provider_id NOT IN (SELECT identity FROM account)")
        for table in ("alias", "chat", "member", "message", "token", "due", "fault", "record", "blob"):
            change.run(f"DELETE FROM {table}")
        change.run("DELETE FROM meta WHERE name = 'seed'")

    await world.change(work)
    return {"reset": True}


async def forget(world: World, logins: Logins, values: OneAccount) -> object:
    """The network forgets what happened to an account so far: who was not listening meets a gap."""
    account = the_account(world.fetch, values.account)
    return {"forgotten": await world.change(lambda change: events.forget(change, account.key))}


async def scan(world: World, logins: Logins, values: Scan) -> object:
    """The person scans, confirms or allows what a login waits for."""
    return {"step": logins.confirm(values.account_type)}


def _announce(change: Change) -> None:
    """Accounts that are logged in already learn of their new chats."""
    for account in accounts.all_accounts(change.fetch):
        if change.one("SELECT 1 FROM login WHERE account = ?", account.key) is None:
            continue
        for chat in reversed(chats.listed(change.fetch, account.key)):
            info = chats.complete(change.fetch, account.key, chat.id)
            events.tell(change, account.key, ChatChanged(info=info, live=False))


def _shown(world: World, one: faults.Fault) -> dict[str, object]:
    account = None if one.account is None else accounts.by_key(world.fetch, one.account)
    return {
        "kind": one.kind,
        "account": None if account is None else f"{account.account_type}:{account.number}",
        "left": one.left,
        "ms": one.detail.ms,
        "only": one.detail.only,
    }
