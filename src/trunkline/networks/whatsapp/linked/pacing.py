"""Writing to new people slowly. WhatsApp publishes no rate; a number that writes to many who never wrote to it gets banned.

New is who has no chat with the account. Each new person counts once in 24 hours, whether written to or put into a group.
Several in one request count as if they had been written to one after the other: the next one is due that much later.
"""

import json

from trunkline.model.errors import NotPossible, Throttled
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.linked.link import Link
from trunkline.networks.whatsapp.options import Options

_DAY_MS = 24 * 3_600_000
_WHY = "To keep the number from being banned,"


async def take(link: Link, people: tuple[str, ...]) -> None:
    """Take leave to write to these people, or to put them into a group. A repeat for the same people takes nothing more.

    Raises Throttled when it is too soon, and NotPossible for more new people than one day allows.
    """
    now, options, own = link.clock(), link.options, link.own.provider_id

    def work(books: Books) -> tuple[int, int]:
        # [when it counts as done, whom it was], oldest first
        taken: list[tuple[int, str]] = [
            (at, name) for at, name in json.loads(books.fact("new chats") or "[]") if at > now - _DAY_MS
        ]
        named = {name for _, name in taken}
        new = [each for each in dict.fromkeys(people) if each != own and each not in named and books.chat(each) is None]
        wait_ms = _wait_ms([at for at, _ in taken], len(new), now, options)
        if new and not wait_ms and len(new) <= options.new_chats_a_day:
            took = [(now + number * options.new_chat_gap_ms, each) for number, each in enumerate(new)]
            books.set_fact("new chats", json.dumps([*taken, *took]))
        return len(new), wait_ms

    new, wait_ms = await link.books(work)
    if new > options.new_chats_a_day:
        raise NotPossible(_too_many(new, options.new_chats_a_day))
    if wait_ms > 0:
        raise Throttled(_too_soon(new, wait_ms, options), retry_after_ms=wait_ms)


def _wait_ms(taken: list[int], new: int, now: int, options: Options) -> int:
    """How long until so many new people may be written to; 0 at once, and where they are more than any day allows."""
    if not new or not taken or new > options.new_chats_a_day:
        return 0
    too_many = len(taken) + new - options.new_chats_a_day
    day_ms = taken[too_many - 1] + _DAY_MS - now if too_many > 0 else 0
    return max(0, day_ms, taken[-1] + options.new_chat_gap_ms - now)


def _too_many(new: int, most: int) -> str:
    return (
        f"{_WHY} at most {most} people who never wrote to it are written to or put into a group in 24 hours; this names {new}"
        f" of them. Nothing was sent or changed. Name at most {most}, or do it in WhatsApp on the phone."
    )


def _too_soon(new: int, wait_ms: int, options: Options) -> str:
    gap = f"{options.new_chat_gap_ms // 1000} s apart"
    named = "1 new person" if new == 1 else f"{new} new people"
    return (
        f"{_WHY} people who never wrote to it are written to or put into a group at most {options.new_chats_a_day} times a day"
        f" and {gap}; this names {named}. Nothing was sent or changed; repeat it in {-(-wait_ms // 1000)} s."
    )
