"""What a chat's history holds, against what is stored of it: how deletions and reactions of an outage become known."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import UNSET

from trunkline.contract.events import HistoryShown, PersonInfo, ReactionChanged, ReactionInfo, ShownMessage
from trunkline.hub.ingest.batch import Batch
from trunkline.hub.ingest.message_facts import remove, take_reaction
from trunkline.store import chats, marks, messages
from trunkline.store.document import Document, decode
from trunkline.store.messages import StoredMessage


class _Stored(NamedTuple):
    row: StoredMessage
    document: Document


async def take(batch: Batch, event: HistoryShown) -> None:
    """Delete what is stored and was not shown, and bring reactions up to date. Makes neither chats nor messages."""
    known = await chats.by_provider_id(batch.tx, batch.account.no, event.chat)
    if known is None or known.removed:
        return
    shown = {each.provider_id: each for each in event.messages}
    rows = await messages.between(batch.tx, known.no, event.from_ms, event.to_ms)
    stored = [_Stored(row, decode(row.document)) for row in rows]
    threads = _threads(stored, await marks.awaited_parents(batch.tx, known.no))
    for each in stored:
        if each.row.deleted:
            continue
        if _is_gone(each.row.provider_id, shown, threads):
            await remove(batch, await batch.chat(event.chat), each.row, event.at_ms)
        elif (found := shown.get(each.row.provider_id)) is not None and found.reactions is not None:
            await _tell_of_reactions(batch, event, each, found.reactions)


def _threads(stored: Iterable[_Stored], awaited: Mapping[str, str]) -> Mapping[str, str | None]:
    """The thread that a stored message answers, by provider ids; None where it began before the time that is shown."""
    names = {row.id: row.provider_id for row, _ in stored}
    found: dict[str, str | None] = {}
    for row, document in stored:
        if document.parent is not UNSET:
            found[row.provider_id] = names.get(document.parent)
        elif row.id in awaited:
            found[row.provider_id] = None
    return found


def _is_gone(provider_id: str, shown: Mapping[str, ShownMessage], threads: Mapping[str, str | None]) -> bool:
    """Whether a stored message was deleted: it is not shown, and would be if it were still there.

    The replies of a thread that is itself gone are gone with it.
    """
    if provider_id in shown:
        return False
    if provider_id not in threads:
        return True
    thread = threads[provider_id]
    return thread is not None and (thread not in shown or shown[thread].with_replies)


async def _tell_of_reactions(batch: Batch, event: HistoryShown, stored: _Stored, standing: tuple[ReactionInfo, ...]) -> None:
    """Take each reaction that is new on a stored message, or gone from it, as if it had just happened."""
    before = {(each.sender_id, each.value) for each in stored.document.reactions}
    now = {(each.sender, each.value) for each in standing}
    for sender, value in sorted(before ^ now):
        made = ReactionChanged(
            chat=event.chat,
            provider_id=stored.row.provider_id,
            at_ms=event.at_ms,
            sender=PersonInfo(provider_id=sender),
            value=value,
            removed=(sender, value) in before,
            several=True,
        )
        await take_reaction(batch, made)
