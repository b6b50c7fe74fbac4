"""Part of a conversation's history, read whole: its messages and the replies to them, from a time up to now."""

from dataclasses import dataclass
from typing import Any

from trunkline.contract.events import HistoryShown, ReactionInfo, ShownMessage
from trunkline.model.errors import AccountError, NetworkError, TrunklineError
from trunkline.networks.slack.convert import Json, has_replies, reactions_of, thread_of
from trunkline.networks.slack.stamps import is_stamp, ms_of
from trunkline.networks.slack.user_token.client import Client
from trunkline.networks.slack.user_token.workspace import next_cursor

PAGE = 200


@dataclass(frozen=True)
class Span:
    """What is to be read. since: from there on messages may be new; oldest: how far is looked back before it (both
    exclusive); most_older: after how many of those older messages it is enough.
    """

    since: str
    oldest: str
    most_older: int


@dataclass(frozen=True)
class Window:
    """What was read of a conversation, oldest first.

    from_ms: the first millisecond that was read whole, None: nothing can be said of what is not there. is_cut: older
    messages of the span were left unread; is_limited: Slack hides older ones; skipped: threads whose replies were not read.
    """

    chat: str
    messages: tuple[Json, ...]
    from_ms: int | None
    is_cut: bool = False
    is_limited: bool = False
    skipped: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The stamps of its messages."""
        return frozenset(str(raw["ts"]) for raw in self.messages)

    @property
    def newest(self) -> str:
        """The stamp of the newest message; "" where there is none."""
        return str(self.messages[-1]["ts"]) if self.messages else ""

    def shown(self, to_ms: int, at_ms: int) -> HistoryShown | None:
        """All of it as an event, for the hub to compare with what is stored; None where that cannot be said."""
        if self.from_ms is None or self.from_ms > to_ms:
            return None
        return HistoryShown(
            chat=self.chat,
            from_ms=self.from_ms,
            to_ms=to_ms,
            at_ms=at_ms,
            messages=tuple(
                ShownMessage(
                    provider_id=str(raw["ts"]), reactions=_reactions(raw), with_replies=str(raw["ts"]) not in self.skipped
                )
                for raw in self.messages
            ),
        )


class Windows:
    """Reads windows for one listening. Remembers how each thread stood, so that one that stays the same is read once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._threads: dict[str, dict[str, tuple[object, object]]] = {}

    async def read(self, chat: str, span: Span, *, is_thorough: bool) -> Window:
        """Read a window. is_thorough: with every thread in it; else only with those that are seen to have changed.

        A conversation that cannot be read any more (left, deleted) is an empty window of which nothing is said.
        """
        found: list[Json] = []
        latest: str | None = None
        is_limited, is_whole, is_cut = False, True, False
        while True:
            page = await self._page("conversations.history", channel=chat, oldest=span.oldest, latest=latest, limit=PAGE)
            listed = [] if page is None else page.get("messages", ())
            messages = [each for each in listed if isinstance(each, dict) and is_stamp(each.get("ts"))]
            found += messages
            is_whole = is_whole and page is not None and len(messages) == len(listed)
            is_limited = is_limited or bool(page and page.get("is_limited"))
            if page is None or not page.get("has_more") or not messages:
                is_whole = is_whole and not (page and page.get("has_more"))
                break
            latest = str(messages[-1]["ts"])
            if sum(str(each["ts"]) <= span.since for each in found) >= span.most_older:
                is_cut = True
                break
        replies, skipped = await self._replies_of(chat, found, span, is_thorough=is_thorough)
        return Window(
            chat=chat,
            messages=tuple(sorted([*found, *replies], key=lambda each: str(each["ts"]))),
            from_ms=_from_ms(found, span, is_ended=not is_cut and not is_limited) if is_whole else None,
            is_cut=is_cut,
            is_limited=is_limited,
            skipped=skipped,
        )

    async def _replies_of(
        self, chat: str, found: list[Json], span: Span, *, is_thorough: bool
    ) -> tuple[list[Json], frozenset[str]]:
        """The replies to these messages that are of the span, and the threads that were left out."""
        before = self._threads.get(chat, {})
        now = {str(each["ts"]): (each["reply_count"], each.get("latest_reply")) for each in found if has_replies(each)}
        self._threads[chat] = now
        replies: list[Json] = []
        skipped: set[str] = set()
        for thread, state in now.items():
            is_new = str(state[1] or "9") > span.since
            has_changed = thread in before and before[thread] != state
            if not (is_thorough or is_new or has_changed):
                skipped.add(thread)
                continue
            read = await self._thread(chat, thread, span.oldest)
            if read is None:
                skipped.add(thread)
            replies += read or ()
        return replies, frozenset(skipped)

    async def _thread(self, chat: str, thread: str, oldest: str) -> list[Json] | None:
        """The replies of a thread that are not in the channel's history too; None where they cannot be read whole."""
        cursor: str | None = None
        found: list[Json] = []
        while True:
            page = await self._page("conversations.replies", channel=chat, ts=thread, oldest=oldest, limit=PAGE, cursor=cursor)
            if page is None:
                return None
            listed = page.get("messages", ())
            messages = [each for each in listed if isinstance(each, dict) and is_stamp(each.get("ts"))]
            if len(messages) != len(listed):
                return None
            found += [each for each in messages if thread_of(each) == thread]
            cursor = next_cursor(page)
            if cursor is None:
                return [each for each in found if each.get("subtype") != "thread_broadcast"]

    async def _page(self, method: str, **arguments: Any) -> Json | None:
        """A page; None for a conversation that was left or deleted meanwhile."""
        try:
            return await self._client.patient(method, **arguments)
        except (AccountError, NetworkError):
            raise
        except TrunklineError:
            return None


def _from_ms(found: list[Json], span: Span, *, is_ended: bool) -> int | None:
    """From where on a window is whole: its beginning, or the millisecond after the oldest message that was reached."""
    if is_ended:
        return ms_of(span.oldest) + 1
    return ms_of(str(found[-1]["ts"])) + 1 if found else None


def _reactions(raw: Json) -> tuple[ReactionInfo, ...] | None:
    """All reactions of a message; None where Slack names fewer people than it counts."""
    reactions = raw.get("reactions") or ()
    if not isinstance(reactions, list | tuple) or not all(isinstance(each, dict) for each in reactions):
        return None
    if any(not isinstance(each.get("users"), list) or each.get("count") != len(each["users"]) for each in reactions):
        return None
    return reactions_of(raw)
