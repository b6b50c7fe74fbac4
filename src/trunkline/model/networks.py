"""The seven networks as the wire names them."""

from typing import Literal, get_args

AccountType = Literal["WHATSAPP", "LINKEDIN", "SLACK", "TWITTER", "MESSENGER", "INSTAGRAM", "TELEGRAM"]

ACCOUNT_TYPES: tuple[AccountType, ...] = get_args(AccountType)

TITLES: dict[AccountType, str] = {
    "WHATSAPP": "WhatsApp",
    "LINKEDIN": "LinkedIn",
    "SLACK": "Slack",
    "TWITTER": "Twitter/X",
    "MESSENGER": "Messenger",
    "INSTAGRAM": "Instagram",
    "TELEGRAM": "Telegram",
}
"""Their names for people."""
