"""A new signing secret: for a while the earlier one signs beside it, so that its receiver can change (Standard Webhooks)."""

from collections.abc import Collection
from datetime import UTC, datetime
from time import time
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Judge
from standardwebhooks.webhooks import WebhookVerificationError

from trunkline.model.errors import InvalidArgument, NotFound, NotPossible
from trunkline.model.times import to_wire
from trunkline.operations.webhooks import HeaderWanted, RotateWebhook
from trunkline.store import webhooks

from .scene import OWNER, Delivery, Scene

A = "https://a.example/in"
HOUR_MS = 3_600_000


async def rotate(scene: Scene, webhook_id: str, **more: Any) -> str:
    """The new secret."""
    rotated = await scene.ask(RotateWebhook(webhook_id=webhook_id, **more))
    assert (rotated["object"], rotated["webhook_id"]) == ("WebhookRotated", webhook_id)
    return str(rotated["secret"])


async def next_delivery(scene: Scene) -> Delivery:
    """One event more, and how it came."""
    count = len(scene.receivers.taken)
    await scene.say("news")
    await scene.until(lambda: len(scene.receivers.taken) > count)
    return scene.receivers.taken[-1]


def signers(delivery: Delivery, secrets: Collection[str]) -> list[bool]:
    """Which of the secrets signed a delivery, as the reference library tells; nothing else did."""
    stamp = datetime.fromtimestamp(int(delivery.headers["webhook-timestamp"]), UTC)
    given = delivery.headers["webhook-signature"].split(" ")
    found = [Judge(secret).sign(delivery.id, stamp, delivery.body.decode()) in given for secret in secrets]
    assert len(given) == sum(found)
    return found


async def test_both_secrets_sign_until_the_time_that_was_told(scene: Scene) -> None:
    webhook_id = await scene.webhook(A)
    first = scene.secrets[A]
    rotated = await scene.ask(RotateWebhook(webhook_id=webhook_id))
    second = rotated["secret"]
    assert rotated["earlier_secret_until"] == to_wire(scene.clock() + 24 * HOUR_MS)
    assert second != first
    assert signers(await next_delivery(scene), (first, second)) == [True, True]
    await scene.pass_time(24 * HOUR_MS - 1)
    assert signers(await next_delivery(scene), (first, second)) == [True, True]
    await scene.pass_time(1)
    assert signers(await next_delivery(scene), (first, second)) == [False, True]


async def test_the_reference_library_takes_a_delivery_by_either_secret(scene: Scene) -> None:
    scene.clock.now = int(time() * 1000)
    webhook_id = await scene.webhook(A)
    secrets = (scene.secrets[A], await rotate(scene, webhook_id))
    delivery = await next_delivery(scene)
    stranger = await scene.ask(RotateWebhook(webhook_id=await scene.webhook("https://b.example/in")))
    for secret in secrets:
        Judge(secret).verify(delivery.body, delivery.headers)
    with pytest.raises(WebhookVerificationError):
        Judge(stranger["secret"]).verify(delivery.body, delivery.headers)


async def test_no_overlap_ends_every_earlier_secret_at_once(scene: Scene) -> None:
    webhook_id = await scene.webhook(A, headers=(HeaderWanted(key="x-shared", value="kept"),))
    secrets = [scene.secrets[A], await rotate(scene, webhook_id, overlap_hours=720)]
    rotated = await scene.ask(RotateWebhook(webhook_id=webhook_id, overlap_hours=0))
    assert rotated["earlier_secret_until"] is None
    delivery = await next_delivery(scene)
    assert signers(delivery, (*secrets, rotated["secret"])) == [False, False, True]
    assert delivery.headers["x-shared"] == "kept"


async def test_it_outlives_a_restart(scene: Scene) -> None:
    webhook_id = await scene.webhook(A)
    secrets = (scene.secrets[A], await rotate(scene, webhook_id, overlap_hours=2))
    await scene.restart()
    assert signers(await next_delivery(scene), secrets) == [True, True]
    await scene.pass_time(2 * HOUR_MS)
    assert signers(await next_delivery(scene), secrets) == [False, True]


async def test_so_many_sign_at_one_time_and_no_more(scene: Scene) -> None:
    """And what has ended makes room."""
    webhook_id = await scene.webhook(A)
    secrets = [scene.secrets[A]] + [await rotate(scene, webhook_id, overlap_hours=1) for _ in range(4)]
    with pytest.raises(NotPossible, match="The secret was not changed"):
        await rotate(scene, webhook_id)
    assert signers(await next_delivery(scene), secrets) == [True] * 5
    await scene.pass_time(HOUR_MS)
    secrets.append(await rotate(scene, webhook_id))
    assert signers(await next_delivery(scene), secrets) == [False] * 4 + [True] * 2


@pytest.mark.parametrize("hours", [-1, 721])
def test_the_overlap_has_bounds(hours: int) -> None:
    with pytest.raises(InvalidArgument, match=r"overlap_hours is .*; it goes from 0 to 720"):
        RotateWebhook(webhook_id="x", overlap_hours=hours)


async def test_another_persons_is_not_there(scene: Scene) -> None:
    webhook_id = await scene.webhook(A)
    with pytest.raises(NotFound):
        await scene.ask(RotateWebhook(webhook_id=webhook_id), owner=OWNER + 1)
    assert signers(await next_delivery(scene), (scene.secrets[A],)) == [True]


async def test_no_secret_lies_open_in_the_store(scene: Scene) -> None:
    webhook_id = await scene.webhook(A)
    secrets = (scene.secrets[A], await rotate(scene, webhook_id))
    row = await webhooks.find(scene.store.db, OWNER, webhook_id)
    assert row is not None
    assert not any(secret.removeprefix("whsec_").encode() in row.sealed for secret in secrets)
