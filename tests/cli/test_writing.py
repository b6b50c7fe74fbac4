"""Sending, as a person does it from a shell."""

import io
import os
import re
from pathlib import Path

import pytest

from trunkline.surfaces.cli.sending import WITHIN_CALL_BYTES

from .conftest import Command, World
from .test_reading import ID, rest, rows

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6300010000050001")


def newest(trunkline: Command, chat: str) -> dict[str, object]:
    """The newest message of a chat."""
    found: dict[str, object] = trunkline("messages", chat, "--limit", "1", "--json").json["items"][0]
    return found


def test_a_message_is_sent_and_the_person_told_where_it_went(trunkline: Command, world: World) -> None:
    said = trunkline("send", "Flat", "Who took the bins out? 🗑️")
    sent = re.match(rf"Sent to Flat 2B \(WhatsApp\): ({ID})\n\Z", said.out)
    assert sent is not None
    assert (said.code, said.err) == (0, "")
    assert newest(trunkline, "Flat")["id"] == sent[1]
    assert b"Who took the bins out" in rest(world, f"/messages/{sent[1]}")


def test_json_is_the_operations_answer(trunkline: Command) -> None:
    said = trunkline("send", "Flat", "as json", "--json")
    assert said.json == {"object": "MessageSent", "message_id": newest(trunkline, "Flat")["id"]}


def test_a_message_can_answer_another_and_carry_files(trunkline: Command, tmp_path: Path) -> None:
    """Small files travel within the call, a large one is uploaded before it."""
    small, large = tmp_path / "pixel one.png", tmp_path / "large.bin"
    small.write_bytes(PNG)
    large.write_bytes(os.urandom(WITHIN_CALL_BYTES + 1))
    quoted = newest(trunkline, "Saturday")["id"]
    said = trunkline("send", "Saturday", "both", "--file", str(small), "--file", str(large), "--quote", str(quoted))
    assert (said.code, said.err) == (0, "")
    made = newest(trunkline, "Saturday")
    quote, attachments = made["quoted"], made["attachments"]
    assert isinstance(quote, dict)
    assert isinstance(attachments, list)
    assert quote["message_id"] == quoted
    assert [(each["type"], each["file_size"], each.get("file_name")) for each in attachments] == [
        ("img", len(PNG), None),
        ("file", WITHIN_CALL_BYTES + 1, "large.bin"),
    ]


def test_many_small_files_together_do_not_outgrow_the_call(trunkline: Command, tmp_path: Path) -> None:
    """Ours: the server takes 1 MiB of JSON; what does not fit beside the others is uploaded."""
    options: list[str] = []
    for number in range(3):
        path = tmp_path / f"part-{number}.bin"
        path.write_bytes(os.urandom(300_000))
        options += ["--file", str(path)]
    said = trunkline("send", "general", "three parts", *options)
    assert (said.code, said.err) == (0, "")
    attachments = newest(trunkline, "general")["attachments"]
    assert isinstance(attachments, list)
    assert len(attachments) == 3


def test_a_file_needs_no_text(trunkline: Command, tmp_path: Path) -> None:
    path = tmp_path / "alone.txt"
    path.write_text("words")
    assert trunkline("send", "Flat", "--file", str(path)).code == 0
    assert newest(trunkline, "Flat")["text"] is None


@pytest.mark.parametrize("size", [5, WITHIN_CALL_BYTES + 1])
def test_a_file_whose_name_is_no_text_is_sent(trunkline: Command, tmp_path: Path, size: int) -> None:
    """Ours: a name on a disk is bytes."""
    path = tmp_path / os.fsdecode(b"caf\xe9.bin")
    path.write_bytes(os.urandom(size))
    said = trunkline("send", "Flat", "--file", str(path))
    assert (said.code, said.err) == (0, "")
    attachments = newest(trunkline, "Flat")["attachments"]
    assert isinstance(attachments, list)
    assert attachments[0]["file_name"] == "caf\ufffd.bin"


def test_the_text_can_come_from_standard_input(trunkline: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Build is green\nall of it\n"))
    assert trunkline("send", "Flat", "-").code == 0
    assert newest(trunkline, "Flat")["text"] == "Build is green\nall of it"


def test_a_text_that_looks_like_an_option_can_be_sent(trunkline: Command) -> None:
    assert trunkline("send", "Flat", "--", "--data is an option").code == 0
    assert newest(trunkline, "Flat")["text"] == "--data is an option"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("Flat",), 2, "There is nothing to send. Give a TEXT, or a file with --file."),
        (("Flat", ""), 2, "A message needs text or at least one attachment. Nothing was sent."),
        (("Flat", "a\x00b"), 2, "text holds a NUL character at position 1; remove it."),
        (("Flat", "\ud800"), 2, "text holds half of a surrogate pair"),
        (("Flat", "x", "--file", "no/such/file"), 2, "--file no/such/file does not exist."),
        (("Flat", "x", "--file", "/"), 2, "--file / is a folder."),
        (("Flat", "x", "--file", os.devnull), 2, f"--file {os.devnull} is no file."),
        (
            ("Flat", "x", "--quote", "nothing"),
            1,
            "There is no message 'nothing'. Message ids come from `trunk",
        ),
        (("Flat", "x", "--thread", "t"), 1, "WhatsApp has no threads. Nothing was sent. Leave --thread out; --quote may"),
        (("City News", "x"), 1, "This chat is read-only: only admins write"),
        (("", "x"), 1, "No chat is called ''."),
        ((), 2, "Missing argument 'CHAT'. `trunkline send --help` shows what there is."),
        (("Flat", "x", "y"), 2, "Got unexpected extra argument(s) (y). `trunkline send --help` shows what there is."),
        (("Flat", "x", "--fil", "y"), 2, "No such option: --fil"),
    ],
)
def test_what_cannot_be_sent_is_one_sentence_and_sends_nothing(
    trunkline: Command, arguments: tuple[str, ...], code: int, words: str
) -> None:
    before = rows(trunkline("messages", "--limit", "1", "--ids").out)
    said = trunkline("send", *arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith(f"trunkline: {words}")
    assert said.err.count("\n") == 1
    assert rows(trunkline("messages", "--limit", "1", "--ids").out) == before


def test_a_file_that_is_empty_or_too_large_is_told_before_it_is_read(trunkline: Command, tmp_path: Path) -> None:
    empty, huge = tmp_path / "empty", tmp_path / "huge"
    empty.touch()
    with huge.open("wb") as file:
        file.truncate(26_214_401)
    said = trunkline("send", "Flat", "--file", str(empty))
    assert (said.code, said.err) == (2, f"trunkline: --file {empty} is empty; give a file that is not.\n")
    said = trunkline("send", "Flat", "--file", str(huge))
    assert (said.code, said.err) == (2, f"trunkline: --file {huge} has 26,214,401 bytes; a file may have 26,214,400.\n")


def test_a_name_that_fits_two_chats_sends_nothing(trunkline: Command, world: World) -> None:
    """Ours: the person is asked, never the dice."""
    said = trunkline("send", "s", "hello")
    candidate = rf".+ \(\S+, {ID}\)"
    told = rf"trunkline: 's' could be {candidate}.* or .+\. Give the id, or narrow it down with --account\.\n\Z"
    assert said.code == 1
    assert re.match(told, said.err)
    assert b'"hello"' not in rest(world, "/messages?limit=20")


def test_nothing_is_pending_once_the_networks_have_confirmed(trunkline: Command) -> None:
    said = trunkline("pending")
    nothing = "Nothing is pending: every write was confirmed, or settled by hand.\n"
    assert (said.code, said.out, said.err) == (0, "", nothing)
