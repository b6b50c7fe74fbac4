"""The own users: the person whose accounts these are, on each network."""

from dataclasses import dataclass

from trunkline.contract.events import PersonInfo
from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.world.provider_ids import person_id

_NAMES = ("Alex Morgan", "Robin Keller", "Noa Lindqvist", "Sam Okafor")


@dataclass(frozen=True)
class OwnUser:
    """An own user; `params` is what the wire shows of the account (unipile-v1 5.7)."""

    name: str
    info: PersonInfo
    params: dict[str, object]


def own_user(account_type: AccountType, number: int) -> OwnUser:
    """The `number`th own user of a network, from 1 on."""
    name = _NAMES[(number - 1) % len(_NAMES)] + ("" if number <= len(_NAMES) else f" {number}")
    identity = person_id(account_type, f"own {number}")
    handle = name.lower().replace(" ", ".")
    info = PersonInfo(provider_id=identity, name=name, is_self=True, picture=f"avatar-{handle}")
    return OwnUser(name, info, _params(account_type, identity, handle))


def _params(account_type: AccountType, identity: str, handle: str) -> dict[str, object]:
    match account_type:
        case "WHATSAPP":
            return {"im": {"phone_number": "+" + identity.partition("@")[0]}}
        case "TELEGRAM":
            return {"im": {"user_id": identity, "username": handle.replace(".", "_")}}
        case "SLACK":
            team = {"team": "Northwind", "team_id": "T0NORTHWIND"}
            return {"im": {"url": "https://northwind.slack.com/", "user": handle, "user_id": identity} | team}
        case "LINKEDIN":
            premium: dict[str, object] = {"premiumId": None, "premiumContractId": None, "organizations": []}
            return {"im": {"id": identity, "username": handle, "publicIdentifier": handle.replace(".", "-")} | premium}
        case _:
            return {"im": {"id": identity, "username": handle}}
