"""Breaking a whole server on purpose turns its tests red, one defence at a time (design.md 13)."""

from pathlib import Path

import pytest
from tests.security.town import Town

from .defences import DEFENCES, Defence
from .ground import Ground

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name.replace(" ", "_"))
async def test_a_broken_defence_is_noticed(
    defence: Defence, town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        defence.breaks(patch)
        with pytest.raises((Exception, pytest.fail.Exception)) as noticed:
            await defence.test(Ground(town, tmp_path / "data", patch, caplog, capfd))
    # A break that is itself broken proves nothing.
    assert not isinstance(_first(noticed.value), TypeError | AttributeError | NameError), noticed.value


def _first(error: BaseException) -> BaseException:
    """The error itself, out of the groups it may have come in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
