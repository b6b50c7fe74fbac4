"""Breaking the sandbox on purpose turns the contract suite red: one mutation per promise, and no promise without one.

Source: design.md 8. Each promise is run twice in this process: on the sandbox as it is, and broken.
"""

import inspect
from pathlib import Path
from types import ModuleType

import pytest
from tests.contract_suite import (
    listening,
    test_arriving,
    test_changes,
    test_chats,
    test_declared,
    test_faults,
    test_files,
    test_logins,
    test_sending,
)

from trunkline.networks.sandbox import suite
from trunkline.networks.sandbox.world.world import World

from .arriving import ARRIVING
from .chats import CHANGES, CHATS, FILES
from .faults import DECLARED, FAULTS
from .logins import LOGINS
from .mutation import Mutation
from .sending import SENDING

TABLES: dict[ModuleType, dict[str, Mutation]] = {
    test_arriving: ARRIVING,
    test_changes: CHANGES,
    test_chats: CHATS,
    test_declared: DECLARED,
    test_faults: FAULTS,
    test_files: FILES,
    test_logins: LOGINS,
    test_sending: SENDING,
}
PROMISES = [(module, name) for module, table in TABLES.items() for name in table]

close_world = World.close


@pytest.fixture(scope="module")
async def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world every bench begins with."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    await suite.prepare(folder)
    return folder


def test_no_promise_is_without_a_mutation() -> None:
    """style.md 3: a promise nobody has seen to fail proves nothing."""
    for module, table in TABLES.items():
        assert {name for name in vars(module) if name.startswith("test_")} == set(table)
    files = {Path(str(module.__file__)).name for module in TABLES}
    assert files == {path.name for path in Path(str(test_sending.__file__)).parent.glob("test_*.py")}


@pytest.mark.parametrize(("module", "name"), PROMISES, ids=[name for _, name in PROMISES])
async def test_a_broken_sandbox_breaks_the_promise(
    module: ModuleType,
    name: str,
    prepared: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """design.md 8: breaking the sandbox on purpose, one mutation per promise, turns it red."""
    mutation, promise = TABLES[module][name], getattr(module, name)
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    caplog: pytest.LogCaptureFixture = request.getfixturevalue("caplog")
    await keep(promise, mutation.case, prepared, tmp_path, caplog)
    monkeypatch.setattr(listening, "PATIENCE_S", 0.3)
    with monkeypatch.context() as patch:
        mutation.breaks(patch)
        with pytest.raises((Exception, pytest.fail.Exception)) as met:
            await keep(promise, mutation.case, prepared, tmp_path, caplog)
    # The promise must have failed, not the mutation.
    assert not isinstance(met.value, TypeError | AttributeError | NameError | ImportError)


async def keep(promise: object, case: str, prepared: Path, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Try a promise on a fresh bench."""
    bench = await suite.bench(case, prepared, folder)
    given = {"bench": bench, "caplog": caplog}
    assert callable(promise)
    try:
        await promise(**{name: given[name] for name in inspect.signature(promise).parameters})
    finally:
        await close_world(bench.connector.world)
