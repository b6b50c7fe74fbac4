"""R11 for the unipile backend: each fault at each moment of a send. Nothing lost, nothing doubled, and it goes on by itself.

security.md 8.1. DNS failures, refused certificates and servers that are away at the first connection: test_faults.py.
"""

from collections.abc import AsyncIterator

import anyio
import pytest

from trunkline.model.errors import NetworkFailed, NotReached, OutcomeUnknown
from trunkline.operations.chats import SendMessageInChat

from .conftest import World
from .fault_proxy import BREAKINGS, HARMLESS, PHASES, Breaking, FaultProxy, Phase

WAIT_MS = 400


def times(world: World, text: str) -> int:
    """How often the server has taken a text."""
    return sum(message["text"] == text for message in world.remote.sent)


@pytest.fixture
async def proxy(world: World) -> AsyncIterator[FaultProxy]:
    """Between the backend and the server."""
    made = FaultProxy(world.remote.port)
    await made.start()
    yield made
    await made.stop()


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("breaking", BREAKINGS)
async def test_nothing_is_lost_or_doubled_and_it_goes_on_by_itself(
    world: World, proxy: FaultProxy, breaking: Breaking, phase: Phase
) -> None:
    pcid = await world.connect(dsn=proxy.url)
    await world.ask(SendMessageInChat(chat_id="chat-wa", text="warm"), pcid=pcid)
    world.pauses.held = True  # who looks on for a lost message would move the clock under the next send
    proxy.armed = (breaking, phase)
    asked = SendMessageInChat(chat_id="chat-wa", text="only once")
    try:
        with anyio.fail_after(30):
            sent = await world.ask(asked, pcid=pcid, wait_ms=WAIT_MS)
    except OutcomeUnknown:
        assert breaking not in HARMLESS
        assert times(world, "only once") <= 1
    except (NotReached, NetworkFailed):
        assert breaking not in HARMLESS
        assert times(world, "only once") == 0
    else:
        assert sent["message_id"] in {message["id"] for message in world.remote.sent}
        assert times(world, "only once") == 1
    assert proxy.used
    taken = times(world, "only once")
    assert taken == (1 if phase == "after" or breaking in HARMLESS else 0)
    await proxy.heal()
    with anyio.fail_after(30):
        await world.ask(SendMessageInChat(chat_id="chat-wa", text="later"), pcid=pcid)
    assert (times(world, "only once"), times(world, "later")) == (taken, 1)
