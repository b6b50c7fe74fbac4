"""What each simulated network can do, and how far: one file per account type.

Limits are the real networks', with their public sources; a marked guess is `indicative`. "Capability table" means the published
tables of the open bridges for that network, a second witness and no official word.
"""

from trunkline.contract.capabilities import Capabilities
from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.sheets.instagram import INSTAGRAM
from trunkline.networks.sandbox.sheets.linkedin import LINKEDIN
from trunkline.networks.sandbox.sheets.messenger import MESSENGER
from trunkline.networks.sandbox.sheets.slack import SLACK
from trunkline.networks.sandbox.sheets.telegram import TELEGRAM
from trunkline.networks.sandbox.sheets.twitter import TWITTER
from trunkline.networks.sandbox.sheets.whatsapp import WHATSAPP

SHEETS: dict[AccountType, Capabilities] = {
    "WHATSAPP": WHATSAPP,
    "LINKEDIN": LINKEDIN,
    "SLACK": SLACK,
    "TWITTER": TWITTER,
    "MESSENGER": MESSENGER,
    "INSTAGRAM": INSTAGRAM,
    "TELEGRAM": TELEGRAM,
}
