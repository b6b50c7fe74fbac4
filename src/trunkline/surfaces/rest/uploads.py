"""POST /api/v1/uploads: a file for later calls, as a form or as bare bytes, streamed under a cap."""

from collections.abc import AsyncIterator

import msgspec
from starlette.types import Receive, Scope, Send

from trunkline.gateway.caller import Caller
from trunkline.model.errors import TooLarge
from trunkline.model.upload import Uploaded
from trunkline.surfaces.door.answers import ready_answer
from trunkline.surfaces.door.body import BodyTooLarge, chunks_of
from trunkline.surfaces.door.credentials import Credentials
from trunkline.surfaces.door.crowd import Crowd
from trunkline.surfaces.door.gate import Gate
from trunkline.surfaces.door.headers import value_of
from trunkline.surfaces.rest.asking import read_query
from trunkline.surfaces.rest.multipart import FirstFile

PATH = "/api/v1/uploads"
_FORM_ROOM = 64 * 1024
"""What a form may add around its file."""


class Uploads:
    """An ASGI app for POST."""

    def __init__(self, gate: Gate, credentials: Credentials, crowd: Crowd, max_bytes: int):
        self._gate = gate
        self._credentials = credentials
        self._crowd = crowd
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """201 with the upload's id. Raises errors of model/errors.py."""
        caller = await self._credentials.caller(scope)
        with self._crowd.room_for(caller.principal):
            try:
                kept = await self._keep(caller, scope, receive)
            except BodyTooLarge:
                raise self._too_large() from None
        await ready_answer(201, msgspec.json.encode(kept)).send(send)

    async def _keep(self, caller: Caller, scope: Scope, receive: Receive) -> Uploaded:
        body = chunks_of(scope, receive, self._max_bytes + _FORM_ROOM)
        content_type = value_of(scope, b"content-type")
        if content_type is not None and content_type.lower().startswith("multipart/form-data"):
            file = FirstFile(content_type, body)
            chunks = self._capped(await file.open())
            return await self._gate.keep_upload(caller, file.file_name, file.media_type, chunks)
        name = next((value for field, value in read_query(scope) if field == "file_name"), "")
        return await self._gate.keep_upload(caller, name, content_type, self._capped(body))

    async def _capped(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self._max_bytes:
                raise self._too_large()
            yield chunk

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The file is larger than {self._max_bytes} bytes, the most one upload may hold. Nothing was kept.")
