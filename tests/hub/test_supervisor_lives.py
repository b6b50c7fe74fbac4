"""Accounts are kept alive: trouble passes by itself where it can, waits for a person where it must, stays with its account."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from msgspec import json

from trunkline.contract.events import Update
from trunkline.contract.login import Step
from trunkline.gateway.gate import Gate
from trunkline.hub.backoff import delay_ms
from trunkline.hub.hub import Hub
from trunkline.model.errors import Disconnected, NetworkFailed, NoSession, OutcomeUnknown, StoreUnavailable
from trunkline.networks.sandbox.client import Client
from trunkline.networks.sandbox.session import SandboxSession
from trunkline.operations.chats import SendMessageInChat
from trunkline.operations.own import ListAccounts
from trunkline.store import accounts
from trunkline.store.engine import Transaction

from . import sending_world
from .full_disk import FullDisk
from .scripted import script_sends
from .sending_world import EVERY, QUICK, SendingWorld, opened, until

OTHERS = {"WHATSAPP": "Omar Haddad", "TELEGRAM": "Hana Sato", "SLACK": "Kofi Mensah", "MESSENGER": "Helen Park"}


def count_connects(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The account types of all connects from now on."""
    seen: list[str] = []
    original = Client.connect

    async def connect(self: Client) -> Any:
        seen.append(self._opened.account_type)
        return await original(self)

    monkeypatch.setattr(Client, "connect", connect)
    return seen


async def until_down(stack: SendingWorld, account_type: str, state: str) -> None:
    """Until the account is in a state and has no session."""
    number = (await stack.account(account_type)).no

    async def is_down() -> bool:
        return number not in stack.hub.parts.lives.by_account and (await stack.account(account_type)).state == state

    await until(is_down)


@pytest.mark.parametrize("failures", range(1, 40))
def test_the_delay_grows_doubles_to_its_cap_and_is_spread_over_all_of_it(failures: int) -> None:
    """security.md 6.5: uniform(0, min(cap, base * 2**n))."""
    options = replace(QUICK, backoff_base_ms=1_000, backoff_cap_ms=300_000, jitter=lambda: 1.0)
    assert delay_ms(options, failures) == min(300_000, 1_000 * 2 ** (failures - 1))
    assert delay_ms(replace(options, jitter=lambda: 0.5), failures) == delay_ms(options, failures) // 2
    assert delay_ms(replace(options, jitter=lambda: 0.0), failures) == 0


