"""The gate and the hub between them answer everything, each thing once."""

from trunkline.gateway.administration.desk import ANSWERED_HERE
from trunkline.hub.handlers import ANSWERED
from trunkline.operations.catalog import ACCOUNTS, ADMINISTRATION, ALL, HOSTED, WEBHOOKS
from trunkline.operations.chats import ListAllChats, ListChatMessages
from trunkline.operations.effects import Effect
from trunkline.operations.own import ListConnections

from .conftest import World
from .wire import asked


def test_every_operation_is_answered_in_one_place() -> None:
    assert set(ANSWERED_HERE) | set(ANSWERED) == set(ALL + HOSTED)
    assert not set(ANSWERED_HERE) & set(ANSWERED)


def test_what_runs_the_server_needs_an_admin_key() -> None:
    """security.md 4.1: `admin` is never an agent's."""
    assert {each.route.effect for each in ADMINISTRATION + ACCOUNTS + WEBHOOKS} == {Effect.ADMIN}
    assert {each for each in ALL if each.route.effect is Effect.ADMIN} == set(ADMINISTRATION + ACCOUNTS + WEBHOOKS)


async def test_a_read_costs_one_statement_beside_the_backends(world: World) -> None:
    with world.database.recorded() as statements:
        await world.gate.answer(world.me.caller, ListAllChats(), pcid=None, surface="mcp")
    assert len(statements) == 1
    with world.database.recorded() as statements:
        await world.gate.answer(world.me.caller, ListChatMessages(chat_id="c", limit=7), pcid=None, surface="mcp")
    assert len(statements) == 1


async def test_a_page_is_handed_on_as_the_backend_made_it(world: World) -> None:
    world.backend.items = b'[{"id":"1"},  {"id":"2"}]'
    reply = await world.gate.answer(world.me.caller, ListAllChats(), pcid=None, surface="mcp")
    assert reply.body == b'{"object":"ChatList","items":[{"id":"1"},  {"id":"2"}],"cursor":null}'


async def test_listing_ones_connections_needs_none(world: World) -> None:
    caller = world.me.caller
    without = type(caller)(caller.principal, caller.key_id, caller.is_admin, default_pcid=None)
    assert len((await asked(world, ListConnections(), without))["items"]) == 1
