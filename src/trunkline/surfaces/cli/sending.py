"""Files of the person's own shell, read and handed in: small ones within the call, large ones as uploads before it."""

import os
from pathlib import Path

from trunkline.model.blob import File
from trunkline.operations.files import MAX_FILE_BYTES, FileInput, file_of
from trunkline.surfaces.cli.client import Client
from trunkline.surfaces.cli.exits import WrongUsage
from trunkline.surfaces.cli.plain import line

WITHIN_CALL_BYTES = 700_000
"""What all files of one call may have together, so that with a third for base64 it stays below the server's 1 MiB."""


class Files:
    """The files of one call."""

    def __init__(self, client: Client):
        self._client = client
        self._room = WITHIN_CALL_BYTES

    def take(self, path: Path, option: str) -> FileInput:
        """A file, ready for the call. Raises WrongUsage when it cannot be read, is empty or too large."""
        file = _read(path, option)
        if len(file.data) > self._room:
            return self._client.upload(file.data, file.file_name)
        self._room -= len(file.data)
        return file


def _read(path: Path, option: str) -> File:
    shown = f"{option} {line(str(path))}"
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "is no file" if path.exists() else "does not exist"
            raise WrongUsage(f"{shown} {what}.")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise WrongUsage(f"{shown} has {size:,} bytes; a file may have {MAX_FILE_BYTES:,}.")
        data = path.read_bytes()
    except OSError as error:
        raise WrongUsage(f"{shown} cannot be read ({error.strerror}).") from None
    if not data:
        raise WrongUsage(f"{shown} is empty; give a file that is not.")
    # A name that is no UTF-8 is still a name: what cannot be read of it is replaced.
    return file_of(data, option, name=os.fsencode(path.name).decode("utf-8", "replace"))
