"""Events API over HTTP: what Slack posts to this server, proven by its signature over the raw body.

Order (security.md 6.6): signature in constant time, five-minute window, replay table, parse, commit, 200. The signature is
checked by slack_sdk. Source: docs.slack.dev/authentication/verifying-requests-from-slack, seen 2026-11-22.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

from trunkline.contract.connector import Posted
from trunkline.model.times import Clock
from trunkline.networks.slack.user_token.feed import Fanout, Subscription

STORED_WITHIN_S = 2.5
"""Slack waits 3 s for an answer."""
REMEMBERED_MS = 3_600_000
"""Slack repeats a delivery after a moment, after a minute and after five."""
REMEMBERED_MOST = 20_000

ACCEPTED = Posted(status=200)
FORGED = Posted(status=401, body=b"The signature is wrong or too old.")
LATER = Posted(status=503, body=b"Not stored; deliver it again.")
MALFORMED = Posted(status=400, body=b"This is no event.")


class Posts:
    """What is posted for all accounts of the road.

    Remembers in memory what was taken for an hour. A repeat that comes after a restart is taken once more and changes nothing:
    messages are known by their stamps, edits and reactions by their times (tests/test_ways_to_hear.py).
    """

    def __init__(self, clock: Clock, signing_secret: str) -> None:
        self._clock = clock
        self._common = signing_secret
        self._fanouts: dict[str, Fanout] = {}
        self._seen: dict[str, int] = {}

    def subscribe(self, secret: str, team: str) -> Subscription:
        """Listen to what an app with this signing secret posts of a workspace."""
        subscription = Subscription(team)
        self._fanouts.setdefault(secret or self._common, Fanout()).subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop listening."""
        for fanout in self._fanouts.values():
            if subscription in fanout.subscriptions:
                fanout.subscriptions.remove(subscription)
        self._fanouts = {secret: fanout for secret, fanout in self._fanouts.items() if fanout.subscriptions}

    async def receive(self, headers: Mapping[str, str], body: bytes) -> Posted:
        """Take a post. headers: names in lower case."""
        secret = self._proven(headers, body)
        if secret is None:
            return FORGED
        try:
            payload = json.loads(body)
        except ValueError:
            return MALFORMED
        if not isinstance(payload, dict):
            return MALFORMED
        if payload.get("type") == "url_verification":
            challenge = json.dumps({"challenge": str(payload.get("challenge", ""))[:1000]})
            return Posted(status=200, media_type="application/json", body=challenge.encode())
        if payload.get("type") != "event_callback":
            return ACCEPTED
        return await self._take(secret, payload)

    async def _take(self, secret: str, payload: dict[str, Any]) -> Posted:
        name = str(payload.get("event_id") or "")
        if self._was_seen(name):
            return ACCEPTED
        stored = asyncio.Event()
        fanout = self._fanouts.get(secret)
        if fanout is None or fanout.give(payload, stored.set) == 0:
            return LATER  # its account is not connected now
        try:
            async with asyncio.timeout(STORED_WITHIN_S):
                await stored.wait()
        except TimeoutError:
            return LATER
        if name:
            self._seen[name] = self._clock()
        return ACCEPTED

    def _was_seen(self, name: str) -> bool:
        oldest = self._clock() - REMEMBERED_MS
        while self._seen and (len(self._seen) > REMEMBERED_MOST or next(iter(self._seen.values())) < oldest):
            del self._seen[next(iter(self._seen))]
        return name in self._seen

    def _proven(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """The secret that the signature was made with; every one that is known is tried, whichever fits."""
        signature, timestamp = headers.get("x-slack-signature", ""), headers.get("x-slack-request-timestamp", "")
        if not timestamp.isascii() or not timestamp.isdigit() or not signature.isascii():
            return None
        found = None
        for secret in {*self._fanouts, self._common} - {""}:
            try:
                is_valid = SignatureVerifier(secret, _Clock(self._clock)).is_valid(body, timestamp, signature)
            except UnicodeDecodeError:
                return None
            if is_valid:
                found = secret
        return found


class _Clock(SignatureClock):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock() / 1000
