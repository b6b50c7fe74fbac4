"""What import-linter cannot say: imports inside functions, and floors that stand on named libraries alone."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from .source import Source

ONLY = {
    "trunkline.model": {"msgspec", "trunkline.model"},
    "trunkline.owner": {"trunkline.owner"},
}
"""Beside the standard library, all that these may import (docs/architecture.md)."""

HOME = {
    "mcp": ("trunkline.surfaces.mcp",),
    "mcp_types": ("trunkline.surfaces.mcp",),
    "typer": ("trunkline.surfaces.cli", "trunkline.networks", "trunkline.__main__"),
    "rich": ("trunkline.surfaces.cli", "trunkline.networks"),
    "apsw": ("trunkline.store", "trunkline.networks"),
    "asyncpg": ("trunkline.store",),
    "starlette": ("trunkline.surfaces", "trunkline.app", "trunkline.networks"),
    "uvicorn": ("trunkline.surfaces", "trunkline.app", "trunkline.networks"),
}
"""A library is spoken to in one place, so that it can be replaced there."""


def imported(node: ast.AST, source: Source) -> Iterator[str]:
    """The modules that one statement imports, absolute."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name
    elif isinstance(node, ast.ImportFrom):
        if node.level:
            parts = source.module.split(".")
            keep = len(parts) - node.level + (source.path.name == "__init__.py")
            yield ".".join([*parts[:keep], *([node.module] if node.module else [])])
        elif node.module:
            yield node.module


def all_imports(source: Source) -> Iterator[str]:
    """Every module a file imports, wherever in it."""
    for node in ast.walk(source.tree):
        yield from imported(node, source)


def imports_in_functions(source: Source) -> Iterator[tuple[int, str]]:
    """Line and module of each import inside a function."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for inner in ast.walk(node):
                for module in imported(inner, source):
                    yield getattr(inner, "lineno", 0), module


def optional_libraries(root: Path) -> set[str]:
    """Import names of the extras in pyproject.toml: they may be missing, so they are imported where they are used."""
    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"].get("optional-dependencies", {})
    wanted = [requirement for extra in extras.values() for requirement in extra]
    return {requirement.split(">")[0].split("=")[0].split("[")[0].strip().replace("-", "_") for requirement in wanted}


def is_test(source: Source) -> bool:
    """Whether the file is one of a network's own tests."""
    return "tests" in source.path.parts


def test_imports_stand_at_the_top_of_the_file(sources: list[Source], root: Path) -> None:
    """Ours: an import inside a function hides a dependency, and often a cycle.

    Three exceptions: an optional library, which may be missing; the connector of a network, whose sheets and settings can be
    read without its library (docs/add-a-network.md); and __main__'s table of commands, because a command should not pay for
    importing what another one needs.
    """
    optional = optional_libraries(root)
    found = [
        f"{source.path}:{line} imports {module}"
        for source in sources
        if source.module != "trunkline.__main__"
        for line, module in imports_in_functions(source)
        if module.split(".")[0] not in optional and not is_own_connector(source, module)
    ]
    assert found == []


def is_own_connector(source: Source, module: str) -> bool:
    """Whether a network's package imports a module of its own."""
    is_network = source.path.name == "__init__.py" and source.module.count(".") == 2 and source.is_in("trunkline.networks")
    return is_network and module.startswith(f"{source.module}.")


def test_the_lowest_floors_stand_on_named_libraries_alone(sources: list[Source]) -> None:
    """Ours: model is what everybody may import, and a thin pipe starts in 0.2 s only if owner imports nothing heavy."""
    found = [
        f"{source.path} imports {module}"
        for source in sources
        for package, allowed in ONLY.items()
        if source.is_in(package)
        for module in all_imports(source)
        if module.split(".")[0] not in sys.stdlib_module_names
        and not any(f"{module}.".startswith(f"{name}.") for name in allowed)
    ]
    assert found == []


def test_each_library_is_spoken_to_in_one_place(sources: list[Source]) -> None:
    """Ours: exceptions and types of a library are translated once, in the part that owns it."""
    found = [
        f"{source.path} imports {module}"
        for source in sources
        if not is_test(source)
        for module in all_imports(source)
        if module.split(".")[0] in HOME and not any(source.is_in(home) for home in HOME[module.split(".")[0]])
    ]
    assert found == []


def test_no_file_imports_a_private_name_of_another_package(sources: list[Source]) -> None:
    """Ours: a name that begins with an underscore belongs to the package around it."""
    found = [
        f"{source.path} imports {module}.{alias.name}"
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom)
        for module in imported(node, source)
        if module.startswith("trunkline.")
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]
    assert found == []
