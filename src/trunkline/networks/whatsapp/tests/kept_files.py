"""What a folder holds, whichever file it is in."""

from pathlib import Path


def files(folder: Path) -> list[Path]:
    """All files below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def has(path: Path, secret: bytes) -> bool:
    """Whether a file holds this."""
    return secret in path.read_bytes()
