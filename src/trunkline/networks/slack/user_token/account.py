"""What the parts of a session share: the account, its connection to Slack, and how the road is set."""

from dataclasses import dataclass

from trunkline.contract.connector import Keeper, Media
from trunkline.model.times import Clock
from trunkline.networks.slack.options import Options
from trunkline.networks.slack.user_token.client import Client
from trunkline.networks.slack.user_token.workspace import Workspace


@dataclass(frozen=True)
class Account:
    """One account of one session."""

    client: Client
    workspace: Workspace
    keeper: Keeper
    media: Media
    clock: Clock
    options: Options

    @property
    def own(self) -> str:
        """Our user's id."""
        return self.workspace.names.own
