"""A workspace on the emulator, for each test that wants one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from trunkline.networks.slack import suite
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.tests.server import SlackServer


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[SlackBench]:
    """A fresh workspace with our account logged in."""
    made = await suite.bench("SLACK", tmp_path, tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def server(workspace: SlackBench, tmp_path: Path) -> AsyncIterator[SlackServer]:
    """A server with the account of Ada, and an agent that may do everything."""
    async with AsyncExitStack() as ending:
        made = SlackServer(tmp_path / "data", workspace)
        ending.push_async_callback(made.stop)
        await made.start()
        await made.allow(await made.connect())
        yield made
