"""Telegram: a person's own account, by Telegram's API for clients. See README.md."""

from collections.abc import Iterable

from trunkline.contract.connector import Connector
from trunkline.networks.scan import Setup


def connectors(setup: Setup) -> Iterable[Connector]:
    """The road `telegram`. Raises ModuleNotFoundError where its library is not installed.

    Imported here, so that what it can do (`user/capabilities.py`) is readable without the library.
    """
    from trunkline.networks.telegram.user.connector import TelegramConnector  # noqa: PLC0415 (an optional library)

    return (TelegramConnector(setup),)
