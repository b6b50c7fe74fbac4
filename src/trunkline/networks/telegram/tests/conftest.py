"""A fake Telegram for each test, a session on it, and a whole server over it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.model.times import system_clock
from trunkline.networks.telegram import suite
from trunkline.networks.telegram.fake.seed import seed
from trunkline.networks.telegram.fake.server import FakeTelegram
from trunkline.networks.telegram.suite import TelegramBench
from trunkline.networks.telegram.tests.server import TelegramServer


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[TelegramBench]:
    """A fresh world with Ada's account logged in."""
    made = await suite.bench("TELEGRAM", tmp_path, tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """A fake by the real time."""
    made = FakeTelegram(system_clock)
    seed(made)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def server(telegram: FakeTelegram, tmp_path: Path) -> AsyncIterator[TelegramServer]:
    """A server without accounts."""
    made = TelegramServer(tmp_path / "data", telegram)
    await made.start()
    yield made
    await made.stop()
