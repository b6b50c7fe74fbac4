"""The road `whatsapp-business`: a business number by the official Cloud API."""

from collections.abc import Mapping

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, Media, OpenAccount, Posted
from trunkline.contract.login import Login, Step
from trunkline.model.errors import Unsupported
from trunkline.model.networks import AccountType
from trunkline.networks._graph.client import OpenHttp, open_http
from trunkline.networks._graph.webhooks import challenged
from trunkline.networks.scan import Setup
from trunkline.networks.whatsapp.cloud.capabilities import CLOUD
from trunkline.networks.whatsapp.cloud.login import ROAD, WAYS, begin
from trunkline.networks.whatsapp.cloud.road import Road
from trunkline.networks.whatsapp.cloud.sending import Reacts
from trunkline.networks.whatsapp.options import Options


class BusinessSession(Reacts):
    """A business number's session: everything that its sheet declares."""


class CloudConnector:
    """One road for all business numbers of the server."""

    road = ROAD
    title = "WhatsApp Business (Cloud API)"
    simulated = False
    terms = (
        "Official, for a business number; free text goes only to people who wrote within the last 24 hours, and Meta may charge"
        " for conversations."
    )
    widest: Mapping[AccountType, Capabilities] = {"WHATSAPP": CLOUD}
    login_ways = WAYS

    def __init__(self, setup: Setup, options: Options, opens: OpenHttp = open_http) -> None:
        self._road = Road(setup, options, opens)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Verify tokens of logins that wait for Meta's challenge."""
        return tuple(self._road.waiting)

    @property
    def is_heard(self) -> bool:
        """Whether posts of any number are taken now."""
        return bool(self._road.posts.numbers)

    def now(self) -> int:
        """The machine's clock, in milliseconds: WhatsApp's own is not told."""
        return self._road.clock()

    async def login(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login."""
        return begin(self._road, way, values)

    def open(self, account: OpenAccount, keeper: Keeper, media: Media) -> BusinessSession:
        """A session. No I/O."""
        return BusinessSession(self._road, self._road.number(account), keeper, media, CLOUD)

    async def forget(self, account: OpenAccount) -> None:
        """Erase what is kept of a number (contract/connector.py, ForgetsAccounts)."""
        await self._road.forget(account)

    async def controls(self, name: str, values: Mapping[str, object]) -> object:
        """There is none."""
        raise Unsupported("WhatsApp Business has no controls of its own.")

    async def receive(self, headers: Mapping[str, str], body: bytes) -> Posted:
        """Events that Meta posts here (contract/connector.py, ReceivesPosts)."""
        return await self._road.posts.receive(headers, body)

    async def challenged(self, query: Mapping[str, str]) -> Posted:
        """Meta proves the callback address (contract/connector.py, AnswersChallenges)."""
        answer, token = challenged(query, self._road.verify_tokens())
        if token is not None and token in self._road.waiting:
            self._road.waiting[token].set()
        return answer

    async def close(self) -> None:
        """End the connections and the file."""
        await self._road.close()
