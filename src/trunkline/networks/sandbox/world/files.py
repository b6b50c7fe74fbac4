"""The bytes of attachments and pictures."""

from dataclasses import dataclass

from trunkline.networks.sandbox.world.change import Change, Read


@dataclass(frozen=True)
class Kept:
    """A file the world keeps; `data` None: it is gone."""

    ref: str
    media_type: str
    file_name: str | None
    data: bytes | None


def keep(change: Change, file: Kept) -> None:
    """Keep a file. The same ref twice keeps the first."""
    change.run(
        "INSERT INTO blob VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", file.ref, file.media_type, file.file_name, file.data
    )


def find(fetch: Read, ref: str) -> Kept | None:
    """A file by its ref."""
    rows = fetch("SELECT ref, media_type, file_name, data FROM blob WHERE ref = ?", ref)
    return Kept(*rows[0]) if rows else None
