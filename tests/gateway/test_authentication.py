"""Who calls: API keys, tokens, and what guessing gets."""

import pytest

from trunkline.gateway.caller import Caller
from trunkline.gateway.throttle import ALLOWANCE, REFILL_MS
from trunkline.model.errors import InvalidCredentials, MissingCredentials, TooManyAttempts
from trunkline.operations.administration import CreateKey, RevokeKey, StopKey
from trunkline.store import keys
from trunkline.store.engine import Transaction

from .conftest import World
from .wire import asked


async def test_a_key_leads_to_its_principal_and_default_connection(world: World) -> None:
    key_id = world.me.api_key.split("_")[1]
    caller = await world.gate.authenticate(world.me.api_key)
    assert caller == Caller(world.me.person, key_id, is_admin=False, default_pcid=world.me.pcid)


async def test_no_credentials_are_told_apart_from_wrong_ones(world: World) -> None:
    with pytest.raises(MissingCredentials):
        await world.gate.authenticate(None)
    with pytest.raises(MissingCredentials):
        await world.gate.authenticate("")
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate("wrong")


@pytest.mark.parametrize(
    "secret",
    [
        "tl_",
        "tl__",
        "tl_a_",
        "tl__b",
        "tlt_",
        "tl_%_b",
        "tl_\udc80_b",
        "tlt_\udc80",
        "\x00",
        "tl_" + "a" * 10_000,
        "tlt_" + "a" * 10_000,
        "x" * 10_000,
    ],
)
async def test_odd_texts_are_wrong_credentials_and_nothing_more(world: World, secret: str) -> None:
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate(secret)


async def test_an_unknown_key_and_a_wrong_secret_are_refused_alike(world: World) -> None:
    """S3: neither words nor statements tell whether a key id exists."""
    seen = []
    for secret in (f"{world.me.api_key[:-1]}-", "tl_0123456789abcdef_" + world.me.api_key[-43:]):
        with world.database.recorded() as statements, pytest.raises(InvalidCredentials) as refused:
            await world.gate.authenticate(secret)
        seen.append((refused.value.text, statements))
    assert seen[0] == seen[1]


async def test_the_secret_of_one_key_opens_no_other(world: World) -> None:
    mine, others = world.me.api_key.split("_", 2), world.other.api_key.split("_", 2)
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate(f"tl_{mine[1]}_{others[2]}")


async def test_a_pcid_is_no_credential(world: World) -> None:
    """S3."""
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate(world.me.pcid)


async def test_an_expired_key_is_refused_with_the_reason(world: World) -> None:
    made = await asked(world, CreateKey(name="short", expires_at="2026-09-21T14:13:21.000Z"))
    assert (await world.gate.authenticate(made["api_key"])).principal == world.me.person
    world.clock.now += 1_000
    with pytest.raises(InvalidCredentials, match="has expired"):
        await world.gate.authenticate(made["api_key"])


async def test_a_stopped_key_is_refused_at_once_and_goes_on_when_it_may(world: World) -> None:
    key_id = world.me.caller.key_id or ""
    await asked(world, StopKey(key_id=key_id))
    with pytest.raises(InvalidCredentials, match="was stopped"):
        await world.gate.authenticate(world.me.api_key)
    await asked(world, StopKey(key_id=key_id, stopped=False))
    assert (await world.gate.authenticate(world.me.api_key)).key_id == key_id


async def test_a_revoked_key_is_refused_like_one_that_never_was(world: World) -> None:
    await world.gate.authenticate(world.me.api_key)
    await asked(world, RevokeKey(key_id=world.me.caller.key_id or ""))
    with pytest.raises(InvalidCredentials) as refused:
        await world.gate.authenticate(world.me.api_key)
    assert refused.value.text == InvalidCredentials().text


