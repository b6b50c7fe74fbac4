"""The own users of the world and their logins."""

import hashlib
import json
from dataclasses import dataclass
from typing import cast

from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.world.change import Change, Read

_COLUMNS = "key, account_type, number, identity, name, params"


@dataclass(frozen=True)
class Account:
    """One own user. `number` tells several users of one network apart; `params` is what the wire shows."""

    key: int
    account_type: AccountType
    number: int
    identity: str
    name: str
    params: dict[str, object]


def all_accounts(fetch: Read) -> list[Account]:
    """Every own user."""
    return [_account(row) for row in fetch(f"SELECT {_COLUMNS} FROM account ORDER BY key")]


def by_identity(fetch: Read, account_type: str, identity: str) -> Account | None:
    """The own user with this provider id."""
    rows = fetch(f"SELECT {_COLUMNS} FROM account WHERE account_type = ? AND identity = ?", account_type, identity)
    return _account(rows[0]) if rows else None


def by_number(fetch: Read, account_type: str, number: int) -> Account | None:
    """The nth own user of a network, from 1 on."""
    rows = fetch(f"SELECT {_COLUMNS} FROM account WHERE account_type = ? AND number = ?", account_type, number)
    return _account(rows[0]) if rows else None


def by_key(fetch: Read, key: int) -> Account:
    """The own user of a key that is known to exist."""
    return _account(fetch(f"SELECT {_COLUMNS} FROM account WHERE key = ?", key)[0])


def add(
    change: Change, account_type: AccountType, number: int, *, identity: str, name: str, params: dict[str, object]
) -> Account:
    """Make an own user; one that exists stays."""
    known = by_number(change.fetch, account_type, number)
    if known is not None:
        return known
    change.run(
        "INSERT INTO account (account_type, number, identity, name, params) VALUES (?, ?, ?, ?, ?)",
        account_type, number, identity, name, json.dumps(params),
    )  # fmt: skip
    return Account(change.db.last_insert_rowid(), account_type, number, identity, name, params)


def next_number(change: Change, account: int) -> int:
    """Count one more thing that happens to this account."""
    row = change.one("UPDATE account SET counter = counter + 1 WHERE key = ? RETURNING counter", account)
    assert row is not None
    return int(row[0])


def log_in(change: Change, account: Account) -> bytes:
    """Begin a login; gives its credentials."""
    credentials = change.entropy(24).hex().encode()
    change.run("INSERT INTO login VALUES (?, ?, ?)", _mark(credentials), account.key, change.now_ms)
    return credentials


def is_logged_in(fetch: Read, account: int, credentials: bytes) -> bool:
    """Whether these credentials are still good."""
    return bool(fetch("SELECT 1 FROM login WHERE mark = ? AND account = ?", _mark(credentials), account))


def log_out(change: Change, account: int) -> None:
    """End all logins of an account."""
    change.run("DELETE FROM login WHERE account = ?", account)
    change.woken.add(account)


def _mark(credentials: bytes) -> bytes:
    return hashlib.sha256(credentials).digest()


def _account(row: tuple[object, ...]) -> Account:
    key, account_type, number, identity, name, params = row
    return Account(
        cast(int, key), cast(AccountType, account_type), cast(int, number), str(identity), str(name), json.loads(str(params))
    )
