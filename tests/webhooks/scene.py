"""An account whose network is the test, a hub without sessions, and receivers that do as they are told."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook as Judge

from trunkline.contract.events import ChatChanged, ChatInfo, Event, MessageArrived, PersonInfo
from trunkline.hub.hub import Hub
from trunkline.hub.ingest.apply import apply
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.options import HubOptions
from trunkline.hub.outgoing.failures import Unreachable
from trunkline.hub.outgoing.targets import Rules
from trunkline.hub.outgoing.way_out import Answered, Outgoing
from trunkline.hub.wakes import JOURNAL
from trunkline.model.networks import AccountType
from trunkline.operations.backend import Page, Scope
from trunkline.operations.declaration import Operation
from trunkline.operations.webhooks import CreateWebhook
from trunkline.store import accounts
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction
from trunkline.store.store import Store

OWNER = 1
ROAD = "test"
ADA, BOB, ME = (PersonInfo(provider_id=name, name=name.title()) for name in ("ada", "bob", "me"))

How = Callable[["Delivery"], Answered]
"""What a receiver answers; it may raise Unreachable."""


@dataclass(frozen=True)
class Delivery:
    """One post as it left."""

    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The header `webhook-id`."""
        return self.headers["webhook-id"]

    @property
    def payload(self) -> Any:
        """The JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> Any:
        """The message's text."""
        return self.payload["message"]


def well(_delivery: Delivery) -> Answered:
    """Takes everything."""
    return Answered(200, None)


def down(_delivery: Delivery) -> Answered:
    """Is not there."""
    raise Unreachable("The connection was refused.")


def says(status: int, retry_after_ms: int | None = None) -> How:
    """Answers everything with a status."""
    return lambda _delivery: Answered(status, retry_after_ms)


class Receivers(Outgoing):
    """Instead of the way out: every address does as its function says, and what was posted is kept."""

    def __init__(self, clock: Callable[[], int]):
        super().__init__(Rules(), clock)
        self.how: dict[str, How] = {}
        self.posted: list[Delivery] = []
        self.taken: list[Delivery] = []
        self.changed = asyncio.Event()
        self._texts: dict[str, list[str]] = {}
        self._read = 0
        self.look: Callable[[Delivery], None] = lambda _delivery: None
        """Is shown every post the moment it comes."""

    async def post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes, *, timeout_ms: int) -> Answered:
        """Ask the address's function."""
        delivery = Delivery(url, dict(headers), body)
        self.posted.append(delivery)
        self.look(delivery)
        await asyncio.sleep(0)
        try:
            answered = self.how.get(url, well)(delivery)
            if 200 <= answered.status < 300:
                self.taken.append(delivery)
            return answered
        finally:
            self.changed.set()

    def texts(self, url: str) -> list[str]:
        """What an address has taken, in order. Each delivery is read once, however often this is asked."""
        for delivery in self.taken[self._read :]:
            self._texts.setdefault(delivery.url, []).append(delivery.text)
        self._read = len(self.taken)
        return self._texts.get(url, [])


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: int = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now


