"""WhatsApp: a person's own account as a linked device, and a business number by the Cloud API. See README.md."""

from collections.abc import Iterable

from trunkline.contract.connector import Connector
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.cloud.connector import CloudConnector
from trunkline.networks.whatsapp.linked.connector import LinkedConnector
from trunkline.networks.whatsapp.options import read_options


def connectors(setup: Setup) -> Iterable[Connector]:
    """The roads. What they keep is in the folder `whatsapp` of the data folder, made at the first use."""
    options = read_options(setup.options)
    return LinkedConnector(setup, options), CloudConnector(setup, options)
