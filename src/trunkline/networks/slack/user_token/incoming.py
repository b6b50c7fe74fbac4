"""What Slack says has happened (Events API, by socket or by post) as our events. Source: docs.slack.dev/reference/events."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from trunkline.contract.events import (
    ChatChanged,
    ChatInfo,
    ChatRemoved,
    Event,
    MessageArrived,
    MessageChanged,
    MessageRemoved,
    PersonChanged,
    ReactionChanged,
    ReadUpTo,
    UnknownHappened,
)
from trunkline.model.errors import AccountError, NetworkError, TrunklineError
from trunkline.networks.slack.convert import Json, message_of, said_in
from trunkline.networks.slack.emoji import native_of
from trunkline.networks.slack.stamps import is_stamp, ms_of
from trunkline.networks.slack.user_token.account import Account

Taker = Callable[["Incoming", Json, int], Awaitable[list[Event]]]

IGNORED = frozenset(
    [
        "file_change",
        "file_comment_added",
        "file_comment_deleted",
        "file_comment_edited",
        "file_created",
        "file_deleted",
        "file_public",
        "file_shared",
        "file_unshared",
        "im_close",
        "group_close",
        "mpim_close",
        "pin_added",
        "pin_removed",
        "star_added",
        "star_removed",
        "emoji_changed",
        "team_rename",
        "team_domain_change",
        "dnd_updated",
        "dnd_updated_user",
        "subteam_created",
        "subteam_updated",
        "subteam_members_changed",
        "subteam_self_added",
        "subteam_self_removed",
        "channel_history_changed",
        "group_history_changed",
        "im_history_changed",
        "link_shared",
        "email_domain_changed",
        "user_status_changed",
        "user_profile_changed",
        "user_huddle_changed",
        "bot_added",
        "bot_changed",
        "channel_created",
        "app_mention",
        "app_home_opened",
        "channel_shared",
        "channel_unshared",
        "channel_id_changed",
    ]
)
"""Known, and nothing of a chat, message or person that we show; or said by another event too."""
REVOKED = frozenset({"tokens_revoked", "app_uninstalled"})


class Incoming:
    """Translates for one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def events_of(self, payload: Any) -> list[Event]:
        """The events of one `event_callback`. What cannot be understood is kept raw; only the account's own trouble raises."""
        event = payload.get("event") if isinstance(payload, dict) else None
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            return [UnknownHappened(kind="malformed", raw=_raw(payload))]
        kind = event["type"]
        if kind in REVOKED:
            await self._account.client.call("auth.test")
            return []
        taker = TAKERS.get(kind)
        if taker is None:
            return [] if kind in IGNORED else [UnknownHappened(kind=kind, raw=_raw(event))]
        try:
            return await taker(self, event, _when(event, payload))
        except (AccountError, NetworkError):
            raise
        except (TrunklineError, KeyError, TypeError, ValueError, AttributeError):
            return [UnknownHappened(kind=f"{kind} {event.get('subtype') or ''}".strip(), raw=_raw(event))]

    async def message(self, event: Json, at_ms: int) -> list[Event]:
        """message, with its subtypes."""
        chat, subtype = str(event["channel"]), event.get("subtype")
        if subtype == "message_deleted":
            return [MessageRemoved(chat=chat, provider_id=str(event["deleted_ts"]), at_ms=at_ms)]
        if subtype == "message_changed":
            return await self._changed(chat, event["message"], event.get("previous_message") or {}, at_ms)
        if subtype == "message_replied":
            return await self._arrived(chat, event["message"], live=False)
        return [*await self._chat_before(chat), *await self._arrived(chat, event, live=True)]

    async def _changed(self, chat: str, message: Json, previous: Json, at_ms: int) -> list[Event]:
        if message.get("subtype") == "tombstone":
            return [MessageRemoved(chat=chat, provider_id=str(message["ts"]), at_ms=at_ms)]
        arrived = await self._arrived(chat, message, live=False)
        is_edited = message.get("edited") and message["edited"] != previous.get("edited")
        says_else = bool(previous) and said_in(message) != said_in(previous)  # an app's own update carries no mark of an edit
        if not is_edited and not says_else:
            return arrived  # a link was unfurled, a reply counted
        (fresh,) = arrived
        assert isinstance(fresh, MessageArrived)
        return [MessageChanged(chat=chat, provider_id=fresh.provider_id, at_ms=fresh.edited_at_ms or at_ms, text=fresh.text)]

    async def _arrived(self, chat: str, raw: Json, *, live: bool) -> list[Event]:
        workspace = self._account.workspace
        await workspace.learn_of([raw])
        message = message_of(raw, chat, workspace.names, live=live)
        if message is None:
            raise ValueError("a message without ts")
        return [message]

    async def _chat_before(self, chat: str) -> list[Event]:
        """What the conversation is, when it was not seen before: its first message says only its id."""
        if chat in self._account.workspace.conversations:
            return []
        return await self._chat(chat, live=False)

    async def _chat(self, chat: str, *, live: bool = True) -> list[Event]:
        try:
            return [ChatChanged(info=await self._account.workspace.chat_info(chat, is_known=True, waits=False), live=live)]
        except (AccountError, NetworkError):
            raise
        except TrunklineError:
            return []

    async def reaction(self, event: Json, at_ms: int) -> list[Event]:
        """reaction_added, reaction_removed"""
        item = event["item"]
        if item.get("type") != "message":
            return []
        workspace = self._account.workspace
        await workspace.learn([str(event["user"])])
        return [
            ReactionChanged(
                chat=str(item["channel"]),
                provider_id=str(item["ts"]),
                at_ms=at_ms,
                sender=workspace.names.info(str(event["user"])),
                value=native_of(str(event["reaction"])),
                removed=event["type"] == "reaction_removed",
                several=True,
            )
        ]

    async def member(self, event: Json, at_ms: int) -> list[Event]:
        """member_joined_channel, member_left_channel"""
        if event["type"] == "member_left_channel" and event["user"] == self._account.own:
            return await self.gone(event, at_ms)
        return await self._chat(str(event["channel"]))

    async def opened(self, event: Json, at_ms: int) -> list[Event]:
        """A conversation was made, opened, joined, archived or given a name."""
        return await self._chat(_channel_of(event))

    async def gone(self, event: Json, at_ms: int) -> list[Event]:
        """We left it, or it was deleted. Slack says things again, also after we joined anew: what counts is how it is now."""
        chat = _channel_of(event)
        if await self._account.workspace.is_still_in(chat):
            return []
        self._account.workspace.conversations.pop(chat, None)
        return [ChatRemoved(chat=chat)]

    async def renamed(self, event: Json, at_ms: int) -> list[Event]:
        """channel_rename, group_rename"""
        chat, name = _channel_of(event), str(event["channel"]["name"])
        self._account.workspace.names.channels[chat] = name
        return [ChatChanged(info=ChatInfo(provider_id=chat, name=name))]

    async def marked(self, event: Json, at_ms: int) -> list[Event]:
        """im_marked and its like: read in another of Slack's apps."""
        stamp = event["ts"]
        if not is_stamp(stamp):
            raise ValueError("no ts")
        return [ReadUpTo(chat=str(event["channel"]), provider_id=stamp, at_ms=at_ms, person=None)]

    async def person(self, event: Json, at_ms: int) -> list[Event]:
        """user_change, team_join"""
        person = self._account.workspace.take_person(event["user"])
        return [] if person is None else [PersonChanged(info=person)]


