"""A file as a caller hands it in: base64 text, a `data:` URL, or the id of an upload. Never a path, never a URL."""

from msgspec import Struct

from trunkline.model.blob import File


class UploadRef(Struct, frozen=True, kw_only=True):
    """A file that was uploaded before, by `POST /api/v1/uploads`. On the wire `upload:<id>`."""

    upload_id: str


FileInput = File | UploadRef
