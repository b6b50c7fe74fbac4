"""What is sealed opens only where it was sealed, and only with the secret."""

import os
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from trunkline.model.errors import StoreUnavailable
from trunkline.store.engine import Transaction
from trunkline.store.seal import Seal, SealBroken, secret_from_file
from trunkline.store.store import DATABASE_FILE, SECRET_FILE, Store, open_store

from .planted import add_account

SECRET = bytes(range(32))


async def test_a_keeper_keeps_and_replaces(store: Store) -> None:
    keeper = store.keeper(await add_account(store), "account")
    assert await keeper.get("credentials") is None
    await keeper.put("credentials", b"first")
    await keeper.put("credentials", b"second")
    await keeper.put("empty", b"")
    assert (await keeper.get("credentials"), await keeper.get("empty")) == (b"second", b"")


async def test_a_value_moved_to_another_place_does_not_open(store: Store) -> None:
    """A row swapped under us must not hand one account's login to another (security.md S18)."""
    one, two = await add_account(store, "one"), await add_account(store, "two")
    await store.keeper(one, "id one").put("credentials", b"of one")

    async def move(tx: Transaction) -> None:
        await tx.run("INSERT INTO keeper (account_no, key, value) SELECT $1, key, value FROM keeper", two)
        await tx.run(
            "INSERT INTO keeper (account_no, key, value) SELECT $1, 'other', value FROM keeper WHERE account_no = $1", one
        )

    await store.db.write(move)
    for keeper, key in ((store.keeper(two, "id two"), "credentials"), (store.keeper(one, "id one"), "other")):
        with pytest.raises(SealBroken):
            await keeper.get(key)
    assert await store.keeper(one, "id one").get("credentials") == b"of one"


async def test_nothing_sealed_lies_in_the_clear(sqlite_store: Store, tmp_path: Path) -> None:
    canary = b"canary-" + os.urandom(8).hex().encode()
    await sqlite_store.keeper(await add_account(sqlite_store), "account").put("credentials", canary)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {DATABASE_FILE, f"{DATABASE_FILE}-wal", SECRET_FILE}
    for path in files:
        content = path.read_bytes()
        assert canary not in content, path
        assert path.name == SECRET_FILE or (tmp_path / SECRET_FILE).read_bytes().strip() not in content


def test_every_sealing_is_different_and_every_change_is_noticed() -> None:
    seal = Seal(SECRET)
    sealed = seal.close(b"plain", "table", "row")
    assert sealed != seal.close(b"plain", "table", "row")
    assert seal.open(sealed, "table", "row") == b"plain"
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            seal.open(bytes(changed), "table", "row")
    for broken in (b"", sealed[:12], sealed[:-1]):
        with pytest.raises(SealBroken):
            seal.open(broken, "table", "row")
    with pytest.raises(SealBroken):
        Seal(bytes(32)).open(sealed, "table", "row")


def test_places_are_not_glued_together() -> None:
    """("ab", "c") is another place than ("a", "bc")."""
    seal = Seal(SECRET)
    with pytest.raises(SealBroken):
        seal.open(seal.close(b"plain", "ab", "c"), "a", "bc")
    with pytest.raises(SealBroken):
        seal.open(seal.close(b"plain", "a\0b"), "a", "b")


def test_a_seal_does_not_show_its_secret() -> None:
    assert repr(Seal(SECRET)) == "Seal(...)"


def test_hashes_of_other_purposes_are_others() -> None:
    seal = Seal(SECRET)
    assert seal.keyed_hash(b"data", "one") == Seal(SECRET).keyed_hash(b"data", "one")
    assert (
        len({seal.keyed_hash(b"data", "one"), seal.keyed_hash(b"data", "two"), Seal(bytes(32)).keyed_hash(b"data", "one")}) == 3
    )


def test_the_secret_is_made_once_for_our_eyes_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    secret = secret_from_file(path)
    assert len(secret) == 32
    assert secret_from_file(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_secret_that_others_can_read_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / SECRET_FILE
    path.write_bytes(urlsafe_b64encode(SECRET))
    path.chmod(0o644)
    with pytest.raises(StoreUnavailable, match=r"can be read by other users\. Run: chmod 600"):
        await open_store(tmp_path)


@pytest.mark.parametrize("content", [b"", b"short", b"!!! no base64 !!!", urlsafe_b64encode(b"x" * 16), b"\xff\xfe"])
async def test_a_damaged_secret_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / SECRET_FILE
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(StoreUnavailable, match=r"secret\.key is damaged"):
        await open_store(tmp_path)
    assert path.read_bytes() == content
