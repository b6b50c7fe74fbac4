"""S3: a PCID opens nothing. Without a key it is 401, with somebody else's it names nothing, and guessing gets nowhere."""

import secrets
import time
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator

import anyio
import pytest
from tests.gateway.cells import own_arguments
from tests.gateway.house import things_of
from tests.gateway.tenants import Tenant, new_tenant

from trunkline.gateway.throttle import ALLOWANCE, REFILL_MS
from trunkline.operations.catalog import MESSAGING
from trunkline.operations.schema import tool_name

from .served import Served, served
from .wire import JSON, Answer, Line, tools_of

pytestmark = pytest.mark.slow

GUESSES = 3_000
LINES = 8


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One for all tests."""
    async with served(tmp_path_factory.mktemp("keys") / "data") as running:
        yield running


@pytest.fixture(scope="module")
async def ada(server: Served) -> Tenant:
    """Somebody with seven accounts."""
    tenant = await new_tenant(server.store, "ada", [server.network.road])
    await server.log_in_everywhere(1, tenant.person)
    return tenant


@pytest.mark.parametrize("path", ["/mcp", "/unipile-messaging"])
async def test_a_pcid_without_a_key_is_401(server: Served, ada: Tenant, path: str) -> None:
    """For each of the 21, with everything else right; the answer says how to do better, and no more."""
    things = await things_of(server.parts.gate, ada, "WHATSAPP")
    bodies = set()
    async with tools_of(server.port, None, path) as tools:
        for operation in MESSAGING:
            for pcid in (ada.pcid, "pc_unknown"):
                answer = await tools.call(tool_name(operation), {"PCID": pcid, **own_arguments(operation, things)})
                assert (answer.status, dict(answer.headers)["www-authenticate"]) == (401, "Bearer")
                bodies.add(answer.body)
    assert len(bodies) == 1


async def test_a_pcid_as_a_key_is_a_wrong_key(server: Served, ada: Tenant) -> None:
    """In every place where a credential can stand."""
    seen = set()
    for text in (ada.pcid, ada.pcid[:-1] + "x", "pc_unknown"):
        async with Line(server.port) as line:
            for headers in (
                (("Authorization", f"Bearer {text}"),),
                (("X-API-KEY", text),),
                (("Authorization", f"Basic {b64encode(f'{text}:{text}'.encode()).decode()}"),),
                (("Trunkline-PCID", text),),
            ):
                answer = await line.ask("GET", "/api/v1/chats", headers=headers)
                assert answer.status == 401
                seen.add((headers[0][0], headers[0][1].partition(" ")[0] if " " in headers[0][1] else "", answer.body))
    assert len(seen) == 4  # one answer for each place, whatever was written there


async def test_somebody_elses_key_makes_of_a_pcid_one_that_is_not_there(server: Served, ada: Tenant) -> None:
    grace = await new_tenant(server.store, "grace", [server.network.road])
    answers = set()
    async with tools_of(server.port, grace.api_key) as tools:
        for pcid in (ada.pcid, "pc_" + secrets.token_urlsafe(16)):
            answer = await tools.call("list_all_chats", {"PCID": pcid})
            answers.add(answer._replace(body=answer.body.replace(pcid.encode(), b"PCID")))
    (answer,) = answers
    assert b"There is no connection" in answer.body


async def test_guesses_are_slowed_down_hit_nothing_and_shut_nobody_out(server: Served, ada: Tenant) -> None:
    """Guesses of every form, over several connections and all routes at once, while somebody with a key works on."""
    key_id = ada.api_key.split("_")[1]
    told: Counter[int] = Counter()
    headers: set[tuple[tuple[str, str], ...]] = set()
    over = anyio.Event()

    async def guess(first: int) -> None:
        async with Line(server.port) as line:
            for number in range(first, first + GUESSES // LINES):
                answer = await _guess(line, number, key_id)
                told[answer.status] += 1
                if answer.status == 429:
                    headers.add(tuple(pair for pair in answer.headers if pair[0] == "retry-after"))

    async def work() -> None:
        async with tools_of(server.port, ada.api_key) as tools:
            while not over.is_set():
                await tools.ask("list_all_chats", PCID=ada.pcid, limit=1)

    async with tools_of(server.port, ada.api_key) as tools:
        await tools.ask("list_all_chats", PCID=ada.pcid, limit=1)
    began = time.monotonic()
    async with anyio.create_task_group() as workers:
        workers.start_soon(work)
        async with anyio.create_task_group() as guessers:
            for number in range(LINES):
                guessers.start_soon(guess, 2 * number)  # so that each form is among the first, which are looked at
        over.set()
    looked_at = told[401]
    assert set(told) == {401, 429}
    assert 0 < looked_at <= ALLOWANCE + (time.monotonic() - began) * 1000 / REFILL_MS + 1
    assert headers == {(("retry-after", "1"),)}
    print(f"S3: {sum(told.values())} guesses, {looked_at} looked at, 0 hits")


async def _guess(line: Line, number: int, key_id: str) -> Answer:
    random = secrets.token_urlsafe(32)
    text = (f"tl_{key_id}_{random}", f"tl_{secrets.token_hex(8)}_{random}", f"tlt_{random}", f"pc_{random[:22]}", random)[
        number % 5
    ]
    match number % 3:
        case 0:
            return await line.ask("GET", "/api/v1/chats", headers=[("X-API-KEY", text)])
        case 1:
            return await line.ask("POST", "/mcp", b"{}", [*JSON, ("Authorization", f"Bearer {text}")])
        case _:
            form = f"grant_type=client_credentials&client_id={key_id}&client_secret={text}"
            return await line.ask(
                "POST", "/oauth/token", form.encode(), [("Content-Type", "application/x-www-form-urlencoded")]
            )
