"""What follows in a chat waits for what failed there, at first tries, at second ones and at replays."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from trunkline.hub.outgoing.failures import Unreachable
from trunkline.hub.outgoing.way_out import Answered
from trunkline.hub.webhooks import schedule
from trunkline.operations.webhooks import ReplayWebhook

from .scene import Delivery, Scene, down, says
from .test_delivering import A, state_of


class Fails:
    """Fails at some texts so many times, then takes all."""

    def __init__(self, status: int | None, **times: int):
        self._status, self._left = status, Counter(times)

    def __call__(self, delivery: Delivery) -> Answered:
        """200, or the failure; without a status there is no answer."""
        if not self._left[delivery.text]:
            return Answered(200, None)
        self._left[delivery.text] -= 1
        if self._status is None:
            raise Unreachable("No answer came within 30 seconds.")
        return Answered(self._status, None)


def posted(scene: Scene) -> list[str]:
    """All tries, in order."""
    return [delivery.text for delivery in scene.receivers.posted]


async def test_a_chat_waits_for_the_event_that_failed_and_its_endpoint_is_left_alone(scene: Scene) -> None:
    for status in (500, None):
        scene.receivers.how[A] = Fails(status, one=3)
        scene.receivers.posted.clear()
        webhook = None if status is None else await scene.webhook(A)
        await scene.say("one", "two", "three")
        for number, delay in enumerate((5_000, 15_000, 60_000), 1):
            await scene.until(lambda number=number: len(scene.receivers.posted) == number)  # type: ignore[misc]
            await scene.settled()
            assert posted(scene) == ["one"] * number, (webhook, status)
            await scene.pass_time(delay)
        await scene.until(lambda: len(scene.receivers.posted) == 6)
        await scene.settled()
        assert posted(scene) == ["one"] * 4 + ["two", "three"]


def told(scene: Scene) -> list[str]:
    """What was taken, each once: a restart posts again, under the same id, what was ahead of an event that waits."""
    return list(dict.fromkeys(scene.receivers.texts(A)))


async def test_a_chat_waits_for_the_second_try_while_others_go_on_and_over_a_restart(scene: Scene) -> None:
    scene.receivers.how[A] = Fails(503, one=2)
    await scene.webhook(A)
    await scene.say("one", "two", "three")
    await scene.say("other", chat="other")
    await scene.settled()
    await scene.pass_time(5_000)
    await scene.settled()
    await scene.say("another", chat="another")
    await scene.say("four")
    await scene.settled()
    await scene.restart()
    await scene.settled()
    assert told(scene) == ["other", "another"]
    assert (await state_of(scene))["retrying"] == 1
    await scene.pass_time(5_000)
    await scene.until(lambda: len(told(scene)) == 6)
    await scene.settled()
    assert told(scene) == ["other", "another", "one", "two", "three", "four"]
    assert ((await state_of(scene))["state"], (await state_of(scene))["retrying"]) == ("working", 0)


async def test_while_an_endpoint_is_down_no_event_uses_up_its_tries_and_all_comes_in_order(scene: Scene) -> None:
    scene.receivers.how[A] = Fails(503, one=2)
    await scene.webhook(A)
    await scene.say("one", "two")
    await scene.say("other", chat="other")
    await scene.settled()
    await scene.pass_time(5_000)
    await scene.settled()
    scene.receivers.how[A] = down
    for _ in range(10):
        await scene.pass_time(schedule.ENDPOINT_DELAYS[-1])
        await scene.settled()
    scene.receivers.how.clear()
    await scene.pass_time(schedule.ENDPOINT_DELAYS[-1])
    await scene.until(lambda: len(scene.receivers.taken) == 3)
    assert scene.receivers.texts(A) == ["other", "one", "two"]


async def test_what_is_replayed_comes_in_order_and_no_two_of_a_chat_at_once(scene: Scene) -> None:
    scene.receivers.how[A] = says(400)
    webhook = await scene.webhook(A)
    texts = [str(number) for number in range(12)]
    await scene.say(*texts)
    for delay in schedule.EVENT_DELAYS[: schedule.REFUSED_TRIES - 1]:
        await scene.settled()
        await scene.pass_time(delay)
    await scene.settled()
    assert (await state_of(scene))["dead_letters"] == 12
    under_way, most = 0, 0
    honest = scene.receivers.post

    async def watched(url: str, headers: Sequence[tuple[str, str]], body: bytes, *, timeout_ms: int) -> Answered:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        try:
            return await honest(url, headers, body, timeout_ms=timeout_ms)
        finally:
            under_way -= 1

    scene.receivers.post = watched  # type: ignore[method-assign]
    scene.receivers.how[A] = Fails(500, **{"3": 1})
    await scene.ask(ReplayWebhook(webhook_id=webhook))
    await scene.say("new")
    await scene.settled()
    assert scene.receivers.texts(A) == texts[:3], "the rest waits for the one that failed"
    await scene.pass_time(5_000)
    await scene.until(lambda: len(scene.receivers.taken) == 13)
    assert scene.receivers.texts(A) == [*texts, "new"]
    assert most == 1


async def test_a_dead_endpoint_is_asked_no_more_than_it_has_posts_under_way(scene: Scene) -> None:
    scene.receivers.how[A] = down
    await scene.webhook(A, enabled=True)
    for number in range(30):
        await scene.say(str(number), chat=f"chat {number}")
    await scene.settled()
    first = len(scene.receivers.posted)
    await scene.pass_time(schedule.ENDPOINT_DELAYS[-1])
    await scene.until(lambda: len(scene.receivers.posted) > first)
    await scene.settled()
    assert len(scene.receivers.posted) - first == 3, "it is left alone after three"
