"""Acme: laid out by script/new-network over a network in memory. See README.md."""

from collections.abc import Iterable

from trunkline.contract.connector import Connector
from trunkline.networks.scan import Setup


def connectors(setup: Setup) -> Iterable[Connector]:
    """The road `acme`. A library it needs is imported from here on alone, so that the sheet is readable without it."""
    from trunkline.networks.acme.user.connector import AcmeConnector  # noqa: PLC0415 (an optional library)
    from trunkline.networks.acme.user.fake import Fake  # noqa: PLC0415

    return (AcmeConnector(Fake(setup.clock)),)