TAKERS: dict[str, Taker] = {
    "message": Incoming.message,
    "reaction_added": Incoming.reaction,
    "reaction_removed": Incoming.reaction,
    "member_joined_channel": Incoming.member,
    "member_left_channel": Incoming.member,
    **{f"{kind}_rename": Incoming.renamed for kind in ("channel", "group")},
    **{f"{kind}_marked": Incoming.marked for kind in ("channel", "group", "im", "mpim")},
    **{f"{kind}_{what}": Incoming.opened for kind in ("channel", "group") for what in ("archive", "unarchive", "joined")},
    **dict.fromkeys(("im_created", "im_open", "group_open", "mpim_open", "mpim_joined"), Incoming.opened),
    **{f"{kind}_{what}": Incoming.gone for kind in ("channel", "group") for what in ("left", "deleted")},
    "user_change": Incoming.person,
    "team_join": Incoming.person,
}


def _channel_of(event: Json) -> str:
    channel = event["channel"]
    return str(channel["id"] if isinstance(channel, dict) else channel)


def _when(event: Json, payload: Json) -> int:
    """When it happened, in milliseconds: the event's own stamp, else the whole seconds of its delivery."""
    stamp = event.get("event_ts")
    if isinstance(stamp, str) and is_stamp(stamp):
        return ms_of(stamp)
    seconds = payload.get("event_time")
    return seconds * 1000 if isinstance(seconds, int) else 0


def _raw(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
