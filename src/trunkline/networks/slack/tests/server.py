"""A whole server over the workspace of this process."""

from pathlib import Path

from trunkline.networks._testing.server import Server
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, APP_TOKEN, TOKENS


class SlackServer(Server):
    """Its Slack road leads to the workspace of a bench."""

    def __init__(self, folder: Path, bench: SlackBench, **settings: str) -> None:
        given = {"api": f"{bench.front.url}/api/", "web": f"{bench.front.url}/", "paced": "0", "settle_ms": "1000", **settings}
        super().__init__(folder, "slack", {f"TRUNKLINE_SLACK_{name.upper()}": value for name, value in given.items()})

    async def connect(self, user: str = ADA, **values: str) -> str:
        """Log in with somebody's token, and wait until the account is connected; gives its id."""
        given = {"app_token": APP_TOKEN, **values}
        body = {"provider": "SLACK", "road": "slack", "access_token": TOKENS[user], "values": given}
        account: str = (await self.post("/api/v1/accounts", body, 201))["account_id"]
        await self.until_status(account)
        return account
