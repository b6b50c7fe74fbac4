"""Puts ready JSON into an answer that the SDK has encoded.

The gateway hands over results as JSON bytes. The SDK would have them as Python objects, check and copy them three times and
encode them twice, once as `structuredContent` and once as text: for a page of 100 messages (51 kB) that is most of a call.
So the handler returns placeholder words, and they are replaced here, where the answer leaves. A word is 128 random bits of
this one exchange; it stands in the answer as a JSON string, or as the only key of an object.
"""

from collections.abc import Mapping

from starlette.types import Message, Send


class Splicer:
    """An ASGI `send` that replaces words in the one body of an answer. Streams pass untouched."""

    def __init__(self, send: Send, pieces: Mapping[str, bytes]):
        self._send = send
        self._pieces = pieces
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Hold the start back until the body shows how long it becomes."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await self._send(message)
            return
        if self._pieces and not message.get("more_body", False):
            body = splice(message.get("body", b""), self._pieces)
            message = {**message, "body": body}
            start = {**start, "headers": _with_length(start["headers"], len(body))}
        await self._send(start)
        await self._send(message)


def splice(body: bytes, pieces: Mapping[str, bytes]) -> bytes:
    """The body with each word replaced: by the JSON itself where it keys an object, by the JSON as a string elsewhere."""
    for word, text in pieces.items():
        quoted = f'"{word}"'.encode()
        body = body.replace(b"{" + quoted + b":0}", text).replace(quoted, text)
    return body


def _with_length(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    return [*kept, (b"content-length", str(length).encode())]
