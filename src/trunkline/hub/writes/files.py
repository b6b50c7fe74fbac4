"""Files on their way out: kept durably under their content before the command that names them is queued."""

import hashlib
from collections.abc import Iterable
from typing import Literal

from trunkline.contract.commands import OutgoingFile
from trunkline.hub.asked import Parts
from trunkline.model.blob import File
from trunkline.model.errors import InvalidArgument
from trunkline.model.image_size import image_size
from trunkline.operations.files import FileInput

Role = Literal["attachment", "voice", "video"]


def outgoing(file: FileInput, role: Role = "attachment") -> OutgoingFile:
    """What the command says of a file. Uploads were exchanged for their files by the gate."""
    if not isinstance(file, File):
        raise InvalidArgument("The upload was not found. Uploads live 24 hours; upload the file again.")
    pixels = image_size(file.data)
    return OutgoingFile(
        content=hashlib.sha256(file.data).hexdigest(),
        file_name=file.file_name,
        media_type=file.media_type,
        size=len(file.data),
        role=role,
        width=pixels.width,
        height=pixels.height,
    )


async def keep(parts: Parts, files: Iterable[FileInput | None]) -> None:
    """Keep the bytes, durably."""
    for file in files:
        if isinstance(file, File):
            await parts.store.media.put(file.data)
