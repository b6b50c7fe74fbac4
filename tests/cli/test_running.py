"""Running the server: connections, keys, doctor, backup, settings, networks, audit."""

import io
import re
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from trunkline.settings import SETTINGS

from .conftest import Command, World
from .test_reading import WHEN, rows

KEY = r"tl_[0-9a-f]{16}_[A-Za-z0-9_-]{43}"


def status_of(world: World, key: str, method: str = "GET", path: str = "/chats?limit=1", body: bytes | None = None) -> int:
    """How the REST API answers a key."""
    headers = {"X-API-KEY": key, "Content-Type": "application/json"}
    try:
        with urlopen(Request(f"{world.url}/api/v1{path}", headers=headers, method=method, data=body)) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def connection_named(trunkline: Command, name: str) -> dict[str, Any]:
    """One of the connections."""
    found: dict[str, Any] = next(
        each for each in trunkline("connection", "list", "--json").json["items"] if each["name"] == name
    )
    return found


def test_a_connection_and_a_key_for_an_agent_are_two_commands(trunkline: Command, world: World) -> None:
    """docs/cli.md: what it says is what happens."""
    added = trunkline("connection", "add", "Night reader", "--road", "sandbox", "--for", "night-owl")
    assert added.code == 0
    assert re.search(r"Night reader  pc_\S+  night-owl  sandbox  read +guarded\n", added.out)
    made = trunkline("key", "create", "owl", "--for", "night-owl", "--connection", "night")
    assert re.fullmatch(rf"{KEY}\n", made.out)
    assert made.err == "This is the key 'owl' of night-owl. Keep it: it is shown this once.\n"
    key = made.out.strip()
    assert status_of(world, key) == 200
    assert status_of(world, key, path="/keys") == 403
    send = ("POST", "/chats/x/messages", b'{"text": "hi"}')
    assert status_of(world, key, *send) in (403, 404)


def test_allow_adds_effects_and_only_takes_the_others_away(trunkline: Command) -> None:
    """The sentence of a refusal says `trunkline connection allow PCID send`: what could be read must stay readable."""
    trunkline("connection", "add", "Growing", "--road", "sandbox")
    trunkline("connection", "allow", "Growing", "send")
    assert connection_named(trunkline, "Growing")["effects"] == ["read", "send"]
    widened = trunkline("connection", "allow", "Growing", "change,send", "--open")
    assert widened.code == 0
    assert (connection_named(trunkline, "Growing")["effects"], connection_named(trunkline, "Growing")["mode"]) == (
        ["read", "send", "change"],
        "open",
    )
    trunkline("connection", "allow", "Growing", "read", "--only", "--mode", "read_only")
    assert connection_named(trunkline, "Growing")["effects"] == ["read"]
    assert connection_named(trunkline, "Growing")["mode"] == "read_only"


def test_a_guarded_connection_that_may_write_says_that_it_does_not_yet(trunkline: Command) -> None:
    said = trunkline("connection", "add", "Held back", "--road", "sandbox", "--allow", "send")
    assert "  read, send  guarded" in said.out
    assert said.err.startswith("Warning: This connection is guarded, so what it writes is still refused.")


def test_a_connection_can_be_for_one_account_or_one_chat(trunkline: Command) -> None:
    trunkline("connection", "add", "Narrow", "--road", "sandbox", "--account", "whatsapp", "--chat", "Flat 2B")
    narrow = connection_named(trunkline, "Narrow")
    (chat,) = narrow["chats"]
    (account,) = narrow["accounts"]
    shown = trunkline("messages", chat, "--json").json["items"][0]
    assert (shown["chat_id"], shown["account_id"]) == (chat, account)


