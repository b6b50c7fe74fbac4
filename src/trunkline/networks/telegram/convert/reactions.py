"""Reactions: Telegram says what stands now; what changed is told by what stood before."""

from collections.abc import Iterable

from trunkline.contract.events import ReactionChanged, ReactionInfo
from trunkline.networks.telegram.convert.ids import message_id
from trunkline.networks.telegram.convert.known import Known, Remembered


def changed_reactions(
    chat: str, number: int, standing: tuple[ReactionInfo, ...], known: Known, at_ms: int
) -> Iterable[ReactionChanged]:
    """What changed, remembered as the new standing. Of a message not seen in this session nothing stood before.

    A person who has several reactions (premium) has those that stand beside one another marked so.
    """
    seen = known.message(chat, number)
    before = () if seen is None else seen.reactions
    still = {each.sender for each in standing}
    if seen is None:
        known.note(chat, number, Remembered(sender="", text=None, reactions=standing))
    else:
        seen.reactions = standing
    gone = [each for each in before if each not in standing and (each.sender not in still or _has_several(each.sender, before))]
    fresh = [each for each in standing if each not in before]
    return [
        *(_change(chat, number, each, known, at_ms, removed=True) for each in gone),
        *(_change(chat, number, each, known, at_ms, several=_has_several(each.sender, standing)) for each in fresh),
    ]


def _has_several(sender: str, reactions: tuple[ReactionInfo, ...]) -> bool:
    return sum(each.sender == sender for each in reactions) > 1


def _change(
    chat: str, number: int, reaction: ReactionInfo, known: Known, at_ms: int, *, removed: bool = False, several: bool = False
) -> ReactionChanged:
    return ReactionChanged(
        chat=chat,
        provider_id=message_id(chat, number),
        at_ms=at_ms,
        sender=known.person(reaction.sender),
        value=reaction.value,
        removed=removed,
        several=several,
    )
