"""The road `slack`: a person's own account by a user token of their own app."""

from collections.abc import Mapping

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, LoginWay, Media, OpenAccount, Posted
from trunkline.contract.login import Login, Step
from trunkline.model.errors import Unsupported
from trunkline.model.ids import Entropy
from trunkline.model.networks import AccountType
from trunkline.networks.slack.user_token.capabilities import widest
from trunkline.networks.slack.user_token.credentials import carried_over
from trunkline.networks.slack.user_token.login import WAYS, Pending, begin
from trunkline.networks.slack.user_token.road import Road
from trunkline.networks.slack.user_token.session import SlackSession

DONE = "Slack has let the app in. This page can be closed."
REFUSED = "Slack was not told to let the app in, or this login is over. Begin it again."


class SlackConnector:
    """One road for all Slack accounts of the server."""

    road = "slack"
    title = "Slack"
    simulated = False
    terms = (
        "Uses Slack's official API with a token of yours; the administrators of your workspace can see and revoke the app, and"
        " may have to approve it first."
    )

    def __init__(self, road: Road, entropy: Entropy) -> None:
        self._road = road
        self._entropy = entropy
        self._pending = Pending()

    @property
    def widest(self) -> Mapping[AccountType, Capabilities]:
        """Its one account type."""
        return {"SLACK": widest(self._road.options.settle_ms)}

    @property
    def login_ways(self) -> tuple[LoginWay, ...]:
        """By token, and by OAuth."""
        return WAYS

    def now(self) -> int:
        """Slack has no clock that can be asked; ours is close enough for bounds of minutes."""
        return self._road.clock()

    async def login(self, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
        """Begin a login."""
        return await begin(self._road, self._pending, self._entropy, way, values)

    def open(self, account: OpenAccount, keeper: Keeper, media: Media) -> SlackSession:
        """A session. No I/O."""
        return SlackSession(self._road, account, keeper, media)

    async def controls(self, name: str, values: Mapping[str, object]) -> object:
        """There are none."""
        raise Unsupported("Slack has no controls.")

    def carried_over(self, kept: bytes, given: bytes) -> bytes:
        """How events come stays when the login leaves it out (contract/connector.py, CarriesOver)."""
        return carried_over(kept, given)

    async def receive(self, headers: Mapping[str, str], body: bytes) -> Posted:
        """Events that Slack posts here (contract/connector.py, ReceivesPosts)."""
        return await self._road.posts.receive(headers, body)

    async def come_back(self, query: Mapping[str, str]) -> str:
        """A browser has come back from Slack (contract/connector.py, TakesRedirects)."""
        login = self._pending.take(query.get("state", ""))
        code = query.get("code", "")
        if login is None or not code:
            return REFUSED
        login.come_back(code)
        return DONE

    async def close(self) -> None:
        """End every socket."""
        await self._road.close()
