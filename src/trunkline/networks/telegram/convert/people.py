"""Users, and chats where they speak as themselves, as people."""

from typing import Any

from msgspec import UNSET, UnsetType

from trunkline.contract.events import PersonInfo
from trunkline.networks.telegram.convert.ids import entity_id


def person_of(entity: Any) -> PersonInfo:
    """A User, or the Channel or Chat that speaks in its own name."""
    provider_id = entity_id(entity)
    username = username_of(entity)
    phone = getattr(entity, "phone", None)
    return PersonInfo(
        provider_id=provider_id,
        name=name_of(entity),
        is_self=bool(getattr(entity, "is_self", False)),
        public_identifier=username or UNSET,
        profile_url=f"https://t.me/{username}" if username else UNSET,
        picture=picture_of(entity),
        specifics={"phone_number": f"+{phone}"} if phone else UNSET,
    )


def name_of(entity: Any) -> str | None:
    """What Telegram's own apps show; None where there is nothing, as for a deleted account."""
    title = getattr(entity, "title", None)
    if title is not None:
        return str(title)
    parts = (getattr(entity, "first_name", None), getattr(entity, "last_name", None))
    return " ".join(part for part in parts if part) or username_of(entity)


def username_of(entity: Any) -> str | None:
    """The user name, or the first active one of several."""
    if getattr(entity, "username", None):
        return str(entity.username)
    active = (each.username for each in getattr(entity, "usernames", None) or () if each.active)
    return next(active, None)


def picture_of(entity: Any) -> str | None | UnsetType:
    """A ref of the picture; None where there is none, UNSET where the entity is too short to tell."""
    if getattr(entity, "min", False):
        return UNSET
    number = getattr(getattr(entity, "photo", None), "photo_id", None)
    return None if number is None else f"{entity_id(entity)}/{number}"
