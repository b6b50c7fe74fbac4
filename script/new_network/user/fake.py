"""Acme's wire, played in memory: what client.py asks, what happens, and what can go wrong.

It is the referee of the contract suite: `taken` holds what the network accepted. Play the network's real formats here.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from trunkline.model.times import Clock

TOKEN = "right-token"
OWN = {"id": "u-1", "name": "Alex Morgan"}
PEOPLE = [{"id": f"u-{number}", "name": name} for number, name in enumerate(("Maya", "Jonas", "Priya", "Wen"), 2)]
LONGEST = 2_000


class Fake:
    """A network of one own user and four people, each with a chat of six messages, two of them unread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead_ms = 0
        self._keys: set[str] = set()
        self._chats: dict[str, dict[str, Any]] = {}
        self._log: list[dict[str, Any]] = []
        self._forgotten = 0
        self._held: list[dict[str, Any]] = []
        self._faults: dict[str, list[int]] = {}
        self._sent: dict[str, dict[str, Any]] = {}
        self._news = asyncio.Event()
        self._number = 0
        self.taken: list[dict[str, Any]] = []
        for person in PEOPLE:
            chat = f"c-{person['id']}"
            self._chats[chat] = {"id": chat, "members": [OWN, person], "unread": 2, "messages": []}
            for number in range(6):
                self._keep(chat, OWN if number % 2 else person, f"Message {number}")

    def now(self) -> int:
        """The network's clock."""
        return self._clock() + self._ahead_ms

    async def ask(self, method: str, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """A request and its answer, or what goes wrong."""
        if method == "login":
            return self._log_in(values["token"])
        if key not in self._keys:
            return {"error": "logged_out"}
        if method == "hello":
            if self._goes_wrong("restricted"):
                return {"error": "restricted"}
            return {"own": OWN, "position": len(self._log)}
        if method == "events":
            return await self._events(key, values["after"])
        if method == "chats":
            return self._page(values["start"], values["count"])
        if values["chat"] not in self._chats:
            return {"error": "no_chat"}
        if method == "history":
            return self._history(self._chats[values["chat"]]["messages"], values["before"], values["count"])
        return self._send(values)

    def write(self, chat: str, text: str | None, *, own: bool = False) -> str:
        """Somebody writes, or our own user on another device; gives the message's id."""
        sender = OWN if own else self._chats[chat]["members"][1]
        message = self._keep(chat, sender, text or "")
        if not own:
            self._chats[chat]["unread"] += 1
        self.happen(message)
        return str(message["id"])

    def edit(self, chat: str, message: str, text: str) -> None:
        """Somebody edits a message of theirs."""
        for each in self._chats[chat]["messages"]:
            if each["id"] == message:
                each["text"] = text
        self.happen({"type": "edited", "chat": chat, "id": message, "at_ms": self.now(), "text": text})

    def delete(self, chat: str, message: str) -> None:
        """Somebody deletes a message of theirs."""
        kept = self._chats[chat]["messages"]
        kept[:] = [each for each in kept if each["id"] != message]
        self.happen({"type": "deleted", "chat": chat, "id": message, "at_ms": self.now()})

    def happen(self, event: dict[str, Any]) -> None:
        """Something happens: listeners hear of it, in order, unless a fault says otherwise."""
        held = self._faults.get("reordered_events", [])
        if held:
            self._held.append(event)
            held.pop()
            if held:
                return
            self._log += reversed(self._held)
            self._held = []
        else:
            self._log += [event, event] if self._goes_wrong("duplicate_events") else [event]
        self._ring()

    def fault(self, kind: str, count: int, ms: int) -> None:
        """Let something go wrong the next times."""
        if kind == "logged_out":
            self._keys.clear()
        self._faults.setdefault(kind, []).extend([ms] * count)
        self._ring()

    def forget(self) -> None:
        """Nobody can ask any more for what happened so far."""
        self._forgotten = len(self._log)

    def move(self, by_ms: int) -> None:
        """Move the clock."""
        self._ahead_ms += by_ms

    def unread(self, chat: str) -> int:
        """Unread messages of a chat."""
        return int(self._chats[chat]["unread"])

    def _log_in(self, token: str) -> dict[str, Any]:
        if token != TOKEN:
            return {"error": "wrong_token"}
        key = f"session-key-{len(self._keys)}-{self.now()}"
        self._keys.add(key)
        return {"own": OWN, "key": key}

    async def _events(self, key: str, after: int) -> dict[str, Any]:
        while True:
            if key not in self._keys:
                return {"error": "logged_out"}
            if self._goes_wrong("dropped_link"):
                raise ConnectionResetError
            if after < self._forgotten:
                gap = {"from_ms": 0, "to_ms": self.now()}
                return {"gap": gap, "position": self._forgotten}
            if after < len(self._log):
                return {"event": self._log[after], "position": after + 1}
            await self._news.wait()

    def _page(self, start: int, count: int) -> dict[str, Any]:
        shown = [{**chat, "active_at_ms": chat["messages"][-1]["at_ms"]} for chat in self._chats.values()]
        shown.sort(key=lambda chat: chat["active_at_ms"], reverse=True)
        return {"chats": shown[start : start + count], "more": len(shown) > start + count}

    def _history(self, messages: list[dict[str, Any]], before: int | None, count: int) -> dict[str, Any]:
        older = [each for each in reversed(messages) if before is None or each["number"] < before]
        return {"messages": older[:count], "more": len(older) > count}

    def _send(self, values: Mapping[str, Any]) -> dict[str, Any]:
        if self._goes_wrong("not_reached"):
            raise ConnectionRefusedError
        if self._goes_wrong("lost_request"):
            raise TimeoutError
        if waits := self._faults.pop("rate_limited", []):
            return {"error": "slow_down", "retry_after_ms": waits[0]}
        if not values["text"].strip():
            return {"error": "empty"}
        if len(values["text"]) > LONGEST:
            return {"error": "too_long"}
        token = values["token"]
        if token not in self._sent:
            message = self._sent[token] = self._keep(values["chat"], OWN, values["text"], token)
            taken = {"kind": "send", "token": token, "chat": values["chat"], "provider_id": message["id"]}
            self.taken.append({**taken, "command": {"text": values["text"]}})
            self.happen(message)
        if self._goes_wrong("lost_answer"):
            raise TimeoutError
        return {"message": self._sent[token]}

    def _keep(self, chat: str, sender: dict[str, str], text: str, token: str | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"type": "message", "chat": chat, "id": f"m-{self._number}", "number": self._number, "from": sender}
        message |= {"at_ms": self.now(), "text": text}
        if token is not None:
            message["token"] = token
        self._chats[chat]["messages"].append(message)
        return message

    def _goes_wrong(self, kind: str) -> bool:
        waiting = self._faults.get(kind)
        if not waiting:
            return False
        waiting.pop()
        return True

    def _ring(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
