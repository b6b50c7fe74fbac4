"""Delivering: in order, again after trouble, once put aside, and none because of another."""

from typing import Any

from trunkline.hub.outgoing.failures import Unreachable
from trunkline.hub.outgoing.way_out import Answered
from trunkline.hub.webhooks import schedule
from trunkline.operations.webhooks import ListDeadLetters, ListWebhooks, ReplayWebhook, SwitchWebhook

from .scene import Delivery, Scene, down, says

A, B = "https://a.example/in", "https://b.example/in"


async def state_of(scene: Scene, number: int = 0) -> Any:
    """How a webhook does."""
    return (await scene.ask(ListWebhooks()))[number]


async def test_what_happens_is_delivered_in_order_and_signed(scene: Scene) -> None:
    await scene.webhook(A, name="inbox", headers=())
    await scene.say("one", "two", "three")
    await scene.until(lambda: len(scene.receivers.taken) == 3)
    assert scene.receivers.texts(A) == ["one", "two", "three"]
    assert len({delivery.id for delivery in scene.receivers.taken}) == 3


async def test_nothing_is_told_of_what_happened_before(scene: Scene) -> None:
    await scene.say("before")
    await scene.webhook(A)
    await scene.say("after")
    await scene.until(lambda: bool(scene.receivers.taken))
    assert scene.receivers.texts(A) == ["after"]


async def test_a_dead_endpoint_gets_it_all_in_order_once_it_lives_and_the_other_never_waited(scene: Scene) -> None:
    scene.receivers.how[A] = down
    await scene.webhook(A)
    await scene.webhook(B)
    await scene.say(*[str(number) for number in range(200)])
    await scene.until(lambda: len(scene.receivers.texts(B)) == 200)
    await scene.settled()
    failing = await state_of(scene)
    assert (failing["state"], failing["last_error"]) == ("failing", "The connection was refused.")
    assert len([post for post in scene.receivers.posted if post.url == A]) == 1, "it is left alone"
    scene.receivers.how[A] = says(200)
    await scene.pass_time(6_000)
    await scene.until(lambda: len(scene.receivers.texts(A)) == 200)
    assert scene.receivers.texts(A) == [str(number) for number in range(200)]
    await scene.settled()
    assert (await state_of(scene))["state"] == "working"


async def test_the_delay_grows_and_a_restart_forgets_nothing(scene: Scene) -> None:
    scene.receivers.how[A] = says(500)
    await scene.webhook(A)
    await scene.say("one")
    await scene.until(lambda: len(scene.receivers.posted) == 1)
    for number, delay in enumerate((5_000, 15_000, 60_000, 300_000, 300_000), 1):
        await scene.settled()
        await scene.restart()
        await scene.settled()
        await scene.pass_time(delay - 1)
        await scene.settled()
        assert len(scene.receivers.posted) == number
        await scene.pass_time(1)
        await scene.until(lambda number=number: len(scene.receivers.posted) == number + 1)  # type: ignore[misc]
    assert len({post.id for post in scene.receivers.posted}) == 1
    assert len({post.headers["webhook-timestamp"] for post in scene.receivers.posted}) == 6


async def test_an_event_that_is_refused_gets_five_tries_and_is_then_a_dead_letter(scene: Scene) -> None:
    scene.receivers.how[A] = lambda delivery: Answered(422 if delivery.text == "bad" else 200, None)
    webhook = await scene.webhook(A)
    await scene.say("bad", "good", "better")
    await scene.until(lambda: len(scene.receivers.taken) == 2)
    for delay in schedule.EVENT_DELAYS[:4]:
        await scene.settled()
        assert (await state_of(scene))["retrying"] == 1
        await scene.pass_time(delay)
    await scene.until(lambda: len(scene.receivers.posted) == 7)
    await scene.settled()
    state = await state_of(scene)
    assert (state["retrying"], state["dead_letters"], state["state"]) == (0, 1, "refusing")
    (letter,) = await scene.ask(ListDeadLetters(webhook_id=webhook))
    bad = next(post for post in scene.receivers.posted if post.text == "bad")
    assert (letter["id"], letter["event"], letter["status"], letter["tries"]) == (bad.id, "message_received", 422, 5)
    scene.receivers.how.clear()
    assert await scene.ask(ReplayWebhook(webhook_id=webhook, letter_id=letter["id"])) == {
        "object": "WebhookReplayed",
        "replayed": 1,
    }
    await scene.until(lambda: len(scene.receivers.taken) == 3)
    assert scene.receivers.taken[-1].id == bad.id
    await scene.settled()
    assert await scene.ask(ListDeadLetters(webhook_id=webhook)) == []


