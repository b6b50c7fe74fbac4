"""What each network shows of a person."""

from typing import Any

from trunkline.contract.events import PersonInfo
from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.seed.story import Role
from trunkline.networks.sandbox.world.provider_ids import lid, person_id

_DISTANCES = {1: "DISTANCE_1", 2: "DISTANCE_2", 3: "DISTANCE_3"}


def profile(account_type: AccountType, number: int, role: Role) -> PersonInfo:
    """A person as the `number`th own user of the network sees them. LinkedIn's ids differ from viewer to viewer."""
    handle = role.name.lower().replace(" ", ".").replace("'", "")
    name = f"{role.name} {number}" if account_type == "LINKEDIN" else role.name
    known: dict[str, Any] = {"provider_id": person_id(account_type, name), "name": role.name}
    if role.picture:
        known["picture"] = f"avatar-{handle}"
    match account_type:
        case "WHATSAPP":
            phone = "+" + known["provider_id"].partition("@")[0]
            known["public_identifier"] = known["provider_id"]
            known["specifics"] = {"provider": "WHATSAPP", "phone_number": phone}
            if role.lid:
                known["also"] = (lid(role.name),)
                known["specifics"]["lid"] = lid(role.name)
        case "TELEGRAM":
            known["public_identifier"] = handle.replace(".", "_")
            known["profile_url"] = f"https://t.me/{handle.replace('.', '_')}"
            known["specifics"] = {"provider": "TELEGRAM", "phone_number": f"+4479{known['provider_id'][-8:]}"}
        case "SLACK":
            known["public_identifier"] = handle
        case "LINKEDIN":
            public = handle.replace(".", "-")
            known["public_identifier"] = public
            known["profile_url"] = f"https://www.linkedin.com/in/{public}"
            known["specifics"] = {
                "provider": "LINKEDIN", "member_urn": f"urn:li:member:{sum(map(ord, handle)) * 7919}", "headline": role.about,
                "network_distance": _DISTANCES[role.distance],
            }  # fmt: skip
        case "INSTAGRAM":
            known["public_identifier"] = handle
            known["profile_url"] = f"https://www.instagram.com/{handle}"
            status = {"following": True, "followed_by": role.answers}
            known["specifics"] = {"provider": "INSTAGRAM", "public_identifier": handle, "relationship_status": status}
        case "TWITTER":
            known["public_identifier"] = handle.replace(".", "")
            known["profile_url"] = f"https://x.com/{handle.replace('.', '')}"
        case "MESSENGER":
            known["profile_url"] = f"https://www.facebook.com/{handle}"
    return PersonInfo(**known)
