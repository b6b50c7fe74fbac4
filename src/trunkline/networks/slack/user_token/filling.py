"""What happened while nobody listened, read from the history of each conversation, paced as Slack asks.

Found: new messages, replies in threads, edits and reactions of messages up to `slack.lookback_hours` old. Not to be found in
any history: which messages were deleted. Beyond a free workspace's 90 days there is nothing left to read: that is a gap.
"""

from collections.abc import AsyncIterator
from typing import Any

from trunkline.contract.events import ChatChanged, Event, GapFound, MessageArrived
from trunkline.model.errors import AccountError, NetworkError, TrunklineError
from trunkline.networks.slack.convert import Json, has_replies, message_of, thread_of
from trunkline.networks.slack.stamps import is_stamp, ms_of, stamp_at
from trunkline.networks.slack.user_token.account import Account
from trunkline.networks.slack.user_token.position import Position
from trunkline.networks.slack.user_token.workspace import next_cursor

HOUR_MS = 3_600_000
KEPT_MS = 90 * 24 * HOUR_MS
"""What a free workspace keeps within reach. Source: slack.com/help, usage limits of free workspaces, seen 2026-11-22."""
PAGE = 200
CONVERSATIONS = 200


class Filling:
    """Reads what an account missed."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def missed(self, position: Position) -> AsyncIterator[list[Event]]:
        """The events since the position, conversation by conversation, each one's oldest first."""
        since = position.since()
        is_told = False
        async for chat in self._conversations():
            found, is_limited = await self._of_chat(chat, since)
            if is_limited and not is_told and (gap := self._gap(since)) is not None:
                is_told = True
                yield [gap]
            if events := await self._events(chat, found, since, position):
                yield events

    def _gap(self, since: str) -> GapFound | None:
        """What a free workspace hides by now, of all conversations alike."""
        lost_until = self._account.clock() - KEPT_MS
        if ms_of(since) >= lost_until:
            return None
        reason = "The workspace is on Slack's free plan: what is older than 90 days cannot be read any more."
        return GapFound(chat=None, from_ms=ms_of(since), to_ms=lost_until, reason=reason)

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

    async def _of_chat(self, chat: str, since: str) -> tuple[list[Json], bool]:
        """First messages since then and some time before, and newer replies, oldest first; whether Slack hides older ones."""
        oldest = stamp_at(max(ms_of(since) - self._account.options.lookback_hours * HOUR_MS, 0))
        found: list[Json] = []
        latest: str | None = None
        is_limited = False
        while True:
            page = await self._read("conversations.history", channel=chat, oldest=oldest, latest=latest, limit=PAGE)
            messages = [each for each in page.get("messages", ()) if isinstance(each, dict) and is_stamp(each.get("ts"))]
            is_limited = is_limited or bool(page.get("is_limited"))
            found += messages
            if not page.get("has_more") or not messages or str(messages[-1]["ts"]) <= since:
                break
            latest = str(messages[-1]["ts"])
        for message in list(found):
            if has_replies(message) and str(message.get("latest_reply") or "9") > since:
                found += await self._replies(chat, str(message["ts"]), since)
        found.sort(key=lambda each: str(each["ts"]))
        return found, is_limited

    async def _replies(self, chat: str, thread: str, since: str) -> list[Json]:
        cursor: str | None = None
        found: list[Json] = []
        while True:
            page = await self._read("conversations.replies", channel=chat, ts=thread, oldest=since, limit=PAGE, cursor=cursor)
            found += [each for each in page.get("messages", ()) if isinstance(each, dict) and thread_of(each) == thread]
            cursor = next_cursor(page)
            if cursor is None:
                return [each for each in found if each.get("subtype") != "thread_broadcast"]

    async def _read(self, method: str, **arguments: Any) -> Json:
        """A page; an empty one for a conversation that was left or deleted meanwhile."""
        try:
            return await self._account.client.patient(method, **arguments)
        except (AccountError, NetworkError):
            raise
        except TrunklineError:
            return {}

    async def _events(self, chat: str, found: list[Json], since: str, position: Position) -> list[Event]:
        workspace = self._account.workspace
        wanted = [raw for raw in found if _is_news(raw, since) and not position.has_heard(chat, str(raw["ts"]))]
        if not wanted:
            return []
        await workspace.learn_of(wanted)
        events: list[Event] = []
        if chat not in workspace.conversations:
            events.append(ChatChanged(info=await workspace.chat_info(chat, is_known=True), live=False))
        for raw in wanted:
            message = message_of(raw, chat, workspace.names, live=str(raw["ts"]) > since)
            if message is not None:
                events.append(message)
        return events


def _is_news(raw: Json, since: str) -> bool:
    """A new message; or an older one with an edit that is new, or with reactions, which do not say when they were made."""
    if str(raw["ts"]) > since:
        return True
    edited = raw.get("edited")
    return bool(raw.get("reactions")) or (isinstance(edited, dict) and str(edited.get("ts") or "") > since)


def names_of(events: list[Event]) -> list[tuple[str, str]]:
    """Chat and stamp of the messages among them that are new."""
    return [(event.chat, event.provider_id) for event in events if isinstance(event, MessageArrived) and event.live]
