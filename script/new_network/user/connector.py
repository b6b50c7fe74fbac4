"""The road `acme`."""

from collections.abc import Mapping

from trunkline.contract.connector import Keeper, LoginWay, Media, OpenAccount
from trunkline.contract.login import Login, Step
from trunkline.model.errors import InvalidArgument, Unsupported
from trunkline.networks.acme.user.capabilities import SHEET, WIDEST
from trunkline.networks.acme.user.client import Wire
from trunkline.networks.acme.user.login import TOKEN, TokenLogin
from trunkline.networks.acme.user.session import AcmeSession


class AcmeConnector:
    """Accounts of Acme's users."""

    road = "acme"
    title = "Acme"
    simulated = True
    """Until client.py reaches real people."""
    terms = "Not looked at yet: say here what Acme's terms of service say of this road."
    widest = WIDEST
    login_ways = (LoginWay(name=TOKEN, title="Paste a token", account_type=SHEET.account_type),)

    def __init__(self, wire: Wire):
        self._wire = wire

    def now(self) -> int:
        """The network's clock."""
        return self._wire.now()

    async def login(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login."""
        if way != TOKEN:
            raise InvalidArgument(f"Acme has no login way {way!r}. It has: {TOKEN}.")
        login = TokenLogin(self._wire)
        return login, login.step()

    def open(self, account: OpenAccount, keeper: Keeper, media: Media) -> AcmeSession:
        """A session. No I/O."""
        return AcmeSession(self._wire, keeper)

    async def controls(self, name: str, values: Mapping[str, object]) -> object:
        """There are none."""
        raise Unsupported("Acme has no controls.")

    async def close(self) -> None:
        """Nothing is held."""
