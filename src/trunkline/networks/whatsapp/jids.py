"""WhatsApp's addresses: a person by phone number (`4917...@s.whatsapp.net`) or hidden number (`123@lid`), a group (`@g.us`)."""

import re

_PHONE = "@s.whatsapp.net"
_FORM = re.compile(r"[0-9]{3,20}@(s\.whatsapp\.net|lid)|[0-9-]{3,40}@g\.us")


def plain_jid(jid: str) -> str:
    """The address without its device: `4917:12@s.whatsapp.net` is `4917@s.whatsapp.net`. Older forms of it become today's."""
    user, _, server = jid.partition("@")
    if server in ("c.us", "hosted"):
        server = "s.whatsapp.net"
    if server == "hosted.lid":
        server = "lid"
    return f"{user.partition(':')[0].partition('_')[0]}@{server}" if server else user


def is_jid(text: str) -> bool:
    """Whether it is the address of a person or a group."""
    return _FORM.fullmatch(text) is not None


def is_person(jid: str) -> bool:
    """Whether it is a person's address."""
    return jid.endswith((_PHONE, "@lid"))


def is_lid(jid: str) -> bool:
    """Whether it is a hidden number."""
    return jid.endswith("@lid")


def is_group(jid: str) -> bool:
    """Whether it is a group's address."""
    return jid.endswith("@g.us")


def is_channel(jid: str) -> bool:
    """Whether it is a channel's address."""
    return jid.endswith("@newsletter")


def is_chat(jid: str) -> bool:
    """Whether messages to this address make a chat. Status updates and broadcast lists do not."""
    return is_person(jid) or is_group(jid) or is_channel(jid)


def person_of(text: str) -> str | None:
    """The address of a person who was named by address or phone number; None for anything else."""
    if is_person(text) and is_jid(text):
        return text
    digits = re.sub(r"[\s().-]", "", text).removeprefix("+")
    return f"{digits}{_PHONE}" if re.fullmatch(r"[0-9]{7,15}", digits) else None


def phone_of(jid: str) -> str | None:
    """The phone number in an address, with a plus; None where it shows none."""
    return "+" + jid.removesuffix(_PHONE) if jid.endswith(_PHONE) else None
