"""What completes the picture beside a connection: groups, history that a restart cut off, messages that are wanted again."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

import msgspec

from trunkline.contract.events import PersonInfo
from trunkline.model.errors import TrunklineError
from trunkline.networks.whatsapp.books import Books
from trunkline.networks.whatsapp.linked import arriving, groups
from trunkline.networks.whatsapp.linked.process import CallFailed

_HISTORY_S = 300.0


class Connected(Protocol):
    """What is needed of a connection (link.py)."""

    @property
    def own(self) -> PersonInfo:
        """Our own user."""
        ...

    async def ask(self, method: str, call_s: float | None = None, **params: Any) -> Any:
        """Call the side process."""
        ...

    async def socket(self, name: str, what: str, *args: Any) -> Any:
        """Call a function of Baileys."""
        ...

    async def books(self, work: Any) -> Any:
        """Read or write the books."""
        ...


async def quietly(work: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
    """It may fail: what it brings comes with the next connect, or by itself."""
    try:
        await work(*args)
    except (TrunklineError, CallFailed):
        return


async def fetch_groups(link: Connected) -> None:
    """The groups that the account is in, whole."""
    found = await link.socket("groupFetchAllParticipating", "list the groups")
    own = link.own
    await link.books(lambda books: groups.take_all(books, own, list((found or {}).values()), live=False))


async def fetch_group(link: Connected, chat: str) -> None:
    """A group that was first heard of by a message."""
    found = await link.socket("groupMetadata", "read the group", chat)
    own = link.own
    await link.books(lambda books: groups.take_all(books, own, [found]))


async def fetch_history(link: Connected, due: Mapping[str, str]) -> None:
    """Parts of the pushed history that an earlier process did not come to store. Those that WhatsApp has no more are let go."""
    for name, notice in due.items():
        try:
            await link.ask("history", _HISTORY_S, id=name, notice=msgspec.json.decode(notice))
        except CallFailed as error:
            if error.status in (403, 404, 410):
                await link.books(_forgetting(f"{arriving.HISTORY_DUE}{name}"))


async def give(link: Connected, data: Mapping[str, Any]) -> None:
    """A device asks for a message again that it could not read."""
    number = (data.get("key") or {}).get("id") or ""
    message = await link.books(lambda books: books.raw_message(number))
    await link.ask("give", ask=data.get("ask"), message=message)


def _forgetting(fact: str) -> Any:
    def work(books: Books) -> None:
        books.drop_fact(fact)

    return work
