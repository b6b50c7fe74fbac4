"""What a road, an account or a chat can do, and up to which bounds. Frozen data, one polarity.

None = cannot. A value = can, up to its bounds. Each bound says where it comes from and when that was seen. The hub checks every
call against these *before* anything reaches a network, on the network's own clock: WhatsApp, for one, accepts a late edit
and ignores it, so that only a refusal of ours tells the truth (networks.md 4.0).
"""

from typing import Literal

from msgspec import Struct

from trunkline.model.networks import AccountType

Unit = Literal["characters", "utf16", "bytes", "ms", "count"]


class Bound(Struct, frozen=True, kw_only=True):
    """How far an ability goes. indicative: a guess good enough to refuse by, said so in the refusal."""

    value: int
    unit: Unit
    source: str
    seen: str
    """The date the source was seen, YYYY-MM-DD."""
    indicative: bool = False


Way = Literal["native", "resend"]


class Ability(Struct, frozen=True, kw_only=True):
    """Can, without bounds. verified: what the ability was tested against."""

    verified: Literal["fake", "counterpart", "real"] = "fake"
    note: str | None = None


class Text(Ability, frozen=True, kw_only=True):
    """Text, counted the way the network counts."""

    max_length: Bound | None = None


class Media(Ability, frozen=True, kw_only=True):
    """Files. types: patterns such as `image/*`; `*/*` is everything."""

    types: tuple[str, ...]
    max_size: Bound
    caption: Text | None = None


class Send(Ability, frozen=True, kw_only=True):
    """Sending in a chat, part by part. files_apart: several files become a message each, the text with the first."""

    text: Text
    attachments: Media | None = None
    max_attachments: Bound | None = None
    files_apart: bool = False
    voice: Media | None = None
    video: Media | None = None
    quote: Ability | None = None
    thread: Ability | None = None
    typing: Ability | None = None


class Start(Ability, frozen=True, kw_only=True):
    """Starting chats. group: several people at once. titled: whether a group takes a title."""

    group: Ability | None = None
    max_people: Bound | None = None
    empty_group: bool = False
    subject: bool = False
    titled: bool = True


class Edit(Ability, frozen=True, kw_only=True):
    """Editing own messages."""

    max_age: Bound | None = None
    caption: bool = False


class Delete(Ability, frozen=True, kw_only=True):
    """Deleting own messages for everybody."""

    max_age: Bound | None = None


class Reactions(Ability, frozen=True, kw_only=True):
    """Reacting. allowed: None means any native emoji. several: more than one by one person."""

    allowed: tuple[str, ...] | None = None
    several: bool = False
    remove: bool = True


class Forward(Ability, frozen=True, kw_only=True):
    """Forwarding. way `resend`: read and sent again by the hub, the mark is lost."""

    way: Way


class Dedupe(Struct, frozen=True, kw_only=True):
    """How an unclear send is settled (security.md 6.3).

    token: sent again with the same token, inside memory_ms; history: looked for among our own messages after settle_ms;
    none: stays unknown until an echo or a person settles it.
    """

    kind: Literal["token", "history", "none"]
    memory_ms: int = 0
    settle_ms: int = 0


class Capabilities(Struct, frozen=True, kw_only=True):
    """The sheet of one account type on one road; a session may narrow it for its account, a chat for itself."""

    account_type: AccountType
    dedupe: Dedupe
    send: Send | None = None
    start: Start | None = None
    edit: Edit | None = None
    delete: Delete | None = None
    react: Reactions | None = None
    forward: Forward | None = None
    delete_chat: Ability | None = None
    read: Ability | None = None
    mute: Ability | None = None
    archive: Ability | None = None
    pin: Ability | None = None
    add_participant: Ability | None = None
    remove_participant: Ability | None = None
    label: Ability | None = None
    invite_link: Ability | None = None
    history: Ability | None = None
    files: Ability | None = None
    pictures: Ability | None = None
    receipts: Ability | None = None
    """It tells who has read up to where: the others, and our own user on another device."""
    product: str | None = None
    """What refusals call it, where it is less than the network whose account type it has: `WhatsApp Business`."""
    withheld: dict[str, str] | None = None
    """What the network has and this account may not, by the names above and `attachments`: why, and what a person can do;
    half a sentence."""
