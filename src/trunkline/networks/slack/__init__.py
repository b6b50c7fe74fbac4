"""Slack, by its official API with a person's own token. See README.md."""

from collections.abc import Iterable

from trunkline.contract.connector import Connector
from trunkline.networks.scan import Setup
from trunkline.networks.slack.options import read_options


def connectors(setup: Setup) -> Iterable[Connector]:
    """Slack's road. Raises ModuleNotFoundError where slack_sdk or aiohttp is not installed; the sheets can be read without."""
    from trunkline.networks.slack.user_token.connector import SlackConnector  # noqa: PLC0415
    from trunkline.networks.slack.user_token.road import Road  # noqa: PLC0415

    return (SlackConnector(Road(read_options(setup.options), setup.clock), setup.entropy),)
