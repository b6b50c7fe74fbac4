"""Events that Slack posts here: proven, taken once, answered once they are stored. S31."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator

import anyio
import pytest

from trunkline.contract.connector import Posted
from trunkline.contract.events import MessageArrived, Update
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import DIRECT, MAYA, SIGNING_SECRET, TEAM, TOKENS
from trunkline.networks.slack.user_token.credentials import Credentials
from trunkline.networks.slack.user_token.session import SlackSession

Headers = dict[str, str]
WINDOW_S = 300


class Wire:
    """Posts as Slack makes them."""

    def __init__(self, workspace: SlackBench) -> None:
        self.now_s = workspace.clock() // 1000
        self._road = workspace.connector

    def signed(self, body: bytes, secret: str = SIGNING_SECRET, at_s: int | None = None) -> Headers:
        """The headers that prove a body."""
        stamp = str(self.now_s if at_s is None else at_s)
        proof = hmac.digest(secret.encode(), b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hex()
        return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={proof}", "content-type": "application/json"}

    async def post(self, body: bytes, headers: Headers) -> Posted:
        """POST /provider/slack/events"""
        return await self._road.receive(headers, body)


def message(number: int, text: str = "By post", team: str = TEAM) -> bytes:
    """An `event_callback`."""
    event = {"type": "message", "channel": DIRECT, "user": MAYA, "text": text, "ts": f"1795000000.{number:06d}"}
    payload = {
        "type": "event_callback",
        "team_id": team,
        "event_id": f"Ev{number}",
        "event_time": 1_795_000_000,
        "event": event,
    }
    return json.dumps(payload).encode()


class Listening:
    """A session that hears by post, and all that it was handed."""

    def __init__(self, session: SlackSession) -> None:
        self.session = session
        self.updates: list[Update] = []

    async def run(self) -> None:
        """Until it is cancelled."""
        async for update in self.session.listen(None):
            self.updates.append(update)

    @property
    def texts(self) -> list[str | None]:
        """The messages' texts."""
        return [event.text for update in self.updates for event in update.events if isinstance(event, MessageArrived)]


@pytest.fixture
async def listening(workspace: SlackBench) -> AsyncIterator[Listening]:
    """An account whose app posts its events."""
    from_maya = Credentials(token=TOKENS["U0ADA"], signing_secret=SIGNING_SECRET)
    workspace.keeper.kept["credentials"] = from_maya.sealed()
    session = workspace.session()
    await session.connect()
    made = Listening(session)
    task = asyncio.create_task(made.run())
    with anyio.fail_after(5):
        while not made.updates:
            await anyio.lowlevel.checkpoint()
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_signed_post_is_taken_over_before_it_is_answered(workspace: SlackBench, listening: Listening) -> None:
    """security.md 6.6: commit, then 200."""
    wire = Wire(workspace)
    body = message(1)
    answer = await wire.post(body, wire.signed(body))
    assert (answer.status, listening.texts) == (200, ["By post"])


async def test_200_forged_repeated_or_stale_posts_store_nothing(workspace: SlackBench, listening: Listening) -> None:
    """S31."""
    wire = Wire(workspace)
    known = message(0)
    assert (await wire.post(known, wire.signed(known))).status == 200
    before = list(listening.texts)
    kinds = (forged_secret, forged_body, unsigned, stale, from_the_future, repeated, odd_stamp, unreadable_proof)
    statuses = [await kinds[number % len(kinds)](wire, number) for number in range(200)]
    assert listening.texts == before
    assert set(statuses) == {200, 401}
    assert statuses.count(200) == 25  # the repeats: Slack is told that they are there


async def forged_secret(wire: Wire, number: int) -> int:
    """Signed with a guess."""
    body = message(number + 1)
    return (await wire.post(body, wire.signed(body, secret=f"guess-{number}"))).status


async def forged_body(wire: Wire, number: int) -> int:
    """Another body under a true signature."""
    return (await wire.post(message(number + 1, "Changed"), wire.signed(message(number + 1)))).status


async def unsigned(wire: Wire, number: int) -> int:
    """No proof at all."""
    return (await wire.post(message(number + 1), {"content-type": "application/json"})).status


async def stale(wire: Wire, number: int) -> int:
    """A true post, six minutes old."""
    body = message(number + 1)
    return (await wire.post(body, wire.signed(body, at_s=wire.now_s - WINDOW_S - 60))).status


async def from_the_future(wire: Wire, number: int) -> int:
    """Signed for later."""
    body = message(number + 1)
    return (await wire.post(body, wire.signed(body, at_s=wire.now_s + WINDOW_S + 60))).status


async def repeated(wire: Wire, number: int) -> int:
    """One that was taken already, proven anew, as Slack repeats it."""
    body = message(0)
    return (await wire.post(body, wire.signed(body))).status


async def odd_stamp(wire: Wire, number: int) -> int:
    """A timestamp that is none."""
    body = message(number + 1)
    return (await wire.post(body, wire.signed(body) | {"x-slack-request-timestamp": "-1"})).status


async def unreadable_proof(wire: Wire, number: int) -> int:
    """A signature of letters that are none."""
    body = message(number + 1)
    return (await wire.post(body, wire.signed(body) | {"x-slack-signature": "v0=ü"})).status


async def test_a_post_for_an_account_that_is_not_connected_is_left_for_later(
    workspace: SlackBench, listening: Listening
) -> None:
    """Slack delivers again what was not taken."""
    wire = Wire(workspace)
    body = message(1, team="T9OTHER")
    assert (await wire.post(body, wire.signed(body))).status == 503
    await listening.session.close()
    body = message(2)
    assert (await wire.post(body, wire.signed(body))).status in (401, 503)


async def test_the_address_proves_itself_to_slack(workspace: SlackBench, listening: Listening) -> None:
    """docs.slack.dev, url_verification: the challenge comes back, when it was signed."""
    wire = Wire(workspace)
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert (await wire.post(body, wire.signed(body))).body == b'{"challenge": "abc"}'
    assert (await wire.post(body, {})).status == 401


async def test_a_proven_post_that_is_no_event_is_refused(workspace: SlackBench, listening: Listening) -> None:
    """Malformed payloads."""
    wire = Wire(workspace)
    for body in (b"", b"[]", b"{", b"\xff\xfe"):
        assert (await wire.post(body, wire.signed(body))).status in (400, 401)
    assert listening.texts == []
