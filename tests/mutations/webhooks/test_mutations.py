"""Breaking the webhooks on purpose turns their tests red, one defence at a time."""

import asyncio

import pytest
from tests.webhooks.scene import Scene

from .defences import DEFENCES, Defence


@pytest.mark.slow
@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name.replace(" ", "_"))
async def test_a_broken_defence_is_noticed(scene: Scene, defence: Defence, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is seen to fail without the defence."""
    with monkeypatch.context() as patch:
        defence.breaks(patch)
        with pytest.raises((Exception, pytest.fail.Exception)) as noticed:
            async with asyncio.timeout(20):
                await defence.test(scene)
    assert not isinstance(noticed.value, TypeError | AttributeError | NameError)  # a break that is itself broken proves nothing
