"""A person as seen from one account. Source: unipile-v1 5.5."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from trunkline.model.message import Flag


class ChatAttendee(Struct, frozen=True, kw_only=True):
    """`provider_id` is the value to use in `attendees_ids`; `name` is the provider id where no name is known."""

    object: Literal["ChatAttendee"] = "ChatAttendee"
    id: str
    account_id: str
    provider_id: str
    name: str
    is_self: Flag = 0
    hidden: Flag | UnsetType = UNSET
    picture_url: str | UnsetType = UNSET
    profile_url: str | UnsetType = UNSET
    specifics: dict[str, Any] | UnsetType = UNSET
    public_identifier: str | UnsetType = UNSET
