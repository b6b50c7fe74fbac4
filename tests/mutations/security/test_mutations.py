"""Breaking a whole server on purpose turns its tests red, one defence at a time (design.md 13)."""

from pathlib import Path

import pytest
from tests.security.town import Town

from .at_rest import AT_REST
from .defences import DEFENCES, Defence
from .ground import Ground
from .strangers import STRANGERS
from .trials import Trial

pytestmark = pytest.mark.slow


EACH = (*DEFENCES, *STRANGERS, *AT_REST)


@pytest.mark.parametrize("defence", EACH, ids=lambda defence: defence.name.replace(" ", "_"))
async def test_a_broken_defence_is_noticed(
    defence: Defence, town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        defence.breaks(patch)
        with pytest.raises((Exception, pytest.fail.Exception)) as noticed:
            await defence.test(Ground(town, tmp_path / "data", patch, caplog, capfd))
    # A break that is itself broken proves nothing.
    assert not isinstance(_first(noticed.value), TypeError | AttributeError | NameError | ImportError), noticed.value


def _first(error: BaseException) -> BaseException:
    """The error itself, out of the groups it may have come in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@pytest.mark.parametrize("trial", dict.fromkeys(defence.test for defence in EACH), ids=lambda trial: trial.__qualname__)
async def test_with_every_defence_in_place_each_trial_passes(
    trial: Trial, town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Else what is noticed above might be something else."""
    with pytest.MonkeyPatch.context() as patch:
        await trial(Ground(town, tmp_path / "data", patch, caplog, capfd))


def test_each_defence_has_a_name_of_its_own() -> None:
    assert len({defence.name for defence in EACH}) == len(EACH)
