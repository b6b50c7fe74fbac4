"""The sandbox: a network of its own that simulates seven. See README.md."""

from collections.abc import Iterable

from trunkline.contract.connector import Connector
from trunkline.networks.sandbox.connector import SandboxConnector
from trunkline.networks.sandbox.options import read_options
from trunkline.networks.sandbox.world.database import Database
from trunkline.networks.sandbox.world.world import World
from trunkline.networks.scan import Setup


def connectors(setup: Setup) -> Iterable[Connector]:
    """The sandbox's road. Its file is `sandbox.db` in the data folder, made at the first use."""
    world = World(Database(setup.data / "sandbox.db"), setup.clock, setup.entropy, read_options(setup.options))
    return (SandboxConnector(world),)