def test_stopping_can_be_taken_back_and_revoking_cannot(trunkline: Command, world: World) -> None:
    trunkline("connection", "add", "Switched", "--road", "sandbox")
    key = trunkline("key", "create", "switched key", "--connection", "Switched").out.strip()
    assert status_of(world, key) == 200
    assert trunkline("key", "stop", "switched").out.endswith("  stopped\n")
    assert status_of(world, key) == 401
    assert "stopped" not in trunkline("key", "start", "switched").out
    assert status_of(world, key) == 200
    assert trunkline("connection", "stop", "Switched").out.endswith("  guarded, stopped\n")
    assert connection_named(trunkline, "Switched")["stopped"] is True
    assert trunkline("connection", "start", "Switched").out.endswith("  guarded\n")
    assert trunkline("key", "revoke", "switched", "--yes").out.startswith("Revoked: switched key (")
    assert status_of(world, key) == 401
    assert trunkline("connection", "revoke", "Switched", "--yes").out.startswith("Revoked: Switched (pc_")
    assert trunkline("connection", "stop", "Switched").err == (
        "trunkline: No connection is called 'Switched'. `trunkline connection list` lists them.\n"
    )


@pytest.mark.parametrize(("answer", "is_there"), [("n\n", True), ("", True), ("y\n", False)])
def test_revoking_asks_first(trunkline: Command, monkeypatch: pytest.MonkeyPatch, answer: str, is_there: bool) -> None:
    name = f"asked {answer!r}"
    trunkline("key", "create", name)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    said = trunkline("key", "revoke", name)
    assert said.code == (1 if is_there else 0)
    assert ("Nothing was done." in said.err) == is_there
    assert (name in trunkline("key", "list").out) == is_there
    trunkline("connection", "add", name, "--road", "sandbox")
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert trunkline("connection", "revoke", name).code == said.code
    assert (name in trunkline("connection", "list").out) == is_there


def test_a_key_can_end_by_itself(trunkline: Command) -> None:
    said = trunkline("key", "create", "short", "--expires", "12h")
    assert re.match(rf"This is the key 'short' of .* until {WHEN}\. Keep it: it is shown this once\.\n\Z", said.err)


def test_a_key_of_an_agent_without_connection_says_what_to_do_next(trunkline: Command) -> None:
    said = trunkline("key", "create", "lonely", "--for", "newcomer")
    assert said.err.splitlines()[1] == "What it reaches: trunkline connection add NAME --road ROAD --for newcomer"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("connection", "add", "X"), 2, "Missing option '--road'. `trunkline connection add --help` shows what there is."),
        (("connection", "add", "X", "--road", "no"), 1, "roads names a road that this server does not have; it has sandbox"),
        (
            ("connection", "add", "X", "--road", "sandbox", "--allow", "fly"),
            2,
            "'fly' is no effect; there are read, send",
        ),
        (("connection", "add", "X", "--road", "sandbox", "--mode", "wild"), 2, "mode is 'wild'; it must be open, guarded or"),
        (("connection", "allow", "simul"), 2, "Say what it may do: read, send, change or destroy, several with commas; or"),
        (("connection", "allow", "simul", "--only", "--open"), 2, "--only needs the EFFECTS that stay."),
        (("connection", "allow", "simul", "--open", "--mode", "guarded"), 2, "--open and --mode say different things."),
        (("connection", "allow", "nobody's", "send"), 1, 'No connection is called "nobody\'s".'),
        (("key", "create", ""), 2, "name is empty; give it a value."),
        (("key", "create", "x" * 101), 2, "name has 101 characters; at most 100 are allowed."),
        (("key", "create", "x", "--expires", "2020-01-01"), 1, "expires_at is in the past;"),
        (("key", "create", "x", "--admin", "--for", "an-agent"), 1, "admin is true, but an agent never runs the server."),
        (("key", "revoke", "no such", "--yes"), 1, "No key is called 'no such'. `trunkline key list` lists them."),
        (("key", "destroy"), 2, "No such command 'destroy'."),
    ],
)
def test_what_is_wrong_is_one_sentence(trunkline: Command, arguments: tuple[str, ...], code: int, words: str) -> None:
    said = trunkline(*arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith(f"trunkline: {words}")
    assert said.err.count("\n") == 1


def test_doctor_tells_where_everything_stands(trunkline: Command, world: World) -> None:
    said = trunkline("doctor")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"Trunkline 0.1.0 at {world.url}, up since ")
    assert f"Data folder {world.folder} (database " in said.out
    assert re.search(r"\nWhatsApp +Alex Morgan +connected +\d+ +[\d,]+\n", said.out)
    assert said.out.endswith("\nAll is well.\n")
    assert trunkline("doctor", "--json").json["object"] == "Status"


