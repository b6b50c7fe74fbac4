"""What happened while nobody listened, read from the history of each conversation, paced as Slack asks.

What is new is handed up at once. What was edited, deleted or reacted to is seen by looking back, for messages up to
`slack.lookback_hours` older than the last one heard, and the replies in their threads; that Slack's history no longer holds a
message is believed only once it has had `slack.settle_ms` to show everything that was said before listening began. What cannot
be seen that way is told as a gap.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

from trunkline.contract.events import ChatChanged, Event, GapFound, MessageArrived
from trunkline.networks.slack.convert import Json, has_replies, message_of
from trunkline.networks.slack.stamps import ms_of, stamp_at
from trunkline.networks.slack.user_token.account import Account
from trunkline.networks.slack.user_token.position import Position
from trunkline.networks.slack.user_token.window import Span, Window, Windows
from trunkline.networks.slack.user_token.workspace import next_cursor

HOUR_MS = 3_600_000
KEPT_MS = 90 * 24 * HOUR_MS
"""What a free workspace keeps within reach. Source: slack.com/help, usage limits of free workspaces, seen 2026-11-22."""
CONVERSATIONS = 200
OLDER_MOST = 1_000
"""How many messages of a conversation are looked back at."""


@dataclass(frozen=True)
class _Look:
    """One look at all conversations. at: the newest message that was heard before it; is_outage: nobody listened before."""

    at: str
    span: Span
    began_ms: int
    is_outage: bool


class Filling:
    """Reads what an account missed. One for each listening, which may look again and again."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._windows = Windows(account.client)
        self._settled_ms = account.clock() + account.options.settle_ms

    async def missed(self, position: Position, *, is_outage: bool) -> AsyncIterator[list[Event]]:
        """The events since the position, conversation by conversation, each one's oldest first; at the end the gap.

        is_outage: nobody has listened since then, so that all is looked for; else only what a light look shows.
        """
        look = self._look(position, is_outage=is_outage)
        early: dict[str, frozenset[str]] = {}
        is_told = False
        async for chat in self._conversations():
            asked_ms = self._account.clock()
            window = await self._windows.read(chat, look.span, is_thorough=is_outage)
            if window.is_limited and not is_told and (gap := self._plan_gap(look)) is not None:
                is_told = True
                yield [gap]
            settled_ms = asked_ms - self._account.options.settle_ms if asked_ms >= self._settled_ms else None
            if settled_ms is None:
                early[chat] = window.names
            if events := await self._events(window, look, position, settled_ms):
                yield events
        async for events in self._once_settled(early, look, position):
            yield events
        if is_outage:
            yield [self._outage_gap(look)]

    def _look(self, position: Position, *, is_outage: bool) -> _Look:
        since = position.since()
        oldest = stamp_at(max(ms_of(since) - self._account.options.lookback_hours * HOUR_MS, 0))
        span = Span(since, oldest, most_older=OLDER_MOST if is_outage else 1)
        return _Look(position.at, span, self._account.clock(), is_outage)

    async def _once_settled(
        self, early: dict[str, frozenset[str]], look: _Look, position: Position
    ) -> AsyncIterator[list[Event]]:
        """A second look at what was looked at too early to tell what is gone. early: what was there then, by conversation."""
        if not early:
            return
        await asyncio.sleep(max(self._settled_ms - self._account.clock(), 0) / 1000)
        for chat, told in early.items():
            settled_ms = self._account.clock() - self._account.options.settle_ms
            window = await self._windows.read(chat, look.span, is_thorough=look.is_outage)
            if events := await self._events(window, look, position, settled_ms, told):
                yield events

    def _plan_gap(self, look: _Look) -> GapFound | None:
        """What a free workspace hides by now, of all conversations alike."""
        since_ms, lost_until = ms_of(look.span.since), self._account.clock() - KEPT_MS
        if since_ms >= lost_until:
            return None
        reason = "The workspace is on Slack's free plan: what is older than 90 days cannot be read any more."
        return GapFound(chat=None, from_ms=since_ms, to_ms=lost_until, reason=reason)

    def _outage_gap(self, look: _Look) -> GapFound:
        """What no look back can see: Slack does not tell what became of old messages while nobody listened."""
        reason = (
            f"Slack does not tell what became meanwhile of messages that were more than {self._account.options.lookback_hours}"
            " hours old: edits, reactions, deletions, replies in threads as old"
        )
        return GapFound(chat=None, from_ms=ms_of(look.at), to_ms=max(look.began_ms, ms_of(look.at)), reason=reason)

    async def _conversations(self) -> AsyncIterator[str]:
        cursor: str | None = None
        while True:
            page = await self._account.client.patient(
                "users.conversations",
                types=self._account.workspace.kinds,
                exclude_archived=True,
                limit=CONVERSATIONS,
                cursor=cursor,
            )
            for channel in page.get("channels", ()):
                yield str(channel["id"])
            cursor = next_cursor(page)
            if cursor is None:
                return

    async def _events(
        self, window: Window, look: _Look, position: Position, settled_ms: int | None, told: frozenset[str] = frozenset()
    ) -> list[Event]:
        """What a window shows: first what is gone from it, then what has changed, then what is new.

        settled_ms: up to when it shows all that was said, None: it was read too early to tell. told: what was new before.
        """
        workspace, chat, since = self._account.workspace, window.chat, look.span.since
        events = [] if settled_ms is None else _look_back(window, look, settled_ms)
        new = {name for name in window.names - told if name > since and not position.has_heard(chat, name)}
        changed = [raw for raw in window.messages if raw["ts"] not in new and _has_changed(raw, since)]
        fresh = [raw for raw in window.messages if raw["ts"] in new]
        if not fresh and not changed:
            return events
        await workspace.learn_of([*fresh, *changed])
        if chat not in workspace.conversations:
            events.append(ChatChanged(info=await workspace.chat_info(chat, is_known=True), live=False))
        for raw in changed:
            message = message_of(raw, chat, workspace.names, live=False)
            if message is not None:
                events.append(_without_reactions(message) if settled_ms is None else message)
        return events + [each for each in (message_of(raw, chat, workspace.names, live=True) for raw in fresh) if each]


def _look_back(window: Window, look: _Look, settled_ms: int) -> list[Event]:
    """All that the window holds, for what is gone from it to be found; and a gap for what lies before it."""
    shown = window.shown(min(ms_of(max(look.at, window.newest)), settled_ms), settled_ms)
    events: list[Event] = [] if shown is None else [shown]
    if window.is_cut and look.is_outage:
        events.append(_cut_gap(window, look))
    return events


def _without_reactions(message: MessageArrived) -> MessageArrived:
    """They are told with the second look, by comparison with what is known of them."""
    return msgspec.structs.replace(message, reactions=())


def _cut_gap(window: Window, look: _Look) -> GapFound:
    """More was said than is looked back at."""
    reason = (
        f"Only the {OLDER_MOST:,} messages before were looked back at: edits, reactions, deletions and replies to older ones"
        " may have been missed"
    )
    return GapFound(chat=window.chat, from_ms=ms_of(look.at), to_ms=max(look.began_ms, ms_of(look.at)), reason=reason)


def _has_changed(raw: Json, since: str) -> bool:
    """Whether a message that is not new was edited since then, deleted while its thread stayed, or answered."""
    edited = raw.get("edited")
    is_edited = isinstance(edited, dict) and str(edited.get("ts") or "") > since
    is_answered = has_replies(raw) and str(raw.get("latest_reply") or "") > since
    return is_edited or is_answered or raw.get("subtype") == "tombstone"
