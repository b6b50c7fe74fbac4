"""Breaking the unipile backend on purpose turns its tests red, one defence at a time."""

import pytest
from tests.unipile.conftest import World

from .defences import DEFENCES, Defence


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name.replace(" ", "_"))
async def test_a_broken_defence_is_noticed(world: World, defence: Defence, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is seen to fail without the defence."""
    defence.breaks(monkeypatch)
    with pytest.raises((Exception, pytest.fail.Exception)) as noticed:
        await defence.test(world)
    assert not isinstance(noticed.value, TypeError | AttributeError | NameError)  # a break that is itself broken proves nothing
