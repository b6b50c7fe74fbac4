"""Uploads: kept for their principal, and exchanged for their bytes where a call names them. A file is never a path."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from trunkline.model.blob import File
from trunkline.model.errors import NotFound, TooLarge
from trunkline.model.upload import Uploaded
from trunkline.operations.declaration import Operation
from trunkline.operations.files import UploadRef, file_of
from trunkline.operations.parameter import Parameter, Shape, parameters_of
from trunkline.store import uploads
from trunkline.store.engine import Transaction
from trunkline.store.store import Store
from trunkline.store.uploads import UploadRow

KEPT_MS = 24 * 3600 * 1000
"""How long an upload holds."""
MOST_BYTES = 104_857_600
"""Of one upload, and of all uploads that one call names together (they are in memory while it is sent)."""
_HEAD_BYTES = 64 * 1024
"""How much of a file its type is read off."""

Asked = TypeVar("Asked", bound=Struct)


class _Head:
    """Passes a stream on and remembers how it began."""

    def __init__(self, chunks: AsyncIterator[bytes]):
        self._chunks = chunks
        self.bytes = b""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            if len(self.bytes) < _HEAD_BYTES:
                self.bytes += bytes(chunk[: _HEAD_BYTES - len(self.bytes)])
            yield chunk


async def keep(
    store: Store, principal: int, file_name: str | None, media_type: str | None, chunks: AsyncIterator[bytes]
) -> Uploaded:
    """Keep an upload. Its name is data alone; its type is read off the bytes. Raises InvalidArgument (empty) and TooLarge."""
    head = _Head(chunks)
    content, size = await store.media.put_stream(aiter(head), MOST_BYTES)
    seen = file_of(head.bytes, "file", declared=media_type, name=file_name)
    upload = UploadRow(id=store.new_id(), content=content, file_name=seen.file_name, media_type=seen.media_type, size=size)

    async def work(tx: Transaction) -> None:
        await uploads.add(tx, upload, principal, store.clock() + KEPT_MS)

    await store.db.write(work)
    return Uploaded(upload_id=upload.id, size=size, media_type=upload.media_type)


async def exchange(store: Store, principal: int, operation: Operation[Any]) -> Operation[Any]:
    """The operation with every UploadRef in it exchanged for the File. Raises NotFound and TooLarge."""
    if not _takes_files(type(operation)):
        return operation
    return await _Exchange(store, principal).struct(operation, "")


@cache
def _takes_files(struct: type[Struct]) -> bool:
    return any(
        each.shape is Shape.FILE or each.item is Shape.FILE or (each.struct is not None and _takes_files(each.struct))
        for each in parameters_of(struct).values()
    )


class _Exchange:
    """One call's exchange: the bytes it names are counted together."""

    def __init__(self, store: Store, principal: int):
        self._store = store
        self._principal = principal
        self._bytes = 0

    async def struct(self, struct: Asked, within: str) -> Asked:
        changes = {}
        for name, parameter in parameters_of(type(struct)).items():
            value = getattr(struct, name)
            exchanged = await self._value(value, parameter, within + name)
            if exchanged is not value:
                changes[name] = exchanged
        return msgspec.structs.replace(struct, **changes) if changes else struct

    async def _value(self, value: Any, parameter: Parameter, name: str) -> Any:
        if isinstance(value, UploadRef):
            return await self._file(value, name)
        if isinstance(value, tuple) and any(isinstance(each, UploadRef) for each in value):
            return tuple(
                [
                    await self._file(each, f"{name}[{index}]") if isinstance(each, UploadRef) else each
                    for index, each in enumerate(value)
                ]
            )
        if isinstance(value, Struct) and parameter.struct is not None and _takes_files(parameter.struct):
            return await self.struct(value, f"{name}.")
        return value

    async def _file(self, ref: UploadRef, name: str) -> File:
        upload = await uploads.find(self._store.db, self._principal, ref.upload_id, self._store.clock())
        if upload is None:
            raise NotFound(
                f"{name} names no upload that is kept here. Uploads hold for 24 hours and for whoever made them; upload the "
                "file again with POST /api/v1/uploads."
            )
        self._bytes += upload.size
        if self._bytes > MOST_BYTES:
            raise TooLarge(
                f"{name} brings the uploads of this call to {self._bytes} bytes; at most {MOST_BYTES} are allowed. "
                "Nothing was sent."
            )
        data = await self._store.media.read(upload.content)
        return File(data=data, file_name=upload.file_name, media_type=upload.media_type)
