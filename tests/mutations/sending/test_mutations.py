"""Breaking the sending on purpose turns its tests red, one defence at a time (design.md 13)."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from tests.hub.sending_world import opened

from .defences import DEFENCES, Defence


async def run(defence: Defence, data_folder: Path, request: pytest.FixtureRequest) -> None:
    """The defence's test, with what it asks for."""
    given: dict[str, Any] = dict(defence.values)
    wanted = [name for name in inspect.signature(defence.test).parameters if name not in given]
    for name in wanted:
        if name not in ("stack", "data_folder"):
            given[name] = request.getfixturevalue(name)
    if "data_folder" in wanted:
        await defence.test(data_folder=data_folder, **given)
        return
    async with opened(data_folder) as stack:
        await defence.test(stack=stack, **given)


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name.replace(" ", "_"))
async def test_a_broken_defence_is_noticed(
    defence: Defence, data_folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        defence.breaks(patch)
        with pytest.raises((Exception, pytest.fail.Exception)) as noticed:
            await run(defence, data_folder, request)
    # A break that is itself broken proves nothing.
    assert not isinstance(noticed.value, TypeError | AttributeError | NameError), noticed.value
