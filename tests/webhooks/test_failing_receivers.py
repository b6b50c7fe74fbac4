"""R10: receivers that fail three times in ten, in every way, over twenty restarts: all arrives, under one id each.

Source: security.md 8.1. The clock is the test's, the judge the reference library.
The deliveries that are counted are those that must arrive.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import webhooks as reference

from trunkline.hub.outgoing.failures import Unreachable
from trunkline.hub.outgoing.way_out import Answered
from trunkline.operations.webhooks import ListWebhooks, ReplayWebhook, SwitchWebhook

from .scene import Delivery, Scene, down, well

FLAKY = tuple(f"https://flaky{number}.example/in" for number in range(4))
HEALTHY, DEAD = "https://healthy.example/in", "https://dead.example/in"
RESTARTS = 20
CHATS = 25


class Flaky:
    """Fails three times in ten: timeouts, resets, 5xx, redirects, refusals; once in a thousand it says that it is gone."""

    def __init__(self, chance: random.Random):
        self._chance = chance

    def __call__(self, delivery: Delivery) -> Answered:
        """An answer, or none."""
        drawn = self._chance.random()
        if drawn < 0.001:
            return Answered(410, None)
        if drawn > 0.3:
            return Answered(self._chance.choice((200, 202, 204)), None)
        how = self._chance.choice(("timeout", "reset", 500, 502, 503, 301, 307, 422))
        if isinstance(how, str):
            raise Unreachable(how)
        return Answered(how, None)


@pytest.fixture
def same_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge looks at the test's clock."""

    class Now(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(scene.clock() / 1000, tz or UTC)

    monkeypatch.setattr(reference, "datetime", Now)


async def go_on(scene: Scene) -> None:
    """Switch on again who said that they are gone, and let the longest delay of an endpoint pass."""
    for webhook in await scene.ask(ListWebhooks()):
        if not webhook["enabled"]:
            await scene.ask(SwitchWebhook(webhook_id=webhook["id"], enabled=True))
    await scene.pass_time(331_000)


def arrived(scene: Scene, url: str) -> int:
    """How many different events an address has taken."""
    return len(set(scene.receivers.texts(url)))


@pytest.mark.slow
@pytest.mark.parametrize("deliveries", [20_000, pytest.param(100_000, marks=pytest.mark.heavy)])
@pytest.mark.usefixtures("same_time")
async def test_all_arrives_under_one_id_and_what_died_replays(scene: Scene, deliveries: int) -> None:
    events = deliveries // (len(FLAKY) + 1)
    chance, tries = random.Random(10), Counter[str]()

    def judge(delivery: Delivery) -> None:
        scene.verify(delivery)
        tries[delivery.url] += 1

    scene.receivers.look = judge
    scene.receivers.how = {url: Flaky(random.Random(url)) for url in FLAKY} | {HEALTHY: well, DEAD: down}
    ids = {url: await scene.webhook(url) for url in (*FLAKY, HEALTHY, DEAD)}
    wanted = [str(number) for number in range(events)]
    for part in range(RESTARTS):
        texts = wanted[part::RESTARTS]
        for chat in range(CHATS):
            await scene.say(*texts[chat::CHATS], chat=f"chat {chat}")
        so_far = sum(len(wanted[each::RESTARTS]) for each in range(part + 1))
        await scene.until(lambda so_far=so_far: len(scene.receivers.texts(HEALTHY)) >= so_far, seconds=60)  # type: ignore[misc]
        for _ in range(chance.randrange(3)):
            await scene.settled()
            await go_on(scene)
        await scene.restart()
    for _ in range(300):
        await scene.settled()
        states = {state["request_url"]: state for state in await scene.ask(ListWebhooks())}
        done = all(arrived(scene, url) + states[url]["dead_letters"] >= events and not states[url]["retrying"] for url in FLAKY)
        if done and states[DEAD]["dead_letters"]:
            break
        await go_on(scene)
        await scene.pass_time(3_600_000)
    assert states[HEALTHY]["dead_letters"] == 0
    assert states[DEAD]["dead_letters"] > 0, "what waits for 75 hours is given up"
    scene.receivers.how.clear()
    for _ in range(100):
        await go_on(scene)
        for url in (*FLAKY, DEAD):
            await scene.ask(ReplayWebhook(webhook_id=ids[url]))
        await scene.settled()
        if all(arrived(scene, url) == events for url in ids):
            break
    assert all(set(scene.receivers.texts(url)) == set(wanted) for url in ids)
    by_text = {(delivery.url, delivery.text): delivery.id for delivery in scene.receivers.taken}
    assert {(delivery.url, delivery.text, delivery.id) for delivery in scene.receivers.taken} == {
        (*key, delivery_id) for key, delivery_id in by_text.items()
    }, "one id for each event at each endpoint, at all its tries"
    assert len(set(by_text.values())) == len(by_text) == events * 6
    assert all(tries[url] > events * 1.05 for url in FLAKY), "they did fail, however long a chat waited behind its first event"
