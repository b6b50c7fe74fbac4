"""Writing a seeded circle into the world: the own user, the people, the chats, and their messages in the order of time."""

from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from trunkline.contract.events import ChatInfo, FileInfo, PersonInfo, ReactionInfo
from trunkline.model.chat import ChatType
from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.seed.own_users import own_user
from trunkline.networks.sandbox.seed.pictures import avatar
from trunkline.networks.sandbox.seed.profiles import profile
from trunkline.networks.sandbox.seed.story import ME, Circle, Line, SeedFile, Story
from trunkline.networks.sandbox.world import accounts, chats, files, messages, people
from trunkline.networks.sandbox.world.accounts import Account
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.files import Kept
from trunkline.networks.sandbox.world.messages import Draft
from trunkline.networks.sandbox.world.people import Person
from trunkline.networks.sandbox.world.provider_ids import direct_chat_id, group_id

_MINUTE_MS = 60_000
_INMAIL_CREDITS = 3
_WITH_ADMINISTRATORS = ("WHATSAPP", "TELEGRAM")
"""Networks where a group's members are changed by those who rule it."""


@dataclass(frozen=True)
class _Planned:
    """A line with its chat and time."""

    story: int
    line: int
    at_ms: int


def plant(change: Change, account_type: AccountType, number: int, circle: Circle) -> Account:
    """Make the `number`th own user of a network with everything around them."""
    own = own_user(account_type, number)
    account = accounts.add(change, account_type, number, identity=own.info.provider_id, name=own.name, params=own.params)
    change.run("UPDATE account SET credits = ? WHERE key = ?", _INMAIL_CREDITS, account.key)
    cast = {ME: own.info} | {role.key: profile(account_type, number, role) for role in circle.roles}
    _keep_picture(change, own.info)
    people.add(change, account.key, Person(own.info, answers=False))
    for role in circle.roles:
        info = cast[role.key]
        _keep_picture(change, info)
        people.add(change, account.key, Person(info, role.answers, role.distance), _names(info))
    chat_ids = [_add_chat(change, account, story, cast) for story in circle.stories]
    _say_all(change, account, circle, cast, chat_ids)
    for story, chat in zip(circle.stories, chat_ids, strict=True):
        chats.set_unread(change, account.key, chat, story.unread)
    return account


def _names(info: PersonInfo) -> tuple[str, ...]:
    """Further ways to name a person: user name, phone number."""
    names = [info.public_identifier] if isinstance(info.public_identifier, str) else []
    specifics = info.specifics if isinstance(info.specifics, dict) else {}
    phones = [specifics["phone_number"]] if "phone_number" in specifics else []
    return tuple(names + [f"@{name}" for name in names] + phones)


def _keep_picture(change: Change, info: PersonInfo) -> None:
    if isinstance(info.picture, str):
        files.keep(change, Kept(info.picture, "image/png", None, avatar(info.picture)))


def _add_chat(change: Change, account: Account, story: Story, cast: dict[str, PersonInfo]) -> str:
    everybody = tuple(cast[key].provider_id for key in (ME, *story.people))
    facts: dict[str, Any] = dict(story.facts)
    kind: ChatType = (0, 1, 2)[story.kind]
    peer: str | UnsetType = UNSET
    if kind == 0:
        peer = everybody[1]
        name = direct_chat_id(
            account.account_type, account.identity, peer + str(facts.get("subject", "")) if "subject" in facts else peer
        )
    else:
        name = group_id(account.account_type, f"{account.number} {story.title}")
    if story.picture:
        facts["picture"] = f"group-{name}"
        files.keep(change, Kept(facts["picture"], "image/png", None, avatar(name)))
    if kind == 0 and account.account_type == "INSTAGRAM":
        facts["name"] = cast[story.people[0]].name
    info = ChatInfo(**({"provider_id": name, "type": kind, "name": story.title, "peer": peer} | facts))
    owner = cast[story.owner].provider_id if kind != 0 and account.account_type in _WITH_ADMINISTRATORS else None
    chats.add(change, account.key, info, everybody, active_ms=change.now_ms - round(story.ago * _MINUTE_MS), owner=owner)
    return name


def _say_all(change: Change, account: Account, circle: Circle, cast: dict[str, PersonInfo], chat_ids: list[str]) -> None:
    said: dict[tuple[int, int], str] = {}
    for planned in sorted(_planned(change, circle), key=lambda planned: (planned.at_ms, planned.story, planned.line)):
        line = circle.stories[planned.story].lines[planned.line]
        above = {
            name: said[planned.story, planned.line - up]
            for name, up in (("quote", line.quote), ("thread", line.thread))
            if up is not None
        }
        draft = Draft(
            chat=chat_ids[planned.story], sender=_sender(line, cast), text=line.text,
            files=tuple(_file(change, file) for file in line.files), at_ms=planned.at_ms,
            quote=above.get("quote"), thread=above.get("thread"), extra=_extra(line, cast),
        )  # fmt: skip
        said[planned.story, planned.line] = messages.put(change, account, draft).provider_id


def _planned(change: Change, circle: Circle) -> list[_Planned]:
    planned = []
    for number, story in enumerate(circle.stories):
        at_ms = change.now_ms - round(story.ago * _MINUTE_MS)
        for index in range(len(story.lines) - 1, -1, -1):
            planned.append(_Planned(number, index, at_ms))
            at_ms -= round(story.lines[index].gap * _MINUTE_MS)
    return planned


def _sender(line: Line, cast: dict[str, PersonInfo]) -> PersonInfo:
    info = cast[line.who]
    if line.as_lid and info.also:
        return PersonInfo(provider_id=info.also[0], name=info.name, also=(info.provider_id,))
    return PersonInfo(provider_id=info.provider_id, name=info.name, is_self=info.is_self)


def _extra(line: Line, cast: dict[str, PersonInfo]) -> tuple[tuple[str, object], ...]:
    given = tuple(ReactionInfo(value=emoji, sender=cast[who].provider_id) for who, emoji in line.reactions)
    return tuple((line.extra | ({"reactions": given} if given else {})).items())


def _file(change: Change, file: SeedFile) -> FileInfo:
    data = None if file.make is None else file.make()
    ref = None
    if data is not None:
        ref = f"seeded-{file.file_name}"
        files.keep(change, Kept(ref, file.media_type, file.file_name, data))
    return FileInfo(
        type=file.type, ref=ref, media_type=file.media_type, file_name=file.file_name, size=None if data is None else len(data),
        width=file.width, height=file.height, seconds=file.seconds, sticker=file.sticker, voice_note=file.voice_note,
    )  # fmt: skip
