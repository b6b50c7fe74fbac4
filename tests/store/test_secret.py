"""A database and its secret belong together: no other secret is taken, none is made anew, and nothing is changed."""

from pathlib import Path

import pytest

from trunkline.model.errors import StoreUnavailable
from trunkline.store.engine import Transaction
from trunkline.store.store import DATABASE_FILE, SECRET_FILE, open_store

from .planted import add_account


async def prepared(folder: Path, url: str | None) -> int:
    """A store with one account that has something sealed; gives the account."""
    store = await open_store(folder, url=url)
    account = await add_account(store)
    await store.keeper(account, "account").put("credentials", b"login")
    await store.close()
    return account


async def opens(folder: Path, url: str | None, account: int) -> bytes | None:
    """What was sealed, opened anew."""
    store = await open_store(folder, url=url)
    try:
        return await store.keeper(account, "account").get("credentials")
    finally:
        await store.close()


def database(folder: Path) -> bytes:
    """The bytes of the database in the folder, if it is there."""
    path = folder / DATABASE_FILE
    return path.read_bytes() if path.exists() else b""


async def test_a_missing_secret_is_never_replaced(tmp_path: Path, database_url: str | None) -> None:
    """Every account would fail forever, and the log-ins be lost."""
    account = await prepared(tmp_path, database_url)
    path = tmp_path / SECRET_FILE
    secret, before = path.read_bytes(), database(tmp_path)
    path.unlink()
    for _ in range(2):
        with pytest.raises(StoreUnavailable) as refusal:
            await open_store(tmp_path, url=database_url)
        assert refusal.value.text == (
            f"The database was sealed with a secret.key that is not there any more; put that one back into {tmp_path}"
            " and start again, see docs/self-hosting.md. Nothing was changed."
        )
        assert (path.exists(), database(tmp_path)) == (False, before)
    path.write_bytes(secret)
    path.chmod(0o600)
    assert await opens(tmp_path, database_url, account) == b"login"


async def test_another_secret_is_refused(tmp_path: Path, database_url: str | None) -> None:
    account = await prepared(tmp_path, database_url)
    await (await open_store(tmp_path / "other")).close()
    path = tmp_path / SECRET_FILE
    secret, before = path.read_bytes(), database(tmp_path)
    path.write_bytes((tmp_path / "other" / SECRET_FILE).read_bytes())
    with pytest.raises(StoreUnavailable) as refusal:
        await open_store(tmp_path, url=database_url)
    assert refusal.value.text == (
        f"The database was sealed with another secret.key; put that one back into {tmp_path}"
        " and start again, see docs/self-hosting.md. Nothing was changed."
    )
    with pytest.raises(StoreUnavailable, match="sealed with another secret; set the one it was made with"):
        await open_store(tmp_path, url=database_url, secret=bytes(32))
    assert database(tmp_path) == before
    path.write_bytes(secret)
    assert await opens(tmp_path, database_url, account) == b"login"


async def test_a_secret_kept_elsewhere_is_not_made_anew_either(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    path = tmp_path / "keys" / "my.key"
    await (await open_store(tmp_path / "data", secret=path)).close()
    await (await open_store(tmp_path / "data", secret=path)).close()
    assert not (tmp_path / "data" / SECRET_FILE).exists()
    path.unlink()
    with pytest.raises(StoreUnavailable, match=r"a my\.key that is not there any more; put that one back into .*/keys and"):
        await open_store(tmp_path / "data", secret=path)
    assert not path.exists()


async def test_a_database_from_before_the_check_was_kept_needs_its_secret_and_gets_a_check(tmp_path: Path) -> None:
    account = await prepared(tmp_path, None)
    store = await open_store(tmp_path)

    async def forget(tx: Transaction) -> None:
        await tx.run("DROP TABLE meta")
        await tx.run("DELETE FROM migration WHERE name = 'm0004_secret'")

    await store.db.write(forget)
    await store.close()
    path = tmp_path / SECRET_FILE
    secret = path.read_bytes()
    path.unlink()
    with pytest.raises(StoreUnavailable, match="not there any more"):
        await open_store(tmp_path)
    path.write_bytes(secret)
    path.chmod(0o600)
    assert await opens(tmp_path, None, account) == b"login"
    with pytest.raises(StoreUnavailable, match="another secret"):
        await open_store(tmp_path, secret=bytes(32))


async def test_a_database_that_was_only_begun_gets_its_first_secret(tmp_path: Path) -> None:
    """The power went between the file and its first table: nothing is sealed yet."""
    (tmp_path / DATABASE_FILE).touch()
    await (await open_store(tmp_path)).close()
    assert (tmp_path / SECRET_FILE).exists()


async def test_a_file_that_is_no_database_is_said_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / DATABASE_FILE
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreUnavailable) as refusal:
        await open_store(tmp_path)
    assert refusal.value.text == (f"{path} is not a database. Restore a backup, see docs/self-hosting.md; nothing was changed.")
    assert path.read_bytes() == b"no database " * 1000
