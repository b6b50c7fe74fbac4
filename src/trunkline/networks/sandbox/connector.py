"""The sandbox's one road: seven simulated networks in one file, for trying out, for tests and for load."""

from collections.abc import Mapping

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, LoginWay, Media, OpenAccount
from trunkline.contract.login import Login, Step
from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.capabilities import widest
from trunkline.networks.sandbox.client import Client
from trunkline.networks.sandbox.controls.table import run
from trunkline.networks.sandbox.login import WAYS, Logins
from trunkline.networks.sandbox.session import SandboxSession
from trunkline.networks.sandbox.sessions import SESSIONS
from trunkline.networks.sandbox.world.world import World


class SandboxConnector:
    """The road `sandbox`. One process at a time may use its file."""

    road = "sandbox"
    title = "Sandbox"
    simulated = True
    terms = "Simulated networks on this machine: nothing leaves it, and no terms of service apply."

    def __init__(self, world: World) -> None:
        self.world = world
        self._widest = widest(world.options)
        self._logins = Logins(world)

    @property
    def widest(self) -> Mapping[AccountType, Capabilities]:
        """The seven account types."""
        return self._widest

    @property
    def login_ways(self) -> tuple[LoginWay, ...]:
        """`instant` for every account type, and each network's own ways."""
        return WAYS

    def now(self) -> int:
        """The sandbox's clock, which can be moved."""
        return self.world.now()

    async def login(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login. values: `account_type` for `instant`; `number` (1 to 99) of the own user, 1 when left out."""
        return await self._logins.begin(way, values)

    def open(self, account: OpenAccount, keeper: Keeper, media: Media) -> SandboxSession:
        """A session. No I/O."""
        client = Client(self.world, account, keeper, media)
        return SESSIONS[account.account_type](client, self._widest[account.account_type])

    async def controls(self, name: str, values: Mapping[str, object]) -> object:
        """Play the world; controls/table.py has the list."""
        return await run(self.world, self._logins, name, values)

    async def close(self) -> None:
        """Stop time and close the file."""
        await self.world.close()
