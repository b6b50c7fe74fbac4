"""The client of the owner: operations as HTTP over the loopback, by the codec that the server reads them with."""

import json
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from trunkline.model.ids import Entropy
from trunkline.model.upload import Uploaded
from trunkline.operations.declaration import Operation, route_of
from trunkline.operations.effects import Effect
from trunkline.operations.files import UploadRef
from trunkline.operations.lenient import read_leniently
from trunkline.operations.wire import read_result, write_request
from trunkline.owner.loopback import Answer, Broken, Connection, Refused
from trunkline.surfaces.cli.exits import Failed, NoServer, NotThere, WrongUsage
from trunkline.surfaces.cli.server import Server
from trunkline.surfaces.cli.wording import for_a_person

BASE = "/api/v1"
CALL_S = 660.0
"""How long an answer may take: longer than the longest time a call may be set to wait."""

UNCLEAR = (
    "Trunkline's server went away while this ran, and it may have been carried out. "
    "Look (trunkline doctor, trunkline audit) before you repeat it."
)

Result = TypeVar("Result")
Headers = list[tuple[str, str]]


class Client:
    """Asks one operation after another, through one connection of the person's."""

    def __init__(self, server: Server, entropy: Entropy, pcid: str | None = None):
        self._server = server
        self._entropy = entropy
        self._line: Connection | None = None
        self._pcid: str | None = None
        self.go_through(pcid)

    def go_through(self, pcid: str | None) -> None:
        """From now on ask through this connection; None: the person's first one. Raises WrongUsage."""
        if pcid is not None and not (0 < len(pcid) <= 255 and pcid.isascii() and pcid.isprintable()):
            raise WrongUsage("--connection is no PCID. `trunkline connection list` shows them.")
        self._pcid = pcid

    def ask(self, operation: Operation[Result]) -> bytes:
        """The JSON of the result. Raises Failed with the server's sentence, NoServer.

        A write travels under a key of its own, so that it can be asked again when the line breaks and is carried out once.
        """
        request = write_request(operation)
        route = route_of(type(operation))
        headers: Headers = []
        if self._pcid is not None and route.effect is not Effect.ADMIN:
            headers.append(("Trunkline-PCID", self._pcid))
        has_key = not route.in_query and route.effect is not Effect.ADMIN
        if has_key:
            headers.append(("Idempotency-Key", self._entropy(16).hex()))
        body = b""
        if request.body is not None:
            headers.append(("Content-Type", "application/json"))
            body = msgspec.json.encode(request.body)
        path = BASE + request.path + (f"?{urlencode(request.query)}" if request.query else "")
        is_read = request.method == "GET"
        return self._exchange(request.method, path, headers, body, may_repeat=is_read or has_key)

    def result(self, operation: Operation[Result]) -> Result:
        """The result itself. Raises what `ask` raises."""
        return read_result(type(operation), self.ask(operation))

    def upload(self, data: bytes, file_name: str) -> UploadRef:
        """Hand a file in before the call that sends it. Raises what `ask` raises."""
        path = f"{BASE}/uploads?file_name={quote(file_name, safe='')}"
        headers = [("Content-Type", "application/octet-stream")]
        body = self._exchange("POST", path, headers, data, may_repeat=True)
        kept: Uploaded = read_leniently(Uploaded, msgspec.json.decode(body))
        return UploadRef(upload_id=kept.upload_id)

    def close(self) -> None:
        """End the line."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _exchange(self, method: str, path: str, headers: Headers, body: bytes, *, may_repeat: bool) -> bytes:
        for is_last in (False, True):
            try:
                answer = self._send(method, path, headers, body)
            except Refused:
                if is_last:
                    raise NoServer("Trunkline's server went away, so nothing was asked. Repeat the command.") from None
            except Broken:
                if is_last or not may_repeat:
                    raise Failed(UNCLEAR) from None
            else:
                if is_last or not _is_stale(answer):
                    break
            self.close()
            self._server.look_again()
        if not 200 <= answer.status < 300:
            failure = NotThere if answer.status == HTTPStatus.NOT_FOUND else Failed
            raise failure(for_a_person(_sentence(answer)))
        return bytes(answer.body)

    def _send(self, method: str, path: str, headers: Headers, body: bytes) -> Answer:
        owner = self._server.owner()
        if self._line is None or not self._line.is_open:
            self._line = Connection(owner.port, CALL_S)
        return self._line.exchange(method, path, [("Authorization", f"Bearer {owner.token}"), *headers], body)


def _is_stale(answer: Answer) -> bool:
    """Whether another owner has come since the token was read: it knows only its own."""
    return answer.status == 401 and _error(answer).get("type") == "errors/invalid_credentials"


def _sentence(answer: Answer) -> str:
    detail = _error(answer).get("detail")
    return detail if isinstance(detail, str) and detail else f"The server answered with status {answer.status} and no word."


def _error(answer: Answer) -> dict[str, object]:
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