async def test_a_link_that_breaks_again_and_again_is_tried_more_and_more_slowly(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when each connecting went well: only a life that held forgets the failures before it."""
    delays: list[int] = []

    def noted(options: Any, failures: int) -> int:
        delays.append(failures)
        return 0

    monkeypatch.setattr("trunkline.hub.supervisor.delay_ms", noted)
    async with opened(data_folder) as stack:
        await stack.fault("dropped_link", "WHATSAPP", count=5)
        await stack.fault("no_link", "WHATSAPP", count=3)

        async def is_tried() -> bool:
            return len(delays) == 8

        await until(is_tried)
        await stack.until_connected("WHATSAPP")
        assert delays == [1, 2, 3, 4, 5, 6, 7, 8]
    async with opened(data_folder, hub_options=replace(QUICK, steady_ms=0)) as stack:
        del delays[:]
        await stack.fault("dropped_link", "WHATSAPP", count=3)

        async def is_tried_again() -> bool:
            return len(delays) == 3

        await until(is_tried_again)
        assert delays == [1, 1, 1]


@pytest.mark.parametrize("account_type", list(OTHERS))
async def test_what_happened_while_the_link_was_down_arrives_once(stack: SendingWorld, account_type: str) -> None:
    """Also what our own user did on a phone meanwhile."""
    chat, who = stack.provider_chats[account_type], None
    for there in await stack.control("chats", account=account_type):
        if there["provider_id"] == chat:
            who = there["with"][0]
    before = await stack.stored(account_type)
    await stack.fault("no_link", account_type, count=5)
    await stack.fault("dropped_link", account_type)
    await until_down(stack, account_type, "offline")
    for number in range(5):
        await stack.control("write", account=account_type, chat=chat, text=f"away {number}", **{"as": who})
        await stack.control("own_device_send", account=account_type, chat=chat, text=f"phone {number}")
    await stack.until_connected(account_type)
    wanted = [text for number in reversed(range(5)) for text in (f"phone {number}", f"away {number}")]

    async def is_there() -> bool:
        return (await stack.stored(account_type))[:10] == wanted

    await until(is_there)
    assert (await stack.stored(account_type))[10:] == before[: len(await stack.stored(account_type)) - 10]


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_logged_out_account_waits_for_a_person_and_is_not_tried_in_a_loop(
    stack: SendingWorld, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connects = count_connects(monkeypatch)
    await stack.fault("logged_out", account_type)
    await until_down(stack, account_type, "logged_out")
    listed = (await stack.ask(ListAccounts()))["items"]
    shown = next(account for account in listed if account["type"] == account_type)
    assert shown["sources"][0]["status"] == "CREDENTIALS"
    assert "log in again" in shown["status_text"]
    for number in range(20):
        await stack.send("WHATSAPP" if account_type != "WHATSAPP" else "SLACK", f"{number}")
    assert connects == []
    login, _ = await stack.hub.logins.start("sandbox", "instant", {"account_type": account_type}, owner=1)
    assert not isinstance(await stack.hub.logins.submit(login, 1, {}), Step)
    await stack.until_connected(account_type)
    await stack.send(account_type, "back again")
    assert await stack.texts(account_type) == ["back again"]
    assert connects == [account_type]


async def test_an_account_that_fails_does_not_touch_the_others(stack: SendingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of one network's session: shown as failed, tried again, and the rest sends and listens on."""
    is_broken = True
    original = SandboxSession.listen

    def listen(self: SandboxSession, position: str | None) -> AsyncIterator[Update]:
        if is_broken and self.capabilities.account_type == "SLACK":
            raise RuntimeError("a bug")
        return original(self, position)

    monkeypatch.setattr(SandboxSession, "listen", listen)
    connects = count_connects(monkeypatch)
    await stack.fault("dropped_link", "SLACK")

    async def has_failed() -> bool:
        slack = await stack.account("SLACK")
        return slack.state == "failed" and "tried again by itself" in str(slack.state_text) and len(connects) > 3

    await until(has_failed)
    for account_type in EVERY:
        if account_type != "SLACK":
            await stack.send(account_type, "hello")
    assert set(connects) == {"SLACK"}
    is_broken = False
    await stack.send("SLACK", "mended")
    assert (await stack.account("SLACK")).state == "connected"


async def test_an_account_whose_road_is_not_installed_says_so(data_folder: Path) -> None:
    async with opened(data_folder, start=False) as stack:
        bare = Hub(stack.store, [], QUICK)
        gate = Gate(stack.store, {"hub": bare}, roads=["sandbox"])
        await gate.start()
        await bare.start()

        async def is_shown() -> bool:
            return (await stack.account("WHATSAPP")).state == "stopped"

        await until(is_shown)
        assert (await stack.account("WHATSAPP")).state_text == "The road 'sandbox' is not installed here."
        operation = SendMessageInChat(chat_id=stack.chats["WHATSAPP"], text="hello")
        with pytest.raises(NoSession, match=r"not installed here\. Nothing was done"):
            await gate.answer(stack.caller, operation, pcid=stack.pcid, surface="rest")
        await gate.close()
        await bare.close()


async def test_an_account_that_is_switched_off_refuses_and_sends_nothing(stack: SendingWorld) -> None:
    number = (await stack.account("TELEGRAM")).no

    async def off(tx: Transaction) -> None:
        await accounts.set_stopped(tx, number, True)

    await stack.store.db.write(off)
    await stack.hub.parts.supervisor.stop(number)
    stack.hub.parts.supervisor.start(number)
    with pytest.raises(Disconnected, match="switched off here"):
        await stack.send("TELEGRAM", "hello")
    assert await stack.record("TELEGRAM", outcome=None) == []


async def until_answered(stack: SendingWorld) -> None:
    """Until the gate answers again: it does not while the audit cannot be written (security.md 4.8)."""

    async def is_answered() -> bool:
        try:
            await stack.ask(ListAccounts())
        except StoreUnavailable:
            return False
        return True

    await until(is_answered)


async def test_a_full_disk_is_said_and_passes(data_folder: Path) -> None:
    disk = FullDisk()
    async with opened(data_folder, wrap=disk) as stack:
        await stack.send("WHATSAPP", "before")
        disk.is_full = True
        for account_type in EVERY:
            with pytest.raises(StoreUnavailable, match=r"disk is full\. Nothing was done|audit cannot be written"):
                await stack.send(account_type, "full")
        await stack.fault("dropped_link", "SLACK")
        number = (await stack.account("SLACK")).no

        async def is_down() -> bool:
            return number not in stack.hub.parts.lives.by_account

        await until(is_down)
        disk.is_full = False
        await until_answered(stack)
        for account_type in EVERY:
            await stack.send(account_type, "after")
        assert sorted(await stack.texts(outcome=None)) == ["after"] * 7 + ["before"]


@pytest.mark.parametrize("account_type", EVERY)
async def test_a_disk_that_fills_up_while_the_network_answers_loses_and_doubles_nothing(
    data_folder: Path, account_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is out and nobody can write that down: the caller is not told that nothing was done."""
    disk = FullDisk()
    async with opened(data_folder, wrap=disk) as stack:

        async def fill() -> None:
            disk.is_full = True

        script_sends(monkeypatch, fill)
        with pytest.raises(OutcomeUnknown, match="may have been sent as") as unknown:
            await stack.send(account_type, "hello", wait_ms=300)
        assert await stack.texts(account_type) == ["hello"]
        disk.is_full = False
        await until_answered(stack)
        await stack.until_settled(account_type)

        async def is_there() -> bool:
            return "send_state" not in await stack.message(str(unknown.value.message_id))

        await until(is_there)
        assert await stack.texts(account_type) == ["hello"]


@pytest.mark.parametrize("trouble", ["none", "slow sends", "no link", "lost requests", "full disk"])
async def test_closing_leaves_no_task_and_no_word_behind(data_folder: Path, trouble: str) -> None:
    """Whatever is under way: sends, connects, settling, a full disk."""
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
    before = asyncio.all_tasks()
    disk = FullDisk()
    with anyio.fail_after(sending_world.PATIENCE_S * 4):
        async with opened(data_folder, wrap=disk) as stack, anyio.create_task_group() as group:
            for account_type in EVERY:
                await _trouble(stack, account_type, trouble)
                group.start_soon(_ignoring, stack, account_type)

            async def is_begun() -> bool:
                return len(await stack.store.db.fetch("SELECT 1 FROM call")) == len(EVERY)

            await until(is_begun)
            disk.is_full = trouble == "full disk"
            group.cancel_scope.cancel()
    gc.collect()
    await anyio.lowlevel.checkpoint()
    assert asyncio.all_tasks() == before
    assert told == []


async def test_a_session_that_answers_the_wish_to_end_with_an_error_ends_all_the_same(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task group whose parent is cancelled while a child fails raises the failure alone: the wish must not be lost."""

    async def listen(self: SandboxSession, position: str | None) -> AsyncIterator[Update]:
        try:
            await anyio.sleep_forever()
        except asyncio.CancelledError:
            raise NetworkFailed from None
        yield Update(events=())

    monkeypatch.setattr(SandboxSession, "listen", listen)
    with anyio.fail_after(sending_world.PATIENCE_S):
        async with opened(data_folder):
            pass


async def _trouble(stack: SendingWorld, account_type: str, trouble: str) -> None:
    if trouble == "slow sends":
        await stack.fault("slow", account_type, ms=3_600_000)
    elif trouble == "no link":
        await stack.fault("no_link", account_type, count=1_000)
        await stack.fault("dropped_link", account_type)
    elif trouble == "lost requests":
        await stack.fault("lost_request", account_type, count=100)


async def _ignoring(stack: SendingWorld, account_type: str) -> None:
    with suppress(OutcomeUnknown, StoreUnavailable):
        await stack.send(account_type, "hello")


async def test_two_gates_with_the_session_in_neither_send_once(stack: SendingWorld) -> None:
    """Who asks and who sends share only the store: wakes do not reach across, so the rows are looked at."""
    hubs = [Hub(stack.store, [stack.connector], QUICK) for _ in range(2)]
    gates = [Gate(stack.store, {"hub": hub}, roads=["sandbox"], simulated=["sandbox"]) for hub in hubs]
    for gate in gates:
        await gate.start()
    bodies: dict[str, set[Any]] = {}

    async def ask(gate: Gate, account_type: str, key: str) -> None:
        operation = SendMessageInChat(chat_id=stack.chats[account_type], text=key)
        reply = await gate.answer(stack.caller, operation, pcid=stack.pcid, surface="rest", idempotency_key=key)
        bodies.setdefault(key, set()).add(reply.body)

    with anyio.fail_after(sending_world.PATIENCE_S * 4):
        async with anyio.create_task_group() as group:
            for account_type in EVERY:
                for gate in gates:
                    for _ in range(3):
                        group.start_soon(ask, gate, account_type, f"to {account_type}")
    assert {key: len(answers) for key, answers in bodies.items()} == {f"to {account_type}": 1 for account_type in EVERY}
    assert sorted(await stack.texts(outcome=None)) == sorted(bodies)
    for key, answers in bodies.items():
        (body,) = answers
        assert (await stack.message(json.decode(body)["message_id"]))["text"] == key
    for gate in gates:
        await gate.close()
