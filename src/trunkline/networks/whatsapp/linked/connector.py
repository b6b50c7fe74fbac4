"""The road `whatsapp`: a person's own account, as one of its linked devices."""

from collections.abc import Mapping

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, LoginWay, Media, OpenAccount
from trunkline.contract.login import Login, Step
from trunkline.model.errors import InvalidArgument, Unsupported
from trunkline.model.networks import AccountType
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.ledger import Ledger
from trunkline.networks.whatsapp.linked.capabilities import LINKED
from trunkline.networks.whatsapp.linked.changing import Deletes, Reacts
from trunkline.networks.whatsapp.linked.install import Packages
from trunkline.networks.whatsapp.linked.left import Left
from trunkline.networks.whatsapp.linked.link import Link
from trunkline.networks.whatsapp.linked.login import CODE, QR, LinkedLogin, Road
from trunkline.networks.whatsapp.linked.process import SideProcess
from trunkline.networks.whatsapp.linked.reading import FetchesPictures, ReadsHistory
from trunkline.networks.whatsapp.linked.ruling import ChangesMembers, DeletesChats, GivesInviteLinks, Labels
from trunkline.networks.whatsapp.linked.sending import Forwards, Starts
from trunkline.networks.whatsapp.options import Options
from trunkline.networks.whatsapp.passing import Passing


class WhatsappSession(
    Starts, Forwards, Deletes, Reacts, ChangesMembers, Labels, DeletesChats, GivesInviteLinks, ReadsHistory, FetchesPictures
):
    """A linked device's session: everything that its sheet declares."""


class LinkedConnector:
    """The road. One side process serves all accounts: from the first that connects until the last has left."""

    road = "whatsapp"
    title = "WhatsApp (linked device)"
    simulated = False
    terms = (
        "Unofficial and against WhatsApp's terms of service: it links your own account as WhatsApp Web does, and WhatsApp may"
        " limit or ban the number, new numbers and those that write to strangers most of all."
    )
    widest: Mapping[AccountType, Capabilities] = {"WHATSAPP": LINKED}
    login_ways = (
        LoginWay(name=QR, title="Scan a QR code", account_type="WHATSAPP"),
        LoginWay(name=CODE, title="Type a pairing code on the phone", account_type="WHATSAPP", asked_by="pairing_phone_number"),
    )

    def __init__(self, setup: Setup, options: Options) -> None:
        folder = self._folder = setup.data / "whatsapp"
        self._clock = setup.clock
        self._entropy = setup.entropy
        self._options = options
        self._packages = Packages(folder / "node", node=options.node, given=options.modules)
        self.process = SideProcess(
            self._packages.command, ping_ms=options.ping_ms, call_ms=options.call_ms, linger_ms=options.linger_ms
        )
        self._ledger = Ledger(folder / "whatsapp.db")
        self._passing = Passing(folder / "passing", setup.entropy)
        self._links: dict[str, Link] = {}

    def now(self) -> int:
        """The machine's clock, in milliseconds: WhatsApp's own is not told."""
        return self._clock()

    async def login(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login. values: `pairing_phone_number` for the pairing code; asked for where it is left out."""
        if way not in (QR, CODE):
            raise InvalidArgument(f"WhatsApp has no login way {way!r}. It has: {QR}, {CODE}.")
        road = Road(self.process, self._packages, self._options, self._clock)
        name = f"login {self._entropy(8).hex()}"
        login = LinkedLogin(road, name, way, values.get("pairing_phone_number"))
        try:
            return login, await login.begin()
        except BaseException:
            await login.close()
            raise

    def open(self, account: OpenAccount, keeper: Keeper, media: Media) -> WhatsappSession:
        """A session. No I/O."""
        link = self._links.get(account.account_id)
        if link is None or link.account.identity != account.identity:
            left = self._left(account)
            link = self._links[account.account_id] = Link(
                account, self.process, self._ledger, self._options, self._clock, left=left
            )
        return WhatsappSession(link, keeper, media, self._passing, LINKED)

    def link(self, account_id: str) -> Link:
        """The connection of an account that was opened."""
        return self._links[account_id]

    @property
    def left_to_do(self) -> str:
        """Where a device is unlinked by hand."""
        return (
            "WhatsApp was not reached to unlink the device: where it still stands on the phone (Settings, Linked devices),"
            " remove it there."
        )

    async def log_out(self, account: OpenAccount) -> bool:
        """Unlink the device, where it is connected. Baileys waits for no answer: WhatsApp was told, no more is known."""
        link = self._links.get(account.account_id)
        return link is not None and await link.log_out()

    async def forget(self, account: OpenAccount) -> None:
        """Erase what the ledger keeps of an account."""
        link = self._links.pop(account.account_id, None)
        if link is not None:
            await link.close()
        await self._ledger.erase(account.account_id)
        self._left(account).erase()

    def _left(self, account: OpenAccount) -> Left:
        return Left(self._folder / "left", account.account_id)

    async def controls(self, name: str, values: Mapping[str, object]) -> object:
        """There is none."""
        raise Unsupported("WhatsApp has no controls of its own.")

    async def close(self) -> None:
        """End the connections, the side process and the file."""
        for link in self._links.values():
            await link.close()
        await self.process.close()
        await self._ledger.close()
