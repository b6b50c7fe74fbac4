"""Listening: what comes live, what was missed before it, and the position that the hub keeps with both."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from trunkline.contract.events import Event, MessageArrived, Update
from trunkline.model.errors import AccountError, NetworkError, TrunklineError
from trunkline.networks.slack.convert import Json
from trunkline.networks.slack.stamps import ms_of
from trunkline.networks.slack.user_token.account import Account
from trunkline.networks.slack.user_token.feed import Delivery, Subscription
from trunkline.networks.slack.user_token.filling import Filling
from trunkline.networks.slack.user_token.incoming import Incoming
from trunkline.networks.slack.user_token.position import Position, beginning
from trunkline.networks.slack.user_token.workspace import is_inside

SLACK_MS = 5_000
"""How far our clock may run before Slack's."""
AHEAD_MS = 24 * 3_600_000
"""How far Slack's may run before ours. A message from later is nothing to go on from: all that follows would be missed."""


@dataclass(frozen=True)
class Heard:
    """What the listening has to hand up next; `taken` is called once it is stored."""

    events: list[Event]
    taken: Callable[[], None]
    is_last_missed: bool = False


class Live:
    """One listening. subscription: None where nothing comes by itself, so that Slack is asked again and again."""

    def __init__(self, account: Account, subscription: Subscription | None, began_ms: int) -> None:
        self._account = account
        self._subscription = subscription
        self._began_ms = began_ms - SLACK_MS
        self._incoming = Incoming(account)
        self._foreign: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def updates(self, kept: str | None) -> AsyncIterator[Update]:
        """Updates until an error ends them."""
        position = beginning(self._began_ms) if kept is None else Position.read(kept)
        queue: asyncio.Queue[Heard | Exception] = asyncio.Queue(maxsize=1)
        is_filled = kept is None and self._subscription is not None
        self._begin(queue, self._arriving())
        if not is_filled:
            self._begin(queue, self._missing(position, is_outage=kept is not None))
        try:
            yield Update(events=(), position=position.text())
            while True:
                heard = await queue.get()
                if isinstance(heard, Exception):
                    raise heard
                for event in heard.events:
                    if isinstance(event, MessageArrived) and ms_of(event.provider_id) < self._account.clock() + AHEAD_MS:
                        position.hear(event.chat, event.provider_id)
                if heard.is_last_missed:
                    is_filled = True
                yield Update(events=tuple(heard.events), position=position.text() if is_filled else None)
                heard.taken()
        finally:
            await self.close()

    async def close(self) -> None:
        """End what works for the listening. Safe to call twice."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, queue: "asyncio.Queue[Heard | Exception]", source: AsyncIterator[Heard]) -> None:
        self._tasks.append(asyncio.create_task(self._put(queue, source), name="slack listening"))

    async def _put(self, queue: "asyncio.Queue[Heard | Exception]", source: AsyncIterator[Heard]) -> None:
        """Feed the queue; an error goes in too, for the listening to raise."""
        try:
            async for heard in source:
                await queue.put(heard)
        except Exception as error:
            await queue.put(error)

    async def _arriving(self) -> AsyncIterator[Heard]:
        while self._subscription is not None:
            delivery = await self._subscription.next()
            if delivery.is_shared and not await self._concerns_us(delivery):
                delivery.taken()
                continue
            yield Heard(await self._incoming.events_of(delivery.payload), delivery.taken)

    async def _missing(self, position: Position, *, is_outage: bool) -> AsyncIterator[Heard]:
        """What was missed; where nothing comes by itself, again and again."""
        filling = Filling(self._account)
        while True:
            async for events in filling.missed(position, is_outage=is_outage):
                yield Heard(events, _nothing)
            yield Heard([], _nothing, is_last_missed=True)
            is_outage = False
            if self._subscription is not None:
                return
            await asyncio.sleep(self._account.options.poll_seconds)

    async def _concerns_us(self, delivery: Delivery) -> bool:
        """Whether an event of an app that several accounts use is said to this one: whether it is in that conversation."""
        chat = _chat_of(delivery.payload)
        if chat is None or any(each.get("user_id") == self._account.own for each in _authorized(delivery.payload)):
            return True
        if chat in self._foreign:
            return False
        try:
            channel = await self._account.workspace.conversation(chat)
        except (AccountError, NetworkError):
            raise
        except TrunklineError:
            self._foreign.add(chat)
            return False
        return is_inside(channel)


def _nothing() -> None:
    """What was read from history needs no acknowledgement."""


def _chat_of(payload: Json) -> str | None:
    event = payload.get("event")
    if not isinstance(event, dict):
        return None
    item = event.get("item")
    channel = event.get("channel") or (item.get("channel") if isinstance(item, dict) else None)
    return channel if isinstance(channel, str) else None


def _authorized(payload: Json) -> list[Json]:
    found = payload.get("authorizations")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
