"""The sandbox's sheets, with what its settings change in them."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from trunkline.contract.capabilities import Capabilities, Dedupe
from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.options import Options
from trunkline.networks.sandbox.sheets import SHEETS


def widest(options: Options) -> Mapping[AccountType, Capabilities]:
    """Every account type's sheet."""
    return MappingProxyType(
        {name: msgspec.structs.replace(sheet, dedupe=_dedupe(sheet.dedupe, options)) for name, sheet in SHEETS.items()}
    )


def _dedupe(dedupe: Dedupe, options: Options) -> Dedupe:
    if dedupe.kind == "none":
        return dedupe
    memory_ms = options.memory_ms if dedupe.kind == "token" else 0
    return Dedupe(kind=dedupe.kind, memory_ms=memory_ms, settle_ms=options.settle_ms)
