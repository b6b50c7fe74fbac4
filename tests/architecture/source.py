"""The program's own text, as the tests here read it."""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file of the program."""

    path: Path
    """Relative to the checkout: `src/trunkline/model/ids.py`."""
    module: str
    """`trunkline.model.ids`."""
    text: str

    @property
    def tree(self) -> ast.Module:
        """The file as Python reads it."""
        return ast.parse(self.text)

    def is_in(self, package: str) -> bool:
        """Whether the file is that module or stands inside that package."""
        return f"{self.module}.".startswith(f"{package}.")


def read_source(path: Path) -> Source:
    """The file at this absolute path."""
    inside = path.relative_to(ROOT)
    parts = inside.with_suffix("").parts[1:]
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Source(inside, module, path.read_text(encoding="utf-8"))
