"""What a page offers to choose from."""

from collections.abc import Collection, Mapping

from trunkline.contract.connector import Connector, LoginWay
from trunkline.model.hosted_link import HostedWay
from trunkline.model.networks import AccountType

COOKIE = "access_token"
"""The parameter of POST /accounts that stands for a browser's cookie (operations/accounts.py)."""


def ways_of(
    connectors: Mapping[str, Connector], providers: Collection[AccountType], hidden: Collection[str], road: str | None = None
) -> tuple[HostedWay, ...]:
    """The ways to log in to these networks, but for what the link hides. Simulated roads are offered where no real one is.

    road: that one alone, of an account that is logged in again.
    """
    found: list[HostedWay] = []
    for provider in providers:
        serving = [each for each in connectors.values() if provider in each.widest and road in (None, each.road)]
        for connector in [each for each in serving if not each.simulated] or serving:
            ways = [way for way in connector.login_ways if way.account_type == provider and way.asked_by != "way"]
            found += [_shown(connector, way) for way in sorted(ways, key=_is_special) if not _is_hidden(way, ways, hidden)]
    return tuple(found)


def _is_special(way: LoginWay) -> bool:
    return way.asked_by is not None


def _is_hidden(way: LoginWay, ways: Collection[LoginWay], hidden: Collection[str]) -> bool:
    """cookie_auth: logging in by a browser's cookie. credentials_auth: by name and password, where a cookie would do too."""
    if way.asked_by == COOKIE:
        return "cookie_auth" in hidden
    return "credentials_auth" in hidden and any(each.asked_by == COOKIE for each in ways)


def _shown(connector: Connector, way: LoginWay) -> HostedWay:
    return HostedWay(
        provider=way.account_type,
        road=connector.road,
        way=way.name,
        title=way.title,
        terms=connector.terms,
        is_simulated=connector.simulated,
    )
