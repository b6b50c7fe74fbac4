"""The world `small`: one circle per network."""

from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.seed import whatsapp
from trunkline.networks.sandbox.seed.story import Circle

SMALL: dict[AccountType, Circle] = {
    "WHATSAPP": whatsapp.CIRCLE,
}
