"""Every promise is tried on every network found, for every account type that declares what it is about."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from trunkline.networks.scan import find_modules

from .bench import Bench, Suite, declares

SUITES: dict[str, Suite] = {network: cast(Suite, module) for network, module in find_modules("suite")}


def pytest_configure(config: pytest.Config) -> None:
    """The mark that says which abilities a promise is about."""
    config.addinivalue_line("markers", "needs(*abilities): tried where all of these are declared")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per network and account type that declares the abilities."""
    if "bench" not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker("needs")
    wanted = () if mark is None else mark.args
    cases = [
        (network, case)
        for network, suite in SUITES.items()
        for case, sheet in suite.CASES.items()
        if all(declares(sheet, ability) for ability in wanted)
    ]
    metafunc.parametrize("bench", cases, indirect=True, ids=[f"{network}-{case}" for network, case in cases])


@pytest.fixture(scope="session")
async def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each network's world, made once."""
    folders = {}
    for network, suite in SUITES.items():
        folders[network] = tmp_path_factory.mktemp(network)
        await suite.prepare(folders[network])
    return folders


@pytest.fixture
async def bench(request: pytest.FixtureRequest, prepared: dict[str, Path], tmp_path: Path) -> AsyncIterator[Bench]:
    """A fresh bench for one case."""
    network, case = request.param
    made = await SUITES[network].bench(case, prepared[network], tmp_path)
    yield made
    await made.close()
