"""The roads this server has, and their own controls."""

import msgspec

from trunkline.contract.connector import Connector
from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.model.road import ControlAnswered, Road, WayIn
from trunkline.operations.administration import ControlNetwork, ListNetworks
from trunkline.operations.backend import Answer, Page
from trunkline.operations.missing import not_found
from trunkline.store.render import array


async def list_networks(asked: Asked[ListNetworks]) -> HubPlan:
    """All roads, by name; a network that is not installed says what is missing."""

    async def run() -> Answer:
        parts = asked.parts
        roads = [_available(connector) for connector in parts.lives.connectors.values()]
        roads += [_missing(name, reason) for name, reason in parts.options.unavailable.items()]
        items = [msgspec.json.encode(road) for road in sorted(roads, key=lambda road: road.road)]
        return Answer(Page("RoadList", array(items), None))

    return read_plan(asked.operation, run)


def _available(connector: Connector) -> Road:
    ways = tuple(WayIn(name=way.name, title=way.title, account_type=way.account_type) for way in connector.login_ways)
    return Road(
        road=connector.road,
        title=connector.title,
        available=True,
        terms=connector.terms,
        account_types=tuple(sorted(connector.widest)),
        login_ways=ways,
    )


def _missing(name: str, reason: str) -> Road:
    return Road(road=name, title=name, available=False, detail=reason, terms="", account_types=(), login_ways=())


async def control_network(asked: Asked[ControlNetwork]) -> HubPlan:
    """Use a road's own control."""
    operation = asked.operation
    connector = asked.parts.lives.connectors.get(operation.road)
    if connector is None:
        raise not_found("road", operation.road)

    async def run() -> Answer:
        answer = await connector.controls(operation.name, operation.values)
        return Answer(msgspec.json.encode(ControlAnswered(answer=answer)))

    return read_plan(operation, run)
