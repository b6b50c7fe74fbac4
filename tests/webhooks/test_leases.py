"""Several workers on one database: one deliverer per endpoint, and another takes over when it dies."""

from dataclasses import replace

from trunkline.hub.options import HubOptions
from trunkline.hub.wakes import JOURNAL, Wakes
from trunkline.hub.webhooks.service import LEASE_MS, Webhooks
from trunkline.store.engine import Transaction

from .scene import Receivers, Scene

A = "https://a.example/in"


def worker(scene: Scene, name: str) -> tuple[Webhooks, Receivers]:
    """One more worker on the scene's database."""
    receivers = Receivers(scene.store.clock)
    return Webhooks(scene.store, Wakes(), HubOptions(jitter=lambda: 0.5), receivers, worker=name, shared=True), receivers


async def leave(scene: Scene) -> None:
    """The scene's own worker ends, and leaves no lease."""

    async def work(tx: Transaction) -> None:
        await tx.run("UPDATE webhook SET lease_until = 0")

    await scene.stop()
    await scene.store.db.write(work)


async def test_two_workers_deliver_once_and_the_second_takes_over_what_the_first_leaves(scene: Scene) -> None:
    await scene.webhook(A)
    await leave(scene)
    first, heard_by_first = worker(scene, "first")
    second, heard_by_second = worker(scene, "second")
    await first.start()
    await second.start()
    assert (len(first.delivering), len(second.delivering)) == (1, 0)
    await scene.say("one")
    first.wakes.wake(JOURNAL)
    second.wakes.wake(JOURNAL)
    await replace(scene, receivers=heard_by_first).until(lambda: heard_by_first.texts(A) == ["one"])
    await replace(scene, receivers=heard_by_first).settled()
    (held,) = first.delivering.values()
    assert first.watch is not None
    first.watch.cancel()
    held.task.cancel()  # as if it had died: its lease stays
    scene.clock.now += LEASE_MS - 1
    await second.heartbeat()
    assert not second.delivering
    scene.clock.now += 1
    await second.heartbeat()
    assert len(second.delivering) == 1
    await scene.say("two")
    second.wakes.wake(JOURNAL)
    await replace(scene, receivers=heard_by_second).until(lambda: heard_by_second.texts(A) == ["two"])
    await first.heartbeat()
    assert not first.delivering, "what is another's now is let go of"
    await second.close()
    await first.close()
    await scene.hub.start()


async def test_a_worker_that_was_asleep_moves_nothing_once_another_has_taken_over(scene: Scene) -> None:
    await scene.webhook(A)
    await leave(scene)
    first, heard_by_first = worker(scene, "first")
    await first.start()
    second, heard_by_second = worker(scene, "second")
    scene.clock.now += LEASE_MS
    await second.start()
    await scene.say("one")
    first.wakes.wake(JOURNAL)
    await replace(scene, receivers=heard_by_first).until(lambda: bool(heard_by_first.posted))
    (asleep,) = first.delivering.values()
    await asleep.task
    second.wakes.wake(JOURNAL)
    await replace(scene, receivers=heard_by_second).until(lambda: heard_by_second.texts(A) == ["one"])
    assert heard_by_first.posted[0].id == heard_by_second.posted[0].id
    await second.close()
    await first.close()
    await scene.hub.start()
