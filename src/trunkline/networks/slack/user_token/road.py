"""What all accounts of the road share: how Slack is reached, the sockets of the apps, and what is posted to this server."""

from collections.abc import Mapping

from trunkline.model.times import Clock
from trunkline.networks.slack.options import Options
from trunkline.networks.slack.user_token.client import Client, OpenHttp, open_http
from trunkline.networks.slack.user_token.credentials import Credentials
from trunkline.networks.slack.user_token.feed import Subscription
from trunkline.networks.slack.user_token.posts import Posts
from trunkline.networks.slack.user_token.socket import Socket
from trunkline.networks.slack.user_token.tiers import CALLS_A_MINUTE, Pace


class Road:
    """The road of one server. opens: makes the connections of a client."""

    def __init__(self, options: Options, clock: Clock, opens: OpenHttp = open_http) -> None:
        self.options = options
        self.clock = clock
        self.allowed: Mapping[str, int] = CALLS_A_MINUTE if options.paced else {}
        self.posts = Posts(clock, options.signing_secret)
        self._opens = opens
        self._sockets: dict[str, Socket] = {}

    def client(self, token: str | None, pace: Pace) -> Client:
        """A client for a token."""
        return Client(self.options.api, token, pace, self._opens)

    async def subscribe(self, credentials: Credentials, team: str) -> Subscription | None:
        """Hear what happens in a workspace: by the app's socket, else by what it posts; None where neither is set up."""
        if credentials.app_token:
            socket = self._sockets.get(credentials.app_token)
            if socket is None:
                socket = Socket(self.client(credentials.app_token, Pace(self.clock, self.allowed)))
                self._sockets[credentials.app_token] = socket
            return await socket.subscribe(team)
        if credentials.signing_secret or self.options.signing_secret:
            return self.posts.subscribe(credentials.signing_secret, team)
        return None

    async def unsubscribe(self, credentials: Credentials, subscription: Subscription) -> None:
        """Hear no more."""
        socket = self._sockets.get(credentials.app_token)
        if socket is None:
            self.posts.unsubscribe(subscription)
            return
        await socket.unsubscribe(subscription)
        if socket.is_idle:
            self._sockets.pop(credentials.app_token, None)

    async def close(self) -> None:
        """End every socket."""
        sockets, self._sockets = list(self._sockets.values()), {}
        for socket in sockets:
            await socket.close()
