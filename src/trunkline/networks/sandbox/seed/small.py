"""The world `small`: one circle per network."""

from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.seed import instagram, linkedin, messenger, slack, telegram, twitter, whatsapp
from trunkline.networks.sandbox.seed.story import Circle

SMALL: dict[AccountType, Circle] = {
    "WHATSAPP": whatsapp.CIRCLE,
    "LINKEDIN": linkedin.CIRCLE,
    "SLACK": slack.CIRCLE,
    "TWITTER": twitter.CIRCLE,
    "MESSENGER": messenger.CIRCLE,
    "INSTAGRAM": instagram.CIRCLE,
    "TELEGRAM": telegram.CIRCLE,
}
