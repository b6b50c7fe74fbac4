"""How files are named and how long they get."""

import re
from pathlib import Path

from .source import Source

LONGEST = 400
"""Lines. A longer file holds two nouns."""

WITHOUT_A_NOUN = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "core", "base"}

ELSEWHERE = {
    "trunkline.model",  # the wire names of the networks are data of the wire
    "trunkline.networks",
}
"""Where a network may be named."""


def test_no_file_is_longer_than_one_noun_needs(sources: list[Source], root: Path) -> None:
    """Ours: the largest file, not the median, is what makes a program hard to read."""
    tests = [*(root / "tests").rglob("*.py"), *(root / "bench").rglob("*.py")]
    lengths = {str(source.path): source.text.count("\n") for source in sources}
    lengths |= {
        str(path.relative_to(root)): path.read_text(encoding="utf-8").count("\n")
        for path in tests
        if "node_modules" not in path.parts
    }
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_every_file_is_named_after_what_it_holds(sources: list[Source]) -> None:
    """Ours: `utils` and its kin have not found their noun yet."""
    parts = {part for source in sources for part in source.module.split(".")}
    assert parts & WITHOUT_A_NOUN == set()


def test_a_network_is_named_in_its_own_folder_only(sources: list[Source], root: Path) -> None:
    """Ours: a network is a folder; adding one changes nothing outside it.

    Its folder is looked for in import paths and in strings that stand alone, as in `if road == "slack"`.
    """
    folder = root / "src" / "trunkline" / "networks"
    networks = [path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))]
    named = re.compile(rf"networks\.({'|'.join(networks)})\b|[\"']({'|'.join(networks)})[\"']")
    found = [
        f"{source.path}: {match.group(0)}"
        for source in sources
        if not any(source.is_in(package) for package in ELSEWHERE)
        for match in named.finditer(source.text)
    ]
    assert networks
    assert found == []
