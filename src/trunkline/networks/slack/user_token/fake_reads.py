"""The reads that the emulator has not, or not whole: answered from what it has."""

from typing import Any, Protocol

Json = dict[str, Any]

KINDS = "public_channel,private_channel,im,mpim"
LISTED_BY = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


class Asks(Protocol):
    """The front, as far as it is needed here."""

    state: Any

    async def ask(self, token: str, method: str, **form: Any) -> Json:
        """A call to the emulator itself."""
        ...


class Reads:
    """Answers one call."""

    def __init__(self, front: Asks) -> None:
        self._front = front

    async def answer(self, token: str, method: str, form: Json) -> Json:
        """What Slack would say."""
        match method:
            case "users.conversations":
                return await self._conversations(token, form)
            case "conversations.history":
                return await self._with_threads(token, form, await self._history(token, form))
            case "conversations.replies":
                return await self._replies(token, form)
            case "conversations.info":
                return await self._info(token, form)
        return await self._front.ask(token, method, **form)

    async def unread(self, token: str, chat: str) -> int:
        """How many messages of others come after the read mark."""
        who = await self._front.ask(token, "auth.test")
        info = await self._front.ask(token, "conversations.info", channel=chat)
        page = await self._front.ask(token, "conversations.history", channel=chat, limit=1000)
        last_read = info["channel"].get("last_read") or ""
        return sum(each["ts"] > last_read and each["user"] != who["user_id"] for each in page["messages"])

    async def _conversations(self, token: str, form: Json) -> Json:
        for kind in str(form.get("types", KINDS)).split(","):
            if LISTED_BY[kind] not in self._front.state.scopes:
                return {"ok": False, "error": "missing_scope", "needed": LISTED_BY[kind]}
        listed = await self._front.ask(
            token,
            "conversations.list",
            types=form.get("types", KINDS),
            limit=form.get("limit", 100),
            cursor=form.get("cursor", ""),
            exclude_archived=form.get("exclude_archived", "false"),
        )
        if listed.get("ok"):
            listed["channels"] = [each for each in listed["channels"] if each.get("is_member") or each.get("is_im")]
        return listed

    async def _history(self, token: str, form: Json) -> Json:
        """With `oldest`, `latest` and `inclusive`, which the emulator ignores; at most `limit` from the newest on."""
        plain = {name: form[name] for name in ("channel", "cursor") if name in form}
        limit = int(form.get("limit", 100))
        state = self._front.state
        if form.get("channel") in state.unreadable:
            return {"ok": False, "error": "missing_scope", "needed": "im:history"}
        is_narrow = "oldest" in form or "latest" in form or state.forgotten is not None
        if not is_narrow:
            return await self._front.ask(token, "conversations.history", limit=limit, **plain)
        if "oldest" not in form and state.forgotten is None:
            return await self._before(token, form, limit)
        found: list[Json] = []
        cursor = ""
        while True:
            page = await self._front.ask(token, "conversations.history", limit=1000, cursor=cursor, channel=form.get("channel"))
            if not page.get("ok"):
                return page
            found += page["messages"]
            cursor = page["response_metadata"]["next_cursor"]
            if not cursor:
                break
        kept = [each for each in found if self._is_inside(each["ts"], form) and each["ts"] not in state.unshown]
        state.unshown -= {each["ts"] for each in found}
        kept = [each | state.garbled.get(each["ts"], {}) for each in kept]
        if (forgotten := state.forgotten) is not None:
            kept = [each for each in kept if each["ts"] > forgotten]
        answer: Json = {
            "ok": True,
            "messages": kept[:limit],
            "has_more": len(kept) > limit,
            "response_metadata": {"next_cursor": ""},
        }
        if forgotten is not None:
            answer["is_limited"] = True
        return answer

    async def _with_threads(self, token: str, form: Json, answer: Json) -> Json:
        """What Slack says of a thread at its first message; the emulator keeps the count of replies that are gone."""
        for message in answer.get("messages", ()):
            if not message.pop("reply_count", 0):
                continue
            message.pop("reply_users", None)
            page = await self._front.ask(token, "conversations.replies", channel=form.get("channel"), ts=message["ts"])
            if replies := [each for each in page["messages"] if each["ts"] != message["ts"]]:
                message |= {
                    "thread_ts": message["ts"],
                    "reply_count": len(replies),
                    "latest_reply": max(each["ts"] for each in replies),
                    "reply_users": list(dict.fromkeys(each["user"] for each in replies)),
                }
        return answer

    async def _before(self, token: str, form: Json, limit: int) -> Json:
        """The messages before `latest`, from the emulator's own page that begins there."""
        latest = str(form["latest"])
        page = await self._front.ask(
            token, "conversations.history", channel=form.get("channel"), cursor=latest, limit=limit + 1
        )
        if not page.get("ok"):
            return page
        kept = [each for each in page["messages"] if self._is_inside(each["ts"], form)]
        is_more = len(kept) > limit or bool(page["has_more"])
        return {"ok": True, "messages": kept[:limit], "has_more": is_more, "response_metadata": {"next_cursor": ""}}

    async def _replies(self, token: str, form: Json) -> Json:
        answer = await self._front.ask(token, "conversations.replies", channel=form.get("channel"), ts=form.get("ts"))
        if answer.get("ok"):
            answer["messages"] = [
                each for each in answer["messages"] if each["ts"] == form.get("ts") or self._is_inside(each["ts"], form)
            ]
        return answer

    async def _info(self, token: str, form: Json) -> Json:
        answer = await self._front.ask(token, "conversations.info", channel=form.get("channel"))
        if answer.get("ok"):
            answer["channel"]["unread_count_display"] = await self.unread(token, str(form.get("channel")))
        return answer

    @staticmethod
    def _is_inside(stamp: str, form: Json) -> bool:
        is_inclusive = str(form.get("inclusive", "")).lower() in ("1", "true")
        oldest, latest = str(form.get("oldest") or "0"), str(form.get("latest") or "9")
        if is_inclusive and stamp in (oldest, latest):
            return True
        return oldest < stamp < latest
