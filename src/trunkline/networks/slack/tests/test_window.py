"""What is said of what a history no longer holds, and when nothing may be said: page by page."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from trunkline.contract.events import ReactionInfo
from trunkline.model.errors import NetworkFailed, NotPossible
from trunkline.networks.slack.user_token.client import Client
from trunkline.networks.slack.user_token.window import Span, Window, Windows

Json = dict[str, Any]
CHAT = "C1"
SECOND = 1_795_000_000
SPAN = Span(since=f"{SECOND + 50}.000000", oldest=f"{SECOND}.000000", most_older=4)
FROM_MS = SECOND * 1000 + 1


def stamp(number: int) -> str:
    """Of a message, so many seconds after the beginning of the span."""
    return f"{SECOND + number}.000100"


def message(number: int, **more: Any) -> Json:
    """A message."""
    return {"ts": stamp(number), "user": "U1", "text": "x", **more}


def thread(number: int, replies: int, latest: int) -> Json:
    """A message with a thread."""
    return message(number, thread_ts=stamp(number), reply_count=replies, latest_reply=stamp(latest))


def reply(number: int, to: int) -> Json:
    """A reply."""
    return message(number, thread_ts=stamp(to))


class Scripted:
    """Answers with pages, newest first, and with the replies of threads."""

    def __init__(self, pages: Sequence[Json | Exception], replies: dict[str, list[Any] | Exception] | None = None) -> None:
        self.pages = list(pages)
        self.replies = replies or {}
        self.asked: list[str] = []

    async def patient(self, method: str, **arguments: Any) -> Json:
        """One call."""
        self.asked.append(method)
        found = self.pages.pop(0) if method == "conversations.history" else self.replies[arguments["ts"]]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, dict) else {"messages": found}


def page(*messages: Any, more: bool = False, **extra: Any) -> Json:
    """A page of history."""
    return {"messages": list(messages), "has_more": more, **extra}


async def read(client: Scripted, *, is_thorough: bool = True) -> Window:
    """A window read by it."""
    return await Windows(cast(Client, client)).read(CHAT, SPAN, is_thorough=is_thorough)


async def test_a_window_that_was_read_to_its_end_says_what_it_holds() -> None:
    client = Scripted([page(message(60), message(40), more=True), page(thread(10, 1, 20))], {stamp(10): [reply(20, 10)]})
    window = await read(client)
    shown = window.shown(FROM_MS + 99_000, at_ms=7)
    assert shown is not None
    assert (shown.chat, shown.from_ms, shown.to_ms, shown.at_ms) == (CHAT, FROM_MS, FROM_MS + 99_000, 7)
    assert [each.provider_id for each in shown.messages] == [stamp(10), stamp(20), stamp(40), stamp(60)]
    assert all(each.with_replies and each.reactions == () for each in shown.messages)
    assert (window.newest, window.is_cut, window.is_limited) == (stamp(60), False, False)


@pytest.mark.parametrize(
    "pages",
    [
        [NotPossible("left")],
        [page(message(60), more=True), NotPossible("left meanwhile")],
        [page({"user": "U1", "text": "no ts"}, message(40))],
        [page("no message at all")],
        [page(more=True)],
        [page(is_limited=True)],
    ],
    ids=["unreadable", "left meanwhile", "malformed", "rubbish", "more but none", "all hidden"],
)
async def test_nothing_is_said_of_what_was_not_read_whole(pages: list[Json | Exception]) -> None:
    """What is left out by mistake would be deleted for good."""
    assert (await read(Scripted(pages))).shown(FROM_MS + 99_000, at_ms=7) is None


async def test_trouble_of_the_link_ends_the_reading() -> None:
    with pytest.raises(NetworkFailed):
        await read(Scripted([page(message(60), more=True), NetworkFailed("broken off")]))


async def test_what_a_plan_hides_is_not_called_deleted() -> None:
    """A free workspace shows nothing older than 90 days."""
    shown = (await read(Scripted([page(message(60), message(40), is_limited=True)]))).shown(FROM_MS + 99_000, at_ms=7)
    assert shown is not None
    assert shown.from_ms == (SECOND + 40) * 1000 + 1


async def test_the_look_back_is_bounded_and_says_where_it_ended() -> None:
    client = Scripted([page(message(60), *(message(number) for number in (40, 30, 20, 10)), more=True), page(message(5))])
    window = await read(client)
    assert (window.is_cut, window.from_ms, len(client.pages)) == (True, (SECOND + 10) * 1000 + 1, 1)


async def test_a_time_that_ends_before_it_begins_says_nothing() -> None:
    assert (await read(Scripted([page(message(60))]))).shown(FROM_MS - 1, at_ms=7) is None


@pytest.mark.parametrize("answer", [NotPossible("gone"), [reply(20, 10), {"text": "no ts"}]], ids=["refused", "malformed"])
async def test_replies_that_cannot_be_read_whole_are_not_called_deleted(answer: list[Any] | Exception) -> None:
    shown = (await read(Scripted([page(thread(10, 2, 20))], {stamp(10): answer}))).shown(FROM_MS + 99_000, at_ms=7)
    assert shown is not None
    assert [(each.provider_id, each.with_replies) for each in shown.messages] == [(stamp(10), False)]


async def test_a_light_look_reads_only_the_threads_that_changed() -> None:
    """Without live events each conversation is looked at again and again."""
    replies: dict[str, list[Any] | Exception] = {stamp(number): [] for number in (10, 20, 30)}
    client = Scripted(
        [
            page(thread(30, 1, 60), thread(20, 1, 25), thread(10, 2, 15)),
            page(thread(20, 1, 25), thread(10, 1, 12)),
        ],
        replies,
    )
    windows = Windows(cast(Client, client))
    first = await windows.read(CHAT, SPAN, is_thorough=False)
    assert first.skipped == {stamp(10), stamp(20)}
    second = await windows.read(CHAT, SPAN, is_thorough=False)
    assert second.skipped == {stamp(20)}
    assert client.asked.count("conversations.replies") == 2


@pytest.mark.parametrize(
    ("reactions", "shown"),
    [
        ([{"name": "wave", "users": ["U1"], "count": 1}], (ReactionInfo(value="👋", sender="U1"),)),
        ([{"name": "wave", "users": ["U1"], "count": 80}], None),
        ([{"name": "wave", "users": 1, "count": 1}], None),
        (["wave"], None),
        ("wave", None),
    ],
    ids=["whole", "shortened", "no list", "malformed", "rubbish"],
)
async def test_reactions_are_shown_only_where_all_are_named(reactions: object, shown: tuple[ReactionInfo, ...] | None) -> None:
    """docs.slack.dev, conversations.history: `users` may leave people out, `count` does not."""
    found = (await read(Scripted([page(message(10, reactions=reactions))]))).shown(FROM_MS + 99_000, at_ms=7)
    assert found is not None
    assert found.messages[0].reactions == shown
