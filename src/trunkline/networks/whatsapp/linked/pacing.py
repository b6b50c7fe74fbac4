"""Writing to new people slowly. WhatsApp publishes no rate; a number that writes to many who never wrote to it gets banned."""

import json

from trunkline.model.errors import Throttled
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.linked.link import Link

_DAY_MS = 24 * 3_600_000


async def take(link: Link, people: tuple[str, ...], token: str) -> None:
    """Take leave to write to these people; those who are known by a chat need none. Raises Throttled when it is too soon.

    The same token takes it once, however often it is repeated.
    """
    now, options = link.clock(), link.options

    def work(books: Books) -> int:
        new = sum(1 for person in people if books.chat(person) is None)
        taken: list[tuple[int, str]] = [
            (at, name) for at, name in json.loads(books.fact("new chats") or "[]") if at > now - _DAY_MS
        ]
        if not new or any(name == token for _, name in taken):
            return 0
        if len(taken) + new > options.new_chats_a_day and taken:
            return taken[0][0] + _DAY_MS - now
        if taken and taken[-1][0] + options.new_chat_gap_ms > now:
            return taken[-1][0] + options.new_chat_gap_ms - now
        books.set_fact("new chats", json.dumps([*taken, *([(now, token)] * new)]))
        return 0

    wait_ms = await link.books(work)
    if wait_ms > 0:
        raise Throttled(
            f"To keep the number from being banned, new people are written to at most {options.new_chats_a_day} times a day and"
            f" {options.new_chat_gap_ms // 1000} s apart. Nothing was sent; repeat it in {-(-wait_ms // 1000)} s.",
            retry_after_ms=wait_ms,
        )
