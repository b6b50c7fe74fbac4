"""What the unipile backend adds to a call: planning, the request, reading the answer, and on a write the books.

Rival: a bare httpx2 call that sends the same request to the same server and takes the same bytes, decoding nothing. The server
is a process of its own that answers with ready bytes; processor time is that of the caller's process, threads included.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from parts.measure import IS_FULL, Claim, Figures, turns
from parts.program import program
from trunkline.app import open_parts
from trunkline.gateway import first_run
from trunkline.gateway.gate import Gate
from trunkline.operations.administration import AddUnipileConnection
from trunkline.operations.chats import ListChatMessages, SendMessageInChat
from trunkline.operations.declaration import Operation
from trunkline.operations.messages import GetMessage
from trunkline.settings import read_settings
from trunkline.unipile.http import closed_client

PAGE = 100
ROUNDS = 60 if IS_FULL else 20
CALLS = 40
KEY = "bench"


@dataclass(frozen=True)
class Subject:
    """A call."""

    call: Callable[[], Awaitable[object]]

    async def go(self) -> float:
        """One round; gives seconds of processor time by the call."""
        start = time.process_time()
        for _ in range(CALLS):
            await self.call()
        return (time.process_time() - start) / CALLS


def message(number: int) -> dict[str, Any]:
    """A message as the wire has it."""
    return {
        "object": "Message", "id": f"m{number:021}", "account_id": "a", "chat_id": "c", "chat_provider_id": "c@x",
        "provider_id": f"{number}@x", "sender_id": "s@x", "sender_attendee_id": "s", "text": f"The {number}th text",
        "attachments": [], "timestamp": "2026-03-01T08:15:30.000Z", "is_sender": 0, "reactions": [], "seen": 1, "seen_by": {},
        "hidden": 0, "deleted": 0, "edited": 0, "is_event": 0, "delivered": 1, "behavior": None, "original": "{}",
    }  # fmt: skip


def answers() -> dict[str, Any]:
    """What the server answers, by method and path. One page has a message that is not to the letter, as newer servers write."""
    exact = [message(number) for number in range(PAGE)]
    odd = [*exact[:-1], {**exact[-1], "seen": True, "surprise": [1]}]
    return {
        "GET /api/v1/accounts": {"object": "AccountList", "items": [], "cursor": None},
        "GET /api/v1/chats/exact/messages": {"object": "MessageList", "items": exact, "cursor": None},
        "GET /api/v1/chats/odd/messages": {"object": "MessageList", "items": odd, "cursor": None},
        "GET /api/v1/messages/m": exact[0],
        "POST /api/v1/chats/exact/messages": {"object": "MessageSent", "message_id": "sent"},
    }


async def main() -> None:
    """Start the server, compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = folder / "answers.json"
        table.write_bytes(msgspec.json.encode(answers()))
        with program("ready_answers.py", str(table)) as (_, port):
            await compare(folder / "data", f"http://127.0.0.1:{port}")


async def compare(data: Path, url: str) -> None:
    """Each call by the backend and bare, in turns."""
    async with open_parts(read_settings({"data": str(data)}, {}), url) as parts:
        await first_run.set_up(parts.store, person="bench", connection="nothing", roads=())
        await parts.unipile.start()
        await compare_at(parts.gate, url)


async def compare_at(gate: Gate, url: str) -> None:
    """By that gate."""
    me = await gate.local_user()

    async def ask(operation: Operation[Any], pcid: str | None) -> bytes:
        reply = await gate.answer(me, operation, pcid=pcid, surface="cli")
        if reply.call is not None:
            await gate.answered(reply.call)
        assert isinstance(reply.body, bytes)
        return reply.body

    made = AddUnipileConnection(name="bench", dsn=url, api_key=KEY, effects=("read", "send"), mode="open")
    pcid = msgspec.json.decode(await ask(made, None))["pcid"]
    headers = {"x-api-key": KEY, "accept": "application/json"}
    async with closed_client() as client:

        async def bare(method: str, path: str, **body: Any) -> bytes:
            answer: httpx2.Response = await client.request(method, f"{url}/api/v1{path}", headers=headers, **body)
            return answer.content

        def by_backend(operation: Operation[Any]) -> Subject:
            return Subject(lambda: ask(operation, pcid))

        text = {"files": [("text", (None, b"Hello"))]}
        subjects = {
            "page": by_backend(ListChatMessages(chat_id="exact", limit=PAGE)),
            "page_bare": Subject(lambda: bare("GET", f"/chats/exact/messages?limit={PAGE}")),
            "page_not_to_the_letter": by_backend(ListChatMessages(chat_id="odd", limit=PAGE)),
            "page_not_to_the_letter_bare": Subject(lambda: bare("GET", f"/chats/odd/messages?limit={PAGE}")),
            "message": by_backend(GetMessage(message_id="m")),
            "message_bare": Subject(lambda: bare("GET", "/messages/m")),
            "send": by_backend(SendMessageInChat(chat_id="exact", text="Hello")),
            "send_bare": Subject(lambda: bare("POST", "/chats/exact/messages", **text)),
        }
        await measure(subjects)


async def measure(subjects: dict[str, Subject]) -> None:
    """All rounds, then the figures."""
    cpu = Figures(subjects)
    for subject in subjects.values():
        await subject.go()
    for name in turns(ROUNDS, list(subjects)):
        cpu.note(name, await subjects[name].go())
    print("processor time of a call, by the backend and bare")
    cpu.show()
    for name in (each for each in subjects if not each.endswith("_bare")):
        added = (cpu.median(name) - cpu.median(f"{name}_bare")) * 1e3
        print(Claim(f"added to a {name.replace('_', ' ')}", added, 1.5, unit=" ms"))


if __name__ == "__main__":
    asyncio.run(main())
