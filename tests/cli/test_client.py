"""The client: what it asks, what it makes of answers, and what it does when the line breaks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from trunkline.model.acknowledgements import MessageSent
from trunkline.model.errors import InvalidCredentials
from trunkline.operations.administration import CreateKey, RevokeKey
from trunkline.operations.chats import GetChat, ListAllChats, SendMessageInChat, SyncChatHistory
from trunkline.operations.declaration import Operation
from trunkline.operations.files import UploadRef
from trunkline.operations.missing import not_found
from trunkline.owner import server_file
from trunkline.surfaces.cli.client import UNCLEAR, Client
from trunkline.surfaces.cli.exits import Failed, NoServer, WrongUsage
from trunkline.surfaces.cli.server import Server

from .conftest import no_server_here
from .fake_server import FakeServer

SENT = {"object": "MessageSent", "message_id": "m1"}
CHATS: dict[str, object] = {"object": "ChatList", "items": [], "cursor": None}
SEND = SendMessageInChat(chat_id="c1", text="hi")


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeServer]:
    """The owner of `tmp_path`."""
    server = FakeServer()
    server.announce(tmp_path)
    yield server
    server.end()


@pytest.fixture
def client(tmp_path: Path, fake: FakeServer) -> Iterator[Client]:
    """Asks it."""
    client = Client(Server(tmp_path, no_server_here, patience_s=0.1), lambda size: b"k" * size)
    yield client
    client.close()


def test_an_operation_travels_as_its_declaration_says(client: Client, fake: FakeServer) -> None:
    """design.md 5: the server's routes are the client's calls."""
    fake.acts = [(200, CHATS), (201, SENT), (200, {})]
    client.ask(ListAllChats(limit=5, unread=True))
    assert client.result(SendMessageInChat(chat_id="a/b..", text="hi")) == MessageSent(message_id="m1")
    client.ask(RevokeKey(key_id="k1"))
    assert [asked.line for asked in fake.asked] == [
        "GET /api/v1/chats?unread=true&limit=5",
        "POST /api/v1/chats/a%2Fb../messages",
        "DELETE /api/v1/keys/k1",
    ]
    assert [asked.body for asked in fake.asked] == [b"", b'{"text":"hi"}', b""]
    assert [asked.headers.get("idempotency-key") for asked in fake.asked] == [None, "6b" * 16, None]
    assert {asked.headers["authorization"] for asked in fake.asked} == {f"Bearer {fake.token}"}


def test_a_connection_is_named_where_messages_are_asked_for_and_not_where_the_server_is_run(
    client: Client, fake: FakeServer
) -> None:
    client.go_through("pc_mine")
    client.ask(ListAllChats())
    client.ask(CreateKey(name="k"))
    assert [asked.headers.get("trunkline-pcid") for asked in fake.asked] == ["pc_mine", None]


@pytest.mark.parametrize("pcid", ["", "pc_\r\nX-API-KEY: other", "pc_ü", "p" * 256])
def test_a_connection_that_is_no_pcid_never_reaches_a_header(client: Client, fake: FakeServer, pcid: str) -> None:
    """Ours: a line break in a header is a second header."""
    with pytest.raises(WrongUsage):
        client.go_through(pcid)
    assert fake.asked == []


def test_a_send_whose_line_breaks_is_asked_again_under_the_same_key(client: Client, fake: FakeServer) -> None:
    """security.md R7: the server answers the second with what it did at the first."""
    fake.acts = ["break", (201, SENT)]
    assert client.result(SEND) == MessageSent(message_id="m1")
    first, second = fake.asked
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] != ""
    assert first.body == second.body


def test_what_travels_without_a_key_is_not_asked_again(client: Client, fake: FakeServer) -> None:
    """Ours: a key that was made twice would be a key that nobody knows of."""
    fake.acts = ["break"]
    with pytest.raises(Failed) as failed:
        client.ask(CreateKey(name="k"))
    assert failed.value.text == UNCLEAR
    assert len(fake.asked) == 1


@pytest.mark.parametrize("operation", [SEND, GetChat(chat_id="c1"), SyncChatHistory(chat_id="c1")])
def test_a_line_that_breaks_twice_is_told(client: Client, fake: FakeServer, operation: Operation[Any]) -> None:
    fake.acts = ["break", "break"]
    with pytest.raises(Failed) as failed:
        client.ask(operation)
    assert failed.value.text == UNCLEAR
    assert len(fake.asked) == 2


def test_the_next_owner_is_asked_when_the_first_has_gone(
    client: Client, fake: FakeServer, tmp_path: Path, fakes: Callable[[], FakeServer]
) -> None:
    """design.md 7: a pipe takes over when the owner ends; a command goes on with it."""
    client.ask(GetChat(chat_id="c1"))
    client.close()
    fake.end()
    fakes().announce(tmp_path)
    assert client.ask(GetChat(chat_id="c1")) == b"{}"


def test_a_token_of_an_owner_before_is_exchanged_for_the_present_one(client: Client, fake: FakeServer, tmp_path: Path) -> None:
    """Ours: the port may be the same, and the process another."""
    client.ask(GetChat(chat_id="c1"))
    fake.token = "e" * 64
    server_file.write(tmp_path, server_file.ServerFile(1, fake.port, fake.token, "fake"))
    assert client.ask(GetChat(chat_id="c1")) == b"{}"
    assert len(fake.asked) == 3


@pytest.fixture
def fakes() -> Iterator[Callable[[], FakeServer]]:
    """Makes further servers."""
    made: list[FakeServer] = []

    def make() -> FakeServer:
        made.append(FakeServer())
        return made[-1]

    yield make
    for server in made:
        server.end()


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, {"detail": "There is no chat 'x'. Chat ids come from unipile_messaging_list_all_chats."},
         "There is no chat 'x'. Chat ids come from `trunkline chats`."),
        (404, {"detail": not_found("PCID", "x").text},
         "There is no connection 'x'. Connection ids come from `trunkline connection list`."),
        (400, {"detail": "Name one by its PCID in the header Trunkline-PCID."}, "Name one by its PCID with --connection."),
        (401, {"type": "errors/disconnected_account", "detail": "Log in again."}, "Log in again."),
        (503, {"detail": "\x1b[2JNothing was done."}, "\\x1b[2JNothing was done."),
        (502, b"<html>proxy</html>", "The server answered with status 502 and no word."),
        (500, [], "The server answered with status 500 and no word."),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_the_words_of_a_person(
    client: Client, fake: FakeServer, status: int, body: object, words: str
) -> None:
    fake.acts = [(status, body)]
    with pytest.raises(Failed) as failed:
        client.ask(GetChat(chat_id="x"))
    assert failed.value.text == words
    assert len(fake.asked) == 1


def test_a_wrong_token_is_told_when_it_stays_wrong(client: Client, fake: FakeServer) -> None:
    refusal = (401, {"type": "errors/invalid_credentials", "detail": InvalidCredentials().text})
    fake.acts = [refusal, refusal]
    with pytest.raises(Failed, match="is not valid"):
        client.ask(GetChat(chat_id="x"))


def test_an_upload_carries_its_bytes_and_its_name(client: Client, fake: FakeServer) -> None:
    fake.acts = [(201, {"object": "Upload", "upload_id": "u1", "size": 3, "media_type": "text/plain"})]
    assert client.upload(b"\x00\xff\n", "a b&c.txt") == UploadRef(upload_id="u1")
    (asked,) = fake.asked
    assert asked.line == "POST /api/v1/uploads?file_name=a%20b%26c.txt"
    assert asked.body == b"\x00\xff\n"


def test_nobody_there_and_nobody_to_come_is_told(client: Client, fake: FakeServer, tmp_path: Path) -> None:
    client.ask(GetChat(chat_id="c1"))
    client.close()
    fake.end()
    with pytest.raises(NoServer):
        client.ask(GetChat(chat_id="c1"))
