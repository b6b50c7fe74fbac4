"""How an answer leaves: head and body in one write, each head before its body, and nothing held for long."""

import asyncio
from typing import cast

from trunkline.surfaces.door.one_write import OneWrite

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"


class Recorder:
    """A transport that remembers."""

    def __init__(self) -> None:
        self.said: list[bytes] = []

    def write(self, data: bytes) -> None:
        """One write."""
        self.said.append(data)

    def writelines(self, pieces: tuple[bytes, ...]) -> None:
        """One write of several pieces."""
        self.said.append(b"".join(pieces))

    def close(self) -> None:
        """The end."""
        self.said.append(b"closed")

    def is_closing(self) -> bool:
        """Whether it has ended."""
        return b"closed" in self.said


def _over(recorder: Recorder) -> OneWrite:
    return OneWrite(cast(asyncio.Transport, recorder), asyncio.get_running_loop())


async def test_a_head_leaves_with_the_first_bytes_of_its_body() -> None:
    recorder = Recorder()
    out = _over(recorder)
    out.write(HEAD)
    out.write(b"body")
    out.write(b"more")
    await asyncio.sleep(0)
    assert recorder.said == [HEAD + b"body", b"more"]


async def test_a_head_whose_body_takes_its_time_leaves_alone_at_the_end_of_the_turn() -> None:
    recorder = Recorder()
    out = _over(recorder)
    out.write(HEAD)
    assert recorder.said == []
    await asyncio.sleep(0)
    assert recorder.said == [HEAD]
    out.write(b"body")
    assert recorder.said == [HEAD, b"body"]


async def test_an_end_sends_the_head_that_was_held_and_the_rest_is_the_transports_own() -> None:
    recorder = Recorder()
    out = _over(recorder)
    out.write(HEAD)
    assert not out.is_closing()
    out.close()
    await asyncio.sleep(0)
    assert recorder.said == [HEAD, b"closed"]
    assert out.is_closing()