def test_doctor_sees_what_others_can_open(trunkline: Command, world: World) -> None:
    """security.md 5.3."""
    world.folder.chmod(0o755)
    try:
        said = trunkline("doctor")
    finally:
        world.folder.chmod(0o700)
    assert f"warning: Other users of this machine can open {world.folder}. chmod go-rwx '{world.folder}'\n" in said.out
    assert "All is well." not in said.out


def test_a_backup_is_a_whole_database_with_its_name_told(trunkline: Command, world: World) -> None:
    said = trunkline("backup")
    told = re.match(r"(.*\.db) \([\d.]+ [kM]B\)\n\Z", said.out)
    assert told is not None
    assert Path(told[1]).read_bytes().startswith(b"SQLite format 3\x00")
    assert Path(told[1]).is_relative_to(world.folder / "backups")
    assert "secret.key" in said.err


def test_networks_and_their_terms_are_listed(trunkline: Command) -> None:
    said = trunkline("networks")
    assert re.search(r"\nsandbox +Sandbox +yes +Instagram, LinkedIn", said.out)
    assert said.err.startswith("sandbox: Simulated networks on this machine")


def test_the_audit_says_who_asked_what_from_where(trunkline: Command) -> None:
    """security.md 4.8; a call of the command line is told from one over REST."""
    trunkline("send", "Flat", "for the audit")
    said = trunkline("audit", "--operation", "send_message_in_chat", "--limit", "1")
    assert re.search(rf"\n{WHEN}  \S+ \(cli\)  send_message_in_chat  \S{{22}} +(ok|done)\n", said.out)
    assert trunkline("audit", "--after", "2999-01-01").err == "Nothing fits.\n"
    assert trunkline("audit", "--by", "nobody").err.startswith("trunkline: principal is the name of nobody here.")


def test_settings_say_where_each_value_is_from_and_strike_secrets_out(command: Command, tmp_path: Path) -> None:
    """style.md 5: a command prints each value and where it came from."""
    environ = {"TRUNKLINE_PORT": "4000", "TRUNKLINE_DATABASE": "postgresql://me:secret@host/db"}
    said = command("settings", "--data", str(tmp_path), environ=environ)
    assert (said.code, said.err) == (0, "")
    assert "secret@" not in said.out
    told = {row.split()[0]: row for row in rows(said.out)}
    assert set(told) == {setting.name for setting in SETTINGS}
    assert re.fullmatch(rf"data +{re.escape(str(tmp_path))} +--data", told["data"])
    assert re.fullmatch(r"port +4000 +TRUNKLINE_PORT", told["port"])
    assert re.fullmatch(r"database +\(set, not shown\) +TRUNKLINE_DATABASE", told["database"])
    assert re.fullmatch(r"host +127\.0\.0\.1 +default", told["host"])
    assert not any(tmp_path.iterdir())
    shown = command("settings", "--json", environ=environ).json
    assert {"name": "port", "value": "4000", "source": "TRUNKLINE_PORT"} in shown["items"]


def test_settings_of_networks_are_named_and_those_that_do_not_exist_too(command: Command) -> None:
    """Ours: which settings of a network are secrets only the network knows; a misspelt name sets nothing and says nothing."""
    said = command("settings", environ={"TRUNKLINE_SANDBOX_ANSWER_MS": "12345", "TRUNKLINE_PROT": "1"})
    assert said.code == 0
    assert re.search(r"\nsandbox\.answer_ms +\(set, not shown\) +TRUNKLINE_SANDBOX_ANSWER_MS\n", said.out)
    assert "12345" not in said.out
    assert said.err == "TRUNKLINE_PROT is set in the environment, and there is no such setting.\n"


def test_a_wrong_setting_is_shown_and_told(command: Command) -> None:
    said = command("settings", environ={"TRUNKLINE_PORT": "x"})
    assert said.code == 2
    assert said.err == "trunkline: port (TRUNKLINE_PORT) cannot be 'x'; it must be a whole number from 0 to 65535.\n"
    assert "TRUNKLINE_PORT" in said.out
