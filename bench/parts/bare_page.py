"""The rival that does the same and no more, a program: a page read as the hub reads it, sent by a bare asyncio server.

    python bare_page.py DATA CHAT LIMIT

The chat is looked up by its id, its newest messages are read and rendered from the store by the functions that the hub uses,
and a page is sent. No key, no connection, no cursor, no audit, no framework. Prints the port it listens on.
"""

import asyncio
import socket
import sys
from pathlib import Path
from typing import cast

import uvicorn

from trunkline.store import chats, messages
from trunkline.store.accounts import all_of
from trunkline.store.messages import Filter
from trunkline.store.render import array, render
from trunkline.store.store import Store, open_store

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: %d\r\n\r\n"


class PageServer(asyncio.Protocol):
    """Answers each request with the page. A request is whatever ends with an empty line."""

    def __init__(self, store: Store, accounts: dict[int, str], chat_id: str, limit: int):
        self._store, self._accounts, self._chat_id, self._limit = store, accounts, chat_id, limit
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody asks."""
        self._transport = cast(asyncio.Transport, transport)
        self._tasks: set[asyncio.Task[None]] = set()

    def data_received(self, data: bytes) -> None:
        """A task for each request, as any server has."""
        *requests, self._left = (self._left + data).split(b"\r\n\r\n")
        for _ in requests:
            task = asyncio.get_running_loop().create_task(self._answer())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self) -> None:
        db = self._store.db
        chat = await chats.find(db, list(self._accounts), self._chat_id)
        assert chat is not None
        rows = await messages.page(db, Filter(arms=({"chat_no": chat.no},)), self._limit + 1)
        pieces, _ = await render(db, rows[: self._limit], self._accounts)
        body = b'{"object":"MessageList","items":%s,"cursor":null}' % array(pieces)
        self._transport.write(HEAD % len(body) + body)


async def main(data: Path, chat_id: str, limit: int) -> None:
    """Serve until ended."""
    store = await open_store(data)
    accounts = {account.no: account.id for account in await all_of(store.db)}
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    server = await asyncio.get_running_loop().create_server(lambda: PageServer(store, accounts, chat_id, limit), sock=listening)
    print(listening.getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvicorn.Config(app="", log_config=None).get_loop_factory()) as runner:
        runner.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
