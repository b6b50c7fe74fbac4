"""The road `telegram`: a person's own account, by Telegram's API for clients."""

from collections.abc import Mapping
from types import MappingProxyType

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, LoginWay, Media, OpenAccount
from trunkline.contract.login import Login, Step
from trunkline.model.errors import Disconnected, InvalidArgument, Unsupported
from trunkline.model.networks import AccountType
from trunkline.networks.scan import Setup
from trunkline.networks.telegram.options import read_options
from trunkline.networks.telegram.user.account import TelegramSession
from trunkline.networks.telegram.user.capabilities import TELEGRAM
from trunkline.networks.telegram.user.client import Wire, wire_to
from trunkline.networks.telegram.user.desk import read_credentials
from trunkline.networks.telegram.user.login import TelegramLogin
from trunkline.networks.telegram.user.login_steps import PHONE, QR
from trunkline.networks.telegram.user.waits import Waits

_WAYS = (
    LoginWay(name=QR, title="Scan a QR code with your phone", account_type="TELEGRAM"),
    LoginWay(name=PHONE, title="Phone number and code", account_type="TELEGRAM", asked_by="phone_number"),
)


class TelegramConnector:
    """The road. wire: how a new login reaches Telegram; None: as the settings say."""

    road = "telegram"
    title = "Telegram"
    simulated = False
    terms = (
        "Uses Telegram's official API for clients, which Telegram's terms allow; automated bulk messaging can get the account"
        " limited or banned."
    )
    login_ways = _WAYS

    def __init__(self, setup: Setup, wire: Wire | None = None) -> None:
        options = read_options(setup.options)
        self._app = options.app
        self._clock = setup.clock
        self._wire = wire or wire_to(options)
        self._waits: dict[str, Waits] = {}
        self._widest: Mapping[AccountType, Capabilities] = MappingProxyType({"TELEGRAM": TELEGRAM})

    def __repr__(self) -> str:
        return "<TelegramConnector>"

    @property
    def widest(self) -> Mapping[AccountType, Capabilities]:
        """What an account can do at most."""
        return self._widest

    def now(self) -> int:
        """This server's clock: Telegram's own differs by seconds at most, and Telethon corrects for that."""
        return self._clock()

    async def login(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login. Raises InvalidArgument for an unknown way, NotReached."""
        if way not in (QR, PHONE):
            raise InvalidArgument(f"Telegram has no login way {way!r}. It has: {QR}, {PHONE}.")
        login = TelegramLogin(way, self._app, self._wire, self._clock)
        return login, await login.begin()

    def open(self, account: OpenAccount, keeper: Keeper, media: Media) -> TelegramSession:
        """A session. No I/O."""
        waits = self._waits.setdefault(account.account_id, Waits(self._clock))
        return TelegramSession(account, keeper, media, TELEGRAM, self._clock, waits=waits)

    async def remembered(self, keeper: Keeper) -> Mapping[str, str]:
        """The application that an account was logged in with."""
        try:
            kept = read_credentials(await keeper.get("credentials"))
        except Disconnected:
            return {}
        return {"api_id": str(kept.api_id), "api_hash": kept.api_hash}

    async def controls(self, name: str, values: Mapping[str, object]) -> object:
        """Telegram has none."""
        raise Unsupported("Telegram has no controls.")

    async def close(self) -> None:
        """Nothing is held: each session has its own connection."""
