"""docs/rest.md: how the REST API is spoken to, and every route with what it answers."""

from trunkline.operations.catalog import ALL, OperationType
from trunkline.operations.declaration import gives_bytes, may_pause, name_of, results_of, route_of
from trunkline.operations.effects import Effect
from trunkline.operations.face import declared_failures
from trunkline.surfaces.rest.forms import FORM_FILES, MAX_FIELDS, MAX_FILES

from .text import GENERATED, anchor, table

INTRODUCTION = f"""\
The REST API lives below `/api/v1` and is compatible with the messaging part of the Unipile API v1
([what is equal and what differs](moving-from-unipile.md)). `/openapi.json` describes it for programs, and
`/api/v1/try` is a page to try it in a browser. The parameters of each operation are on the page [operations](operations.md).

    curl -H "X-API-KEY: $KEY" http://127.0.0.1:3114/api/v1/chats?limit=5

- **Key.** `X-API-KEY`, or `Authorization: Bearer` with a key or token. Never in the URL.
- **Connection.** Calls go through the key's own connection, or the one named in the header `Trunkline-PCID`. Routes with the
  effect `admin` go through none and need a key marked `admin`.
- **Sending once.** With the header `Idempotency-Key` the same call gives the same answer, however often it is made; a stored
  answer carries `Idempotent-Replayed: true`.
- **Lists.** `object`, `items` and `cursor`; the cursor, percent-encoded, gives the next page, and null is the end. `limit`
  goes from 1 to 250, 100 where it is left out.
- **Bodies.** JSON objects. The routes marked *form* take `multipart/form-data` and `application/x-www-form-urlencoded` too:
  repeated fields and `name[]` are lists, `linkedin[api]` is nested, a list or object may be one JSON text, `true` and `false`
  are switches. A part with a file name is a file; its type comes from its bytes, then from its name. In JSON a file is base64
  text, a `data:` URL, or `upload:` and the id that `POST /api/v1/uploads` gave.
- **Sizes.** A file has at most 25 MiB (26,214,400 bytes; a setting), a form {FORM_FILES} times that, {MAX_FILES} files and
  {MAX_FIELDS} other fields, a JSON body with files one file of the largest size. Beyond that: 400 `content_too_large`.
- **Errors.** `title`, `type`, `status`, `detail`, `instance`, for every failure, also of unknown routes ([errors](errors.md)).
  A wrong method on a known path is 404. There is no 500 or 502; 501, 503 and 504 come only where the table says so.
- **People** connect accounts without a key on a page of a link: [hosted authentication](hosted-authentication.md).
- **Unknown names** in query and body are ignored.
"""

BESIDE = """
## Routes that are no operations

| route | what for |
|---|---|
| `POST /api/v1/uploads` | keeps a file for 24 hours: 201 `{object, upload_id, size, media_type}`, named as `upload:ID` |
| `POST /oauth/token` | a token for a key (client credentials, form or Basic), good for 60 minutes; no key |
| `GET /health` | whether the server runs; no key |
| `GET /openapi.json` | this API for programs |
| `GET /api/v1/try` | a page to try it in a browser |
| `POST /provider/ROAD/events` | what a network posts by itself, signed by it (GET: its challenge); no key |
| `GET /oauth/return/ROAD` | where a network sends a browser back to after a login; no key |
| `/hosted/TOKEN` | the page of a link: [hosted authentication](hosted-authentication.md); no key |
"""


def page() -> str:
    """The whole page."""
    rows = (_row(each) for each in sorted(ALL, key=lambda each: route_of(each).path))
    head = ("route", "operation", "effect", "answers", "and may answer")
    return f"# The REST API\n\n{GENERATED}\n{INTRODUCTION}\n## Routes\n\n{table(head, rows)}{BESIDE}"


def _row(operation: OperationType) -> tuple[str, ...]:
    route = route_of(operation)
    also = f" (also `{route.alias}`)" if route.alias else ""
    form = " *form*" if route.form else ""
    what = "a file" if gives_bytes(operation) else " or ".join(kind.__name__ for kind in results_of(operation))
    paused = " (202: Checkpoint)" if may_pause(operation) else ""
    name = name_of(operation)
    return (
        f"`{route.method} {route.path}`{also}{form}",
        f"[{name}](operations.md#{anchor(name)})",
        "admin" if route.effect is Effect.ADMIN else route.effect.value,
        f"{route.status} {what}{paused}",
        ", ".join(str(status) for status in sorted(declared_failures(route))),
    )