async def test_a_token_stands_for_its_key_for_an_hour(world: World) -> None:
    key_id, secret = world.me.api_key.split("_", 2)[1:]
    for client_secret in (secret, world.me.api_key):
        token = await world.gate.issue_token(key_id, client_secret)
        assert token.expires_in_s == 3600
        assert await world.gate.authenticate(token.access_token) == world.me.caller
    world.clock.now += 3600 * 1000 - 1
    assert await world.gate.authenticate(token.access_token) == world.me.caller
    world.clock.now += 1
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate(token.access_token)


async def test_a_token_needs_the_key_that_its_client_id_names(world: World) -> None:
    key_id, secret = world.me.api_key.split("_", 2)[1:]
    for client_id, client_secret in (
        (world.other.caller.key_id or "", world.me.api_key),
        (world.other.caller.key_id or "", secret),
        (key_id, "wrong"),
        ("", ""),
        (key_id, ""),
    ):
        with pytest.raises(InvalidCredentials):
            await world.gate.issue_token(client_id, client_secret)


async def test_a_token_makes_no_token(world: World) -> None:
    token = await world.gate.issue_token(world.me.caller.key_id or "", world.me.api_key)
    with pytest.raises(InvalidCredentials):
        await world.gate.issue_token(world.me.caller.key_id or "", token.access_token)


async def test_a_token_ends_no_later_than_its_key(world: World) -> None:
    made = await asked(world, CreateKey(name="short", expires_at="2026-09-21T14:13:30.000Z"))
    token = await world.gate.issue_token(made["key"]["id"], made["api_key"])
    assert token.expires_in_s == 10
    world.clock.now += 10_000
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate(token.access_token)


async def test_a_token_is_never_wider_than_its_key_is_now(world: World) -> None:
    made = await asked(world, CreateKey(name="admin", admin=True))
    token = await world.gate.issue_token(made["key"]["id"], made["api_key"])
    assert (await world.gate.authenticate(token.access_token)).is_admin

    async def take_admin(tx: Transaction) -> None:
        await tx.run("UPDATE api_key SET is_admin = 0 WHERE id = $1", made["key"]["id"])

    await world.store.db.write(take_admin)
    assert not (await world.gate.authenticate(token.access_token)).is_admin
    await asked(world, RevokeKey(key_id=made["key"]["id"]))
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate(token.access_token)


async def test_guessing_is_slowed_down_and_shuts_nobody_out(world: World) -> None:
    """S3: a million guesses cost no statement each, and hit nothing; whoever was let in before still is."""
    await world.gate.authenticate(world.me.api_key)
    for guess in range(ALLOWANCE):
        with pytest.raises(InvalidCredentials):
            await world.gate.authenticate(f"tl_{world.other.caller.key_id}_{guess}")
    with world.database.recorded() as statements:
        for guess in range(100_000):
            with pytest.raises(TooManyAttempts) as refused:
                await world.gate.authenticate(f"tl_{world.other.caller.key_id}_{guess}")
    assert statements == []
    assert refused.value.retry_after_ms == REFILL_MS
    assert await world.gate.authenticate(world.me.api_key) == world.me.caller
    with pytest.raises(TooManyAttempts):
        await world.gate.authenticate(world.other.api_key)  # right, but not known to be: it waits with the guesses
    world.clock.now += REFILL_MS
    assert await world.gate.authenticate(world.other.api_key) == world.other.caller


async def test_a_key_tells_when_it_was_last_used_to_the_minute(world: World) -> None:
    await world.gate.authenticate(world.me.api_key)
    at_ms = world.clock.now
    world.clock.now += 59_000
    await world.gate.authenticate(world.me.api_key)
    await world.gate.close()
    key = await keys.by_id(world.store.db, world.me.caller.key_id or "")
    assert key is not None
    assert key.used_at == at_ms


async def test_authenticating_reads_one_row_and_writes_none(world: World) -> None:
    await world.gate.authenticate(world.me.api_key)
    with world.database.recorded() as statements:
        await world.gate.authenticate(world.me.api_key)
    assert len(statements) == 1
    assert statements[0].startswith("SELECT")
