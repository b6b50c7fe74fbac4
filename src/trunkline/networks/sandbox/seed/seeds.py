"""Which seeds there are, and bringing one into the world."""

import re

from trunkline.model.errors import InvalidArgument
from trunkline.model.networks import ACCOUNT_TYPES, AccountType
from trunkline.networks.sandbox.seed.load import pour
from trunkline.networks.sandbox.seed.plant import plant
from trunkline.networks.sandbox.seed.small import SMALL
from trunkline.networks.sandbox.seed.story import Circle
from trunkline.networks.sandbox.world import accounts
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Change

_LOAD = re.compile(r"messages:([1-9][0-9]{0,8})\Z")
_NOBODY = Circle((), ())


def seed(change: Change, name: str) -> bool:
    """Bring the seed `small`, `messages:N` or `empty` into the world; False when it is there already.

    Raises InvalidArgument for an unknown seed, and when the world was made from another one.
    """
    if name not in ("small", "empty") and _LOAD.match(name) is None:
        raise InvalidArgument(f"There is no seed {name!r}. There are: small, empty, messages:N (N messages, for load).")
    present = current(change)
    if present == name:
        return False
    if present is not None:
        raise InvalidArgument(
            f"The sandbox was made from the seed {present!r}, not {name!r}."
            f" Keep {present!r}, or empty it: trunkline sandbox reset."
        )
    change.run("INSERT INTO meta VALUES ('seed', ?)", name)
    made = [_plant(change, account_type, number, name) for account_type, number in _everybody(change)]
    load = _LOAD.match(name)
    if load is not None:
        pour(change, [account for account in made if account.number == 1], int(load[1]))
    return True


def current(change: Change) -> str | None:
    """The seed the world was made from."""
    row = change.one("SELECT value FROM meta WHERE name = 'seed'")
    return None if row is None else str(row[0])


def own_user(change: Change, account_type: AccountType, number: int) -> Account:
    """The `number`th own user of a network, made with the world's seed when nobody asked for them before."""
    found = accounts.by_number(change.fetch, account_type, number)
    return found or _plant(change, account_type, number, current(change))


def _everybody(change: Change) -> list[tuple[AccountType, int]]:
    """The first own user of each network, and those a world that was emptied had."""
    known = [(account.account_type, account.number) for account in accounts.all_accounts(change.fetch)]
    first: list[tuple[AccountType, int]] = [(account_type, 1) for account_type in ACCOUNT_TYPES]
    return first + [one for one in known if one not in first]


def _plant(change: Change, account_type: AccountType, number: int, seed_name: str | None) -> Account:
    return plant(change, account_type, number, SMALL[account_type] if seed_name == "small" else _NOBODY)
