"""The live side of one Slack account."""

from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import msgspec

from trunkline.contract.capabilities import Capabilities
from trunkline.contract.connector import Keeper, Media, OpenAccount
from trunkline.contract.events import PersonInfo, Update
from trunkline.model.errors import AccountError, Disconnected, NetworkError, TrunklineError
from trunkline.networks.slack.people import Names
from trunkline.networks.slack.user_token.account import Account
from trunkline.networks.slack.user_token.capabilities import narrowed, widest
from trunkline.networks.slack.user_token.client import Client
from trunkline.networks.slack.user_token.credentials import Credentials, unsealed
from trunkline.networks.slack.user_token.feed import Subscription
from trunkline.networks.slack.user_token.live import Live
from trunkline.networks.slack.user_token.reading import Reading
from trunkline.networks.slack.user_token.road import Road
from trunkline.networks.slack.user_token.tiers import Pace
from trunkline.networks.slack.user_token.workspace import LISTS_NOTHING, Workspace, lists_any, scopes_in
from trunkline.networks.slack.user_token.writing import Writing

CONNECT_AGAIN = "Connect the Slack account again; retrying will not help."


class SlackSession(Reading, Writing):
    """One account. Opens nothing before `connect`."""

    def __init__(self, road: Road, opened: OpenAccount, keeper: Keeper, media: Media) -> None:
        self._road = road
        self._opened = opened
        self._keeper = keeper
        self._media = media
        self._sheet = widest(road.options.settle_ms)
        self._client: Client | None = None
        self._credentials: Credentials | None = None
        self._subscription: Subscription | None = None
        self._live: Live | None = None
        self._began_ms = 0

    async def connect(self) -> PersonInfo:
        """Check the token, see what it may do, and begin to hear what happens."""
        await self.close()
        self._credentials = await self._read_credentials()
        client = self._road.client(self._credentials.token, Pace(self._road.clock, self._road.allowed))
        self._client = client
        who, headers = await client.call_with_headers("auth.test")
        own, team = str(who.get("user_id", "")), str(who.get("team_id", ""))
        if own != self._opened.identity:
            raise Disconnected(f"The token is another user's than this account's. {CONNECT_AGAIN}")
        scopes = scopes_in(headers)
        if not lists_any(scopes):
            raise Disconnected(LISTS_NOTHING)
        self._sheet = narrowed(widest(self._road.options.settle_ms), scopes)
        workspace = Workspace(client, Names(own), team, scopes)
        self._account = Account(client, workspace, self._keeper, self._media, self._road.clock, self._road.options)
        self._began_ms = min(self._road.clock(), _date_ms(headers.get("date")) or self._road.clock())
        await self._subscribe(team)
        await self._learn_ourselves(own, str(who.get("user", "")))
        return msgspec.structs.replace(workspace.names.info(own), is_self=True)

    @property
    def capabilities(self) -> Capabilities:
        """The account's sheet, narrowed to the token's scopes."""
        return self._sheet

    def listen(self, position: str | None) -> AsyncIterator[Update]:
        """What happens from `position` on."""
        self._live = Live(self._account, self._subscription, self._began_ms)
        return self._live.updates(position)

    async def close(self) -> None:
        """Let go of the connections."""
        live, self._live = self._live, None
        if live is not None:
            await live.close()
        subscription, self._subscription = self._subscription, None
        if subscription is not None and self._credentials is not None:
            await self._road.unsubscribe(self._credentials, subscription)
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _read_credentials(self) -> Credentials:
        kept = await self._keeper.get("credentials")
        if kept is None:
            raise Disconnected(f"There is no token. {CONNECT_AGAIN}")
        try:
            return unsealed(kept)
        except msgspec.DecodeError:
            raise Disconnected(f"What was kept of the login cannot be read. {CONNECT_AGAIN}") from None

    async def _subscribe(self, team: str) -> None:
        assert self._credentials is not None
        self._subscription = await self._road.subscribe(self._credentials, team)

    async def _learn_ourselves(self, own: str, user_name: str) -> None:
        workspace = self._account.workspace
        try:
            await workspace.learn([own])
        except (AccountError, NetworkError):
            raise
        except TrunklineError:
            pass
        known = workspace.names.info(own)
        if known.name is msgspec.UNSET or known.name is None:
            workspace.names.people[own] = PersonInfo(provider_id=own, name=user_name or None, is_self=True)


def _date_ms(text: str | None) -> int | None:
    """The time of Slack's clock, by the second."""
    if text is None:
        return None
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1000)
    except ValueError:
        return None
