"""The people and channels of a workspace, as far as they are known: names for texts and senders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trunkline.contract.events import PersonInfo

SLACKBOT = "USLACKBOT"


@dataclass
class Names:
    """Who is who, for one account. own: our user's id."""

    own: str
    people: dict[str, PersonInfo] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)

    def person(self, user: str) -> str | None:
        """A person's name, None while unknown."""
        known = self.people.get(user)
        return known.name if known is not None and isinstance(known.name, str) else None

    def channel(self, channel: str) -> str | None:
        """A channel's name without its hash, None while unknown."""
        return self.channels.get(channel)

    def info(self, user: str) -> PersonInfo:
        """A person, with what is known of them."""
        return self.people.get(user) or PersonInfo(provider_id=user, is_self=user == self.own)

    def sender(self, raw: Mapping[str, Any]) -> PersonInfo:
        """Who said a message. An app that speaks for itself is known by its bot id."""
        user = raw.get("user")
        if isinstance(user, str) and user:
            return self.info(user)
        bot = str(raw.get("bot_id") or SLACKBOT)
        name = raw.get("username")
        return PersonInfo(provider_id=bot, name=name) if isinstance(name, str) and name else self.info(bot)

    def mentionable(self) -> dict[str, str]:
        """Ids by the names that mean one person only: display names and user names."""
        found: dict[str, str | None] = {}
        for person in self.people.values():
            for name in {person.name, person.public_identifier}:
                if isinstance(name, str) and name:
                    found[name] = None if found.get(name, person.provider_id) != person.provider_id else person.provider_id
        return {name: user for name, user in found.items() if user is not None}