async def test_an_endpoint_that_refuses_everything_is_not_working(scene: Scene) -> None:
    scene.receivers.how[A] = says(400)
    await scene.webhook(A)
    await scene.say("one", "two")
    await scene.until(lambda: len(scene.receivers.posted) == 2)
    await scene.settled()
    state = await state_of(scene)
    assert (state["state"], state["last_status"], state["retrying"]) == ("refusing", 400, 2)
    assert state["last_error"] == "It refused an event with the status 400."


async def test_an_event_that_its_receiver_fails_at_holds_nothing_up(scene: Scene) -> None:
    scene.receivers.how[A] = lambda delivery: Answered(500 if delivery.text == "bad" else 200, None)
    await scene.webhook(A)
    await scene.say("good", "bad", "better", "best")
    for delay in (5_000, 15_000, 60_000, 5_000) * 2:
        await scene.settled()
        await scene.pass_time(delay)
    await scene.until(lambda: len(scene.receivers.taken) == 3)
    await scene.settled()
    assert ((await state_of(scene))["state"], (await state_of(scene))["retrying"]) == ("working", 1)


async def test_what_waited_too_long_for_a_dead_endpoint_is_a_dead_letter_and_all_of_it_replays(scene: Scene) -> None:
    scene.receivers.how[A] = down
    webhook = await scene.webhook(A)
    await scene.say("one", "two", "three", "four", "five")
    await scene.until(lambda: bool(scene.receivers.posted))
    await scene.settled()
    await scene.pass_time(schedule.GIVE_UP_MS)
    await scene.settled()
    state = await state_of(scene)
    assert (state["dead_letters"], state["retrying"], state["state"]) == (5, 0, "failing")
    scene.receivers.how.clear()
    await scene.say("six")
    assert (await scene.ask(ReplayWebhook(webhook_id=webhook)))["replayed"] == 5
    await scene.until(lambda: len(scene.receivers.taken) == 6)
    assert sorted(scene.receivers.texts(A)) == sorted(["one", "two", "three", "four", "five", "six"])


async def test_a_receiver_that_wants_it_slower_is_asked_when_it_says(scene: Scene) -> None:
    scene.receivers.how[A] = says(429, 40_000)
    await scene.webhook(A)
    await scene.say("one", "two")
    await scene.until(lambda: len(scene.receivers.posted) == 1)
    await scene.settled()
    scene.receivers.how.clear()
    await scene.pass_time(40_000)
    await scene.settled()
    assert len(scene.receivers.posted) == 1
    await scene.pass_time(2_000)
    await scene.until(lambda: len(scene.receivers.taken) == 2)
    assert scene.receivers.texts(A) == ["one", "two"]


async def test_a_receiver_that_is_gone_is_switched_off_and_goes_on_where_it_stopped(scene: Scene) -> None:
    scene.receivers.how[A] = says(410)
    webhook = await scene.webhook(A)
    await scene.say("one")
    await scene.until(lambda: bool(scene.receivers.posted))
    await scene.settled()
    await scene.say("two")
    await scene.settled()
    state = await state_of(scene)
    assert (state["enabled"], state["state"], len(scene.receivers.posted)) == (False, "disabled", 1)
    assert "410" in state["last_error"]
    scene.receivers.how.clear()
    await scene.ask(SwitchWebhook(webhook_id=webhook, enabled=True))
    await scene.until(lambda: len(scene.receivers.taken) == 2)
    assert scene.receivers.texts(A) == ["one", "two"]


async def test_a_redirect_is_a_failure_of_the_endpoint(scene: Scene) -> None:
    scene.receivers.how[A] = says(302)
    await scene.webhook(A)
    await scene.say("one")
    await scene.until(lambda: bool(scene.receivers.posted))
    await scene.settled()
    state = await state_of(scene)
    assert (state["state"], state["last_status"]) == ("failing", 302)
    assert state["last_error"] == "It was redirected, which is not followed."


async def test_every_try_is_one_that_the_reference_library_takes(scene: Scene) -> None:
    from time import time  # noqa: PLC0415 (the library looks at the machine's clock)

    scene.clock.now = int(time() * 1000)
    tries: list[Delivery] = []

    def at_last(delivery: Delivery) -> Answered:
        tries.append(delivery)
        if len(tries) < 3:
            raise Unreachable("No answer came within 30 seconds.")
        return Answered(204, None)

    scene.receivers.how[A] = at_last
    await scene.webhook(A)
    await scene.say("one")
    for number, delay in enumerate((5_000, 15_000), 1):
        await scene.until(lambda number=number: len(tries) == number)  # type: ignore[misc]
        await scene.settled()
        await scene.pass_time(delay)
    await scene.until(lambda: len(tries) == 3)
    for delivery in tries:
        scene.verify(delivery)
    assert len({delivery.headers["webhook-signature"] for delivery in tries}) == 3
