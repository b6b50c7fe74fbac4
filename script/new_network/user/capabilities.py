"""What an account can do, and how far. Readable without any library of the network."""

from collections.abc import Mapping

from trunkline.contract.capabilities import Ability, Bound, Capabilities, Dedupe, Send, Text
from trunkline.model.networks import AccountType

DAY_MS = 86_400_000
LONGEST = Bound(value=2_000, unit="characters", source="the fake", seen="2026-11-22", indicative=True)

SHEET = Capabilities(
    account_type="WHATSAPP",
    dedupe=Dedupe(kind="token", memory_ms=DAY_MS, settle_ms=30_000),
    send=Send(text=Text(max_length=LONGEST)),
    history=Ability(),
)

WIDEST: Mapping[AccountType, Capabilities] = {SHEET.account_type: SHEET}