@dataclass
class Scene:
    """All of it. `hub` is replaced by a restart."""

    store: Store
    clock: Any
    receivers: Receivers
    account: AccountRow
    hub: Hub
    secrets: dict[str, str] = field(default_factory=dict)
    """By address."""
    messages: int = 0

    async def restart(self) -> None:
        """The process ends and another one begins."""
        await self.stop()
        self.receivers = _again(self.receivers)
        self.hub = new_hub(self.store, self.receivers)
        await self.hub.start()

    async def stop(self) -> None:
        """End the hub."""
        await self.hub.close()

    async def ask(self, operation: Operation[Any], owner: int = OWNER) -> Any:
        """The answer as plain data; of a list the items alone."""
        plan = await self.hub.plan(operation, Scope(owner=owner, roads=frozenset({ROAD})), None)
        body = (await plan.run(None)).body
        assert isinstance(body, Page | bytes)
        return json.loads(body.items if isinstance(body, Page) else body)

    async def webhook(self, url: str = "https://a.example/in", source: str = "messaging", **more: Any) -> str:
        """A new webhook's id."""
        made = await self.ask(CreateWebhook(source=source, request_url=url, **more))  # type: ignore[arg-type]
        self.secrets[url] = made["secret"]
        return str(made["webhook_id"])

    async def take(self, *events: Event, account: AccountRow | None = None) -> None:
        """Something happens."""

        async def work(tx: Transaction) -> None:
            await apply(Batch(self.store, tx, account or self.account), events)

        await self.store.db.write(work)
        self.hub.parts.wakes.wake(JOURNAL)

    async def say(self, *texts: str, chat: str = "chat", account: AccountRow | None = None) -> None:
        """Ada writes."""
        events: list[Event] = [ChatChanged(info=ChatInfo(provider_id=chat, type=0, peer="ada", members=(ADA, ME)), live=False)]
        for text in texts:
            self.messages += 1
            number = self.messages
            events.append(
                MessageArrived(
                    chat=chat,
                    provider_id=f"m{number}",
                    at_ms=self.clock() + number,
                    order=number,
                    sender=ADA,
                    is_own=False,
                    text=text,
                )
            )
        await self.take(*events, account=account)

    async def pass_time(self, milliseconds: int) -> None:
        """Time goes by."""
        self.clock.now += milliseconds
        self.hub.parts.wakes.wake(JOURNAL)

    async def until(self, reached: Callable[[], bool], seconds: float = 5) -> None:
        """Wait until something that receivers see is so; so many seconds at most."""
        async with asyncio.timeout(seconds):
            while not reached():
                self.receivers.changed.clear()
                await self.receivers.changed.wait()

    async def settled(self) -> None:
        """Wait until every deliverer has nothing to do for the moment: a second step finds nothing."""
        quiet = 0
        async with asyncio.timeout(60):
            while quiet < (1 if self.store.db.dialect.name == "sqlite" else 5):
                before = len(self.receivers.posted)
                for _ in range(20):
                    await self.store.db.write(_nothing)
                    await asyncio.sleep(0)
                quiet = quiet + 1 if len(self.receivers.posted) == before else 0

    def verify(self, delivery: Delivery) -> None:
        """The reference library takes the delivery. Raises what it raises."""
        assert b64decode(self.secrets[delivery.url].removeprefix("whsec_"))
        Judge(self.secrets[delivery.url]).verify(delivery.body, delivery.headers)


def _again(receivers: Receivers) -> Receivers:
    fresh = Receivers(receivers._clock)
    fresh.how, fresh.posted, fresh.taken, fresh.look = receivers.how, receivers.posted, receivers.taken, receivers.look
    return fresh


async def _nothing(tx: Transaction) -> None:
    """A turn of the writer."""


def new_hub(store: Store, receivers: Receivers) -> Hub:
    """A hub without roads."""
    return Hub(store, (), HubOptions(jitter=lambda: 0.5, look_ms=50), receivers)


async def add_account(
    store: Store, identity: str = "me", account_type: AccountType = "WHATSAPP", owner: int = OWNER
) -> AccountRow:
    """An account on a road that no connector serves."""

    async def work(tx: Transaction) -> int:
        number, _ = await accounts.add(
            tx,
            account_id=store.new_id(),
            owner=owner,
            road=ROAD,
            account_type=account_type,
            identity=identity,
            name=identity.title(),
            params={"im": {"phone_number": "33611111111"}},
            at_ms=store.clock(),
        )
        return number

    row = await accounts.by_no(store.db, await store.db.write(work))
    assert row is not None
    return row


@asynccontextmanager
async def scene_of(store: Store, clock: Any) -> AsyncIterator[Scene]:
    """A running scene over a store."""
    receivers = Receivers(store.clock)
    scene = Scene(store, clock, receivers, await add_account(store), new_hub(store, receivers))
    await scene.hub.start()
    await scene.settled()
    yield scene
    await scene.stop()
