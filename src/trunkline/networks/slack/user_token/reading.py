"""Reading: chats, history, threads, files and pictures. Marks nothing read."""

from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec

from trunkline.contract.events import ChatPage, HistoryPage, MessageArrived
from trunkline.model.errors import Disconnected, NoRights, NotFound, NotPossible, Throttled
from trunkline.networks.slack.convert import Json, has_replies, message_of, thread_of
from trunkline.networks.slack.stamps import is_stamp
from trunkline.networks.slack.user_token.account import Account
from trunkline.networks.slack.user_token.started import Started
from trunkline.networks.slack.user_token.workspace import next_cursor

CHATS_A_PAGE = 20
"""Each takes two calls of its own."""
MOST = 999
"""Messages that Slack gives at once."""
THREAD_PAGES_MOST = 40
_PICTURE_HOSTS = ("slack-edge.com", "slack.com", "gravatar.com", "wp.com")
_FILE_HOSTS = ("slack.com",)


class Place(msgspec.Struct, frozen=True):
    """Where history goes on: before which first message; inside a long thread, after which reply."""

    before: str | None = None
    thread: str | None = None
    after: str | None = None


class Reading:
    """history, files, pictures"""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def chats(self, cursor: str | None) -> ChatPage:
        """The conversations that the account is in. Slack does not say when anything was last said in them."""
        workspace = self._account.workspace
        try:
            page = await self._account.client.patient(
                "users.conversations", types=workspace.kinds, exclude_archived=True, limit=CHATS_A_PAGE, cursor=cursor
            )
        except NoRights as error:  # without a list of conversations there is no account: only a token with more scopes helps
            raise Disconnected(error.text) from None
        ids = [str(channel["id"]) for channel in page.get("channels", ()) if isinstance(channel, dict) and "id" in channel]
        # Where a chat was just begun comes first: Lookout finds there what became of it.
        first = await Started(self._account.keeper).read()
        wanted = (*first, *ids) if cursor is None else [chat for chat in ids if chat not in first]
        infos = []
        for chat in dict.fromkeys(wanted):
            with suppress(NotPossible):  # it was left or deleted since
                infos.append(await workspace.chat_info(chat))
        return ChatPage(chats=tuple(infos), cursor=next_cursor(page))

    async def history(self, chat: str, cursor: str | None, count: int) -> HistoryPage:
        """Messages going backwards, each thread's replies before its first message.

        A page ends early where Slack's pace leaves no call for the next thread.
        """
        place = Place() if cursor is None else msgspec.json.decode(cursor, type=Place)
        page = await self._account.client.call(
            "conversations.history",
            channel=chat,
            limit=min(count, MOST),
            latest=place.before,
            inclusive=None if place.before is None else place.thread is not None,
        )
        found = [message for message in page.get("messages", ()) if isinstance(message, dict) and is_stamp(message.get("ts"))]
        taken: list[Json] = []
        for message in found:
            replies: list[Json] = []
            if has_replies(message):
                after = place.after if place.thread == message["ts"] else None
                try:
                    replies = await self._replies(chat, str(message["ts"]), after)
                except Throttled:
                    if not taken:
                        raise
                    return await self._page(chat, taken, Place(str(message["ts"]), str(message["ts"]), after))
            room = count - len(taken)
            if len(replies) + 1 > room:
                if taken:
                    return await self._page(chat, taken, Place(str(message["ts"]), str(message["ts"]), after))
                part = replies[:room]
                following = Place(str(message["ts"]), str(message["ts"]), str(part[-1]["ts"]))
                return await self._page(chat, part[::-1], following)
            taken += [*replies[::-1], message]
        more = page.get("has_more") and found
        return await self._page(chat, taken, Place(str(found[-1]["ts"])) if more else None)

    async def thread(self, chat: str, thread: str) -> tuple[MessageArrived, ...]:
        """All replies of a thread, newest first."""
        return await self._converted(chat, (await self._replies(chat, thread, None))[::-1])

    async def fetch_file(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a file by its id. The token goes to Slack's own hosts only."""
        answer = await self._account.client.call("files.info", file=ref)
        file = answer.get("file") or {}
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if not self._is_at(url, _FILE_HOSTS):
            raise NotFound("The file lies outside of Slack; it cannot be fetched here.")
        async for chunk in self._account.client.download(url, with_token=True):
            yield chunk

    async def fetch_picture(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a person's picture."""
        if not self._is_at(ref, _PICTURE_HOSTS):
            raise NotFound("The picture lies outside of Slack; it cannot be fetched here.")
        async for chunk in self._account.client.download(ref, with_token=False):
            yield chunk

    def _is_at(self, url: str, hosts: tuple[str, ...]) -> bool:
        """Whether an address is on one of Slack's hosts, or where the Web API is."""
        there, api = urlsplit(url), urlsplit(self._account.options.api)
        if (there.scheme, there.netloc) == (api.scheme, api.netloc):
            return True
        host = there.hostname or ""
        return there.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in hosts)

    async def _replies(self, chat: str, thread: str, after: str | None) -> list[Json]:
        """The replies after one of them, oldest first; those that are in the channel's history too come from there."""
        found: list[Json] = []
        cursor: str | None = None
        for _ in range(THREAD_PAGES_MOST):
            page = await self._account.client.call(
                "conversations.replies", channel=chat, ts=thread, oldest=after, limit=MOST, cursor=cursor
            )
            found += [each for each in page.get("messages", ()) if isinstance(each, dict) and _is_reply(each, thread, after)]
            cursor = next_cursor(page)
            if cursor is None:
                break
        return found

    async def _page(self, chat: str, taken: list[Json], place: Place | None) -> HistoryPage:
        cursor = None if place is None else msgspec.json.encode(place).decode()
        return HistoryPage(messages=await self._converted(chat, taken), cursor=cursor)

    async def _converted(self, chat: str, taken: list[Json]) -> tuple[MessageArrived, ...]:
        workspace = self._account.workspace
        await workspace.learn_of(taken)
        made = (message_of(raw, chat, workspace.names, live=False) for raw in taken)
        return tuple(message for message in made if message is not None)


def _is_reply(raw: Json, thread: str, after: str | None) -> bool:
    if thread_of(raw) != thread or raw.get("subtype") == "thread_broadcast":
        return False
    return after is None or str(raw.get("ts")) > after
