"""Every command that a text of the program or its pages names exists."""

import re
from pathlib import Path

from trunkline.__main__ import COMMANDS
from trunkline.surfaces.cli.reference import pages

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"(?:`|^    |\"|bin/|\$ )trunkline ([a-z]+)(?: ([a-z]+))?", re.MULTILINE)


def test_every_command_that_a_text_names_exists() -> None:
    """Ours: a next step that does not exist is worse than none."""
    others = {name: (line, len) for name, (_, line) in COMMANDS.items()}
    paths = {path.removeprefix("trunkline").strip() for path, _ in pages(others)}
    groups = {path.split()[0] for path in paths if " " in path}
    texts = [*(ROOT / "src").rglob("*.py"), *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    texts = [path for path in texts if path.parent.name != "background"]  # which also tells what is still to come
    named = [(path.name, *found) for path in texts for found in NAMED.findall(path.read_text(encoding="utf-8"))]
    unknown = {
        (file, first, second)
        for file, first, second in named
        if first not in paths or (first in groups and second and f"{first} {second}" not in paths)
    }
    assert unknown == set()
    assert len(named) > 40
