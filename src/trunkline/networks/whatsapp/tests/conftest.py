"""A network and a server on it, for each test that wants one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.model.times import system_clock
from trunkline.networks.whatsapp.linked.fake import FakeNetwork
from trunkline.networks.whatsapp.tests.server import LinkedServer


@pytest.fixture
async def network() -> AsyncIterator[FakeNetwork]:
    """A fresh network, at the machine's time."""
    made = FakeNetwork(system_clock)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def server(network: FakeNetwork, tmp_path: Path) -> AsyncIterator[LinkedServer]:
    """A server that answers; nobody is logged in."""
    made = LinkedServer(tmp_path / "data", network)
    await made.start()
    yield made
    await made.stop()
