"""A business number on the fake, for each test that wants one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trunkline.networks.whatsapp import suite
from trunkline.networks.whatsapp.business_bench import BusinessBench
from trunkline.networks.whatsapp.tests.business.hearing import Hearing
from trunkline.networks.whatsapp.tests.business.place import Place


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[BusinessBench]:
    """The number, logged in; four people have written."""
    made = await suite.bench(suite.BUSINESS, tmp_path, tmp_path)
    assert isinstance(made, BusinessBench)
    yield made
    await made.close()


@pytest.fixture
async def hearing(bench: BusinessBench) -> AsyncIterator[Hearing]:
    """A session that listens."""
    session = bench.session()
    await session.connect()
    made = Hearing(session)
    yield made
    await made.close()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A server on the fake; nobody is logged in."""
    made = Place(tmp_path)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
