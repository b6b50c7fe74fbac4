"""S18: what must stay secret stands in clear nowhere: not in the database, its log, a backup, our logs, an error or a trace."""

import logging
import traceback
from pathlib import Path

import pytest

from trunkline.gateway import credentials
from trunkline.gateway.first_run import ready_keys
from trunkline.model.errors import InvalidCredentials, NotFound, TrunklineError
from trunkline.operations.administration import CreateKey, ListAllConnections, ListAudit, ListKeys, StopKey
from trunkline.operations.chats import ListAllChats, SendMessageInChat
from trunkline.store.engine import Transaction
from trunkline.store.seal import Seal
from trunkline.store.store import open_store

from .conftest import World
from .wire import asked

CANARIES = 50
TABLES = ("api_key", "token", "connection", "principal", "call", "audit", "outbox")


def forms_of(secret: str) -> list[bytes]:
    """A secret as it would stand in a file: as text, and as wide characters."""
    return [secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")]


def secret_part(credential: str) -> str:
    """What is secret in tl_<id>_<secret> or tlt_<secret>; the secret may hold underscores of its own."""
    return credential.split("_", 2 if credential.startswith("tl_") else 1)[-1]


async def make_canaries(world: World) -> list[str]:
    """Secrets of every kind, all of them used: API keys, tokens, the keys of the ready file."""
    made = [world.me.api_key, world.other.api_key]
    while len(made) < CANARIES - 20:
        answer = await asked(world, CreateKey(name=f"key {len(made)}", admin=len(made) % 2 == 0))
        made.append(answer["api_key"])
    for key in made[:10]:
        token = await world.gate.issue_token(key.split("_")[1], key)
        made.append(token.access_token)
    for _ in range(5):
        ready = await ready_keys(world.store)
        made += [ready.api_key, ready.admin_key]
    for secret in made:
        caller = await world.gate.authenticate(secret)
        await world.gate.answer(caller, ListAllChats(), pcid=world.me.pcid if caller.principal == 1 else None, surface="mcp")
    return made


async def test_fifty_canaries_are_in_clear_nowhere(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    canaries = await make_canaries(world)
    assert len(canaries) == CANARIES
    said = [await provoked(world, secret) for secret in canaries]
    said += [str(await asked(world, each)) for each in (ListKeys(), ListAllConnections(), ListAudit())]
    printed = capfd.readouterr()
    rows = [await world.store.db.fetch(f"SELECT * FROM {table}") for table in TABLES]
    everywhere = [caplog.text, printed.out, printed.err, *said, *(str([tuple(row) for row in each]) for each in rows)]
    found = [secret for secret in canaries for text in everywhere if secret in text or secret_part(secret) in text]
    assert found == []
    assert secrets_in_files(world.folder, canaries) == []


async def provoked(world: World, secret: str) -> str:
    """Everything that refusals make of a secret: words, representation, the trace with its lines."""
    said = ""
    for attempt in (
        world.gate.authenticate(secret[:-1]),
        world.gate.authenticate(f"{secret}x"),
        world.gate.issue_token(secret, secret),
        world.gate.answer(world.me.caller, ListAllChats(), pcid=None, surface="mcp", idempotency_key=secret * 9),
        world.gate.answer(world.me.caller, SendMessageInChat(chat_id="c", text="t"), pcid="unknown", surface="mcp"),
    ):
        try:
            await attempt
        except TrunklineError as error:
            said += f"{error!r} {error.text} {''.join(traceback.format_exception(error))}"
    return said


def secrets_in_files(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    """Every file below the folder that holds one of the secrets, or its secret part."""
    forms = {secret: forms_of(secret) + forms_of(secret_part(secret)) for secret in secrets}
    return [
        (path.name, secret)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in [path.read_bytes()]
        for secret, wanted in forms.items()
        if any(form in content for form in wanted)
    ]


async def test_a_canary_in_a_file_would_be_seen(world: World) -> None:
    """Else the test above would pass whatever happens."""
    (world.folder / "left behind").write_bytes(b"..." + world.me.api_key[-43:].encode() + b"...")
    assert secrets_in_files(world.folder, [world.me.api_key]) == [("left behind", world.me.api_key)]


async def test_a_hash_opens_only_its_own_key(world: World) -> None:
    """Whoever can write to the database gains nothing by moving a known hash to another row."""
    made = await asked(world, CreateKey(name="mine"))
    victim = await asked(world, CreateKey(name="victim", admin=True))

    async def swap(tx: Transaction) -> None:
        row = await tx.row("SELECT hash FROM api_key WHERE id = $1", made["key"]["id"])
        assert row is not None
        await tx.run("UPDATE api_key SET hash = $1 WHERE id = $2", row[0], victim["key"]["id"])

    await world.store.db.write(swap)
    secret = made["api_key"].split("_", 2)[2]
    with pytest.raises(InvalidCredentials):
        await world.gate.authenticate(f"tl_{victim['key']['id']}_{secret}")


def test_a_hash_needs_the_secret_of_the_data_folder() -> None:
    key = credentials.KeyText("k", "s")
    first, second = Seal(b"1" * 32), Seal(b"2" * 32)
    assert credentials.key_hash(first, key) == credentials.key_hash(Seal(b"1" * 32), key)
    assert credentials.key_hash(first, key) != credentials.key_hash(second, key)
    assert credentials.token_hash(first, "t") != first.keyed_hash(b"t", "api key")


async def test_a_restart_keeps_keys_and_connections(world: World, database_url: str | None) -> None:
    """Hashes are made with the folder's secret, not with one of the process."""
    await asked(world, StopKey(key_id=world.other.caller.key_id or ""))
    again = await open_store(world.folder, url=database_url, clock=world.clock)
    try:
        gate = type(world.gate)(again, {"hub": world.backend})
        assert await gate.authenticate(world.me.api_key) == world.me.caller
        with pytest.raises(InvalidCredentials, match="was stopped"):
            await gate.authenticate(world.other.api_key)
        with pytest.raises(NotFound):
            await gate.answer(world.me.caller, ListAllChats(), pcid=world.other.pcid, surface="mcp")
    finally:
        await again.close()
