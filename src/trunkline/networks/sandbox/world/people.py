"""The people of the world, as one account sees them."""

from dataclasses import dataclass

import msgspec

from trunkline.contract.events import PersonInfo
from trunkline.networks.sandbox.world.change import Change, Read

_info = msgspec.json.Decoder(PersonInfo).decode


@dataclass(frozen=True)
class Person:
    """A person. answers: writes back when written to. distance: LinkedIn's, 1 for a contact."""

    info: PersonInfo
    answers: bool = True
    distance: int = 1

    @property
    def id(self) -> str:
        """Their provider id."""
        return self.info.provider_id

    @property
    def name(self) -> str:
        """Their name; the id where there is none."""
        return self.info.name if isinstance(self.info.name, str) else self.info.provider_id


def add(change: Change, account: int, person: Person, names: tuple[str, ...] = ()) -> None:
    """Put a person into an account's world; `names` are further ways to name them. A repeat replaces."""
    change.run(
        "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name, info = excluded.info,"
        " answers = excluded.answers, distance = excluded.distance",
        account, person.id, person.name, msgspec.json.encode(person.info), int(person.answers), person.distance,
    )  # fmt: skip
    for name in {*person.info.also, *names}:
        change.run("INSERT INTO alias VALUES (?, ?, ?) ON CONFLICT DO NOTHING", account, name, person.id)


def find(fetch: Read, account: int, name: str) -> Person | None:
    """A person by any of their ids: provider id, second id, user name or phone number."""
    rows = fetch(
        "SELECT info, answers, distance FROM person WHERE account = ?1 AND provider_id ="
        " coalesce((SELECT provider_id FROM alias WHERE account = ?1 AND name = ?2), ?2)",
        account, name,
    )  # fmt: skip
    return _person(rows[0]) if rows else None


def named(fetch: Read, account: int, name: str) -> list[Person]:
    """People of this very name, for those who play the world."""
    rows = fetch("SELECT info, answers, distance FROM person WHERE account = ? AND lower(name) = lower(?)", account, name)
    return [_person(row) for row in rows]


def listed(fetch: Read, account: int) -> list[Person]:
    """Everybody an account can see, by name."""
    rows = fetch("SELECT info, answers, distance FROM person WHERE account = ? ORDER BY name, provider_id", account)
    return [_person(row) for row in rows]


def members(fetch: Read, account: int, chats: list[str]) -> dict[str, list[PersonInfo]]:
    """Who is in each of these chats, by provider id."""
    found: dict[str, list[PersonInfo]] = {chat: [] for chat in chats}
    marks = ",".join("?" * len(chats))
    rows = fetch(
        "SELECT m.chat, p.info FROM member m JOIN person p ON p.account = m.account AND p.provider_id = m.person"
        f" WHERE m.account = ? AND m.chat IN ({marks}) ORDER BY m.chat, p.provider_id",
        account, *chats,
    )  # fmt: skip
    for chat, info in rows:
        found[chat].append(_info(info))
    return found


def _person(row: tuple[bytes, int, int]) -> Person:
    info, answers, distance = row
    return Person(_info(info), bool(answers), distance)
