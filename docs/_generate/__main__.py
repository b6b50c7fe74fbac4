"""Writes the reference pages of docs/ from the program; with --check says which differ instead, and exits 1.

Started by script/docs.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from . import commands, errors, networks, operations, rest, settings

FOLDER = Path(__file__).resolve().parents[1]

PAGES: dict[str, Callable[[], str]] = {
    "operations.md": operations.page,
    "rest.md": rest.page,
    "networks.md": networks.page,
    "commands.md": commands.page,
    "settings.md": settings.page,
    "errors.md": errors.page,
}


def main(arguments: list[str]) -> int:
    """0 when all is well; 1 when --check found a difference."""
    if arguments not in ([], ["--check"]):
        print("script/docs writes the reference pages; script/docs --check compares them.", file=sys.stderr)
        return 2
    stale = [name for name, page in PAGES.items() if _read(FOLDER / name) != page()]
    if not arguments:
        for name in stale:
            (FOLDER / name).write_text(PAGES[name](), encoding="utf-8")
            print(f"wrote docs/{name}")
        return 0
    for name in stale:
        print(f"docs/{name} differs from the program; renew it with script/docs", file=sys.stderr)
    return 1 if stale else 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
