"""Accounts, chats, messages and search, as a person and as a program read them."""

import json
import re
import shlex
from urllib.request import Request, urlopen

import pytest

from trunkline.surfaces.cli.output import Output

from .conftest import Command, World

ID = r"[A-Za-z0-9_-]{22}"
ACTIVE = r"(\d{2}:\d{2}|\d{4}-\d{2}-\d{2})"
WHEN = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}"


def rest(world: World, path: str) -> bytes:
    """What the REST API answers."""
    with urlopen(Request(f"{world.url}/api/v1{path}", headers={"X-API-KEY": world.admin_key})) as answer:
        body: bytes = answer.read()
        return body


def rows(out: str) -> list[str]:
    """The lines of a table below its head."""
    return out.splitlines()[1:]


def chat_id(trunkline: Command, name: str) -> str:
    """The id of a chat, by its name."""
    found = [row.split()[-1] for row in rows(trunkline("chats", "--limit", "250").out) if row.startswith(name)]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (("accounts",), "/accounts?limit=50"),
        (("chats", "--limit", "3"), "/chats?limit=3"),
        (("chats", "--unread", "--account", "slack"), "/chats?unread=true&account_type=SLACK&limit=50"),
        (("messages", "--limit", "4"), "/messages?limit=4"),
        (("messages", "--search", "thursday", "--limit", "2"), "/search?query=thursday&limit=2"),
        (("connection", "list"), "/connections/all"),
        (("networks",), "/networks"),
    ],
)  # fmt: skip
def test_json_is_the_answer_of_the_api_byte_for_byte(
    trunkline: Command, world: World, arguments: tuple[str, ...], path: str
) -> None:
    """Ours: what a program learnt about the API it knows about the command."""
    said = trunkline(*arguments, "--json")
    assert (said.code, said.err) == (0, "")
    assert said.out.encode() == rest(world, path) + b"\n"


def test_accounts_are_a_table_of_networks_and_their_state(trunkline: Command) -> None:
    said = trunkline("accounts")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0].split() == ["network", "name", "state", "road", "id"]
    networks = {row.split()[0] for row in rows(said.out)}
    assert networks == {"WhatsApp", "LinkedIn", "Slack", "Twitter/X", "Messenger", "Instagram", "Telegram"}
    assert all(re.search(rf"  connected  sandbox  {ID}$", row) for row in rows(said.out))


def test_chats_have_a_name_even_where_the_network_gives_none(trunkline: Command) -> None:
    """Ours: a conversation of two has no name on most networks, so it is called after the other one."""
    said = trunkline("chats", "--account", "whatsapp")
    names = [row.split("  ")[0] for row in rows(said.out)]
    assert {"Maya Fernandes", "Saturday hike 🏔️", "Flat 2B"} <= set(names)
    assert all(re.search(rf"  {ACTIVE} +{ID}$", row) for row in rows(said.out))
    assert not any("s.whatsapp.net" in name for name in names)


def test_a_list_says_how_it_goes_on_and_goes_on_so(trunkline: Command) -> None:
    first = trunkline("chats", "--limit", "40")
    more = re.search(r"There is more: trunkline (.*chats --limit 40 --cursor \S+)\n\Z", first.err)
    assert more is not None
    second = trunkline(*shlex.split(more[1]))
    assert second.err == ""
    whole = trunkline("chats", "--limit", "250")
    # Column widths differ from page to page, so only the ids can be compared.
    assert [row[-22:] for row in rows(first.out) + rows(second.out)] == [row[-22:] for row in rows(whole.out)]
    assert len(rows(first.out)) == 40


@pytest.mark.parametrize(
    ("arguments", "again"),
    [
        (("chats", "--connection", "PCID", "--limit", "4"), "chats --connection PCID --limit 4"),
        (("chats", "--read", "--limit", "2"), "chats --read --limit 2"),
        (("messages", "--search", "the", "--ids", "--limit", "1"), "messages --search the --ids --limit 1"),
        (("accounts", "--connection", "PCID", "--limit", "1"), "accounts --connection PCID --limit 1"),
        (("audit", "--operation", "list_all_chats", "--limit", "1"), "audit --operation list_all_chats --limit 1"),
        (("key", "list", "--limit", "1"), "key list --limit 1"),
    ],
)
def test_the_command_that_goes_on_carries_all_that_was_given(
    trunkline: Command, world: World, arguments: tuple[str, ...], again: str
) -> None:
    """Ours: a cursor is good on its own connection alone, so a command without it would be refused."""
    said = trunkline(*(world.pcid if word == "PCID" else word for word in arguments))
    found = re.search(r"There is more: trunkline (.*) --cursor (\S+)\n\Z", said.err)
    assert found is not None, said.err
    assert shlex.split(found[1])[-len(again.split()) :] == again.replace("PCID", world.pcid).split()
    assert trunkline(*shlex.split(f"{found[1]} --cursor {found[2]}")).code == 0


def test_a_cursor_brings_the_size_of_the_page_along(trunkline: Command) -> None:
    cursor = trunkline("chats", "--limit", "3", "--json").json["cursor"]
    assert len(trunkline("chats", "--cursor", cursor, "--json").json["items"]) == 3
    assert len(trunkline("chats", "--cursor", cursor, "--limit", "5", "--json").json["items"]) == 5


@pytest.mark.parametrize(
    ("account", "networks"),
    [
        ("whatsapp", {"WhatsApp"}),
        ("insta", {"Instagram"}),
        ("Slack,TELEGRAM", {"Slack", "Telegram"}),
        ("Alex Morgan", {"WhatsApp", "LinkedIn", "Slack", "Twitter/X", "Messenger", "Instagram", "Telegram"}),
    ],
)
def test_accounts_are_named_by_network_or_name(trunkline: Command, account: str, networks: set[str]) -> None:
    said = trunkline("chats", "--account", account, "--json")
    shown = trunkline("chats", "--account", account)
    assert said.code == 0
    found = {name for name in ("WhatsApp", "LinkedIn", "Slack", "Twitter/X", "Messenger", "Instagram", "Telegram")
             if f"  {name}  " in shown.out}  # fmt: skip
    assert found == networks


def test_messages_of_a_chat_are_newest_first_with_names_and_what_hangs_on_them(trunkline: Command) -> None:
    said = trunkline("messages", "saturday")
    assert said.code == 0
    times = [row[:16] for row in rows(said.out)]
    assert times == sorted(times, reverse=True)
    assert re.search(r"  Omar Haddad +The route, 14 km ⏎ \[file route\.pdf, 639 B\]\n", said.out)
    assert re.search(r"  Yuki Tanaka +> Who brings coffee\? ⏎ Me ☕ ⏎ ❤️ 2 👍\n", said.out)
    assert re.search(r"  you +Perfect\. Weather looks good too \(edited\)\n", said.out)
    assert "\nwhen" not in said.out


def test_messages_of_all_chats_say_which_chat(trunkline: Command) -> None:
    said = trunkline("messages", "--limit", "5", "--ids")
    assert said.out.splitlines()[0].split() == ["when", "from", "chat", "message", "id"]
    assert all(re.search(rf" \((WhatsApp|Slack|Telegram|Instagram|Messenger)\)  .*  {ID}$", row) for row in rows(said.out))


def test_a_chat_can_be_given_as_argument_or_option_but_once(trunkline: Command) -> None:
    as_argument, as_option = trunkline("messages", "saturday", "--json"), trunkline("messages", "--chat", "saturday", "--json")
    assert as_argument == as_option
    both = trunkline("messages", "saturday", "--chat", "saturday")
    assert (both.code, both.err) == (2, "trunkline: The chat is named twice. Name it once.\n")


def test_messages_can_be_those_of_one_sender(trunkline: Command) -> None:
    mine = trunkline("messages", "saturday", "--sender", "me")
    assert {re.split(r" {2,}", row)[1] for row in rows(mine.out)} == {"you"}
    theirs = trunkline("messages", "--sender", "omar h", "--account", "whatsapp")
    assert {re.split(r" {2,}", row)[1] for row in rows(theirs.out)} == {"Omar Haddad"}


def test_me_on_seven_accounts_is_not_guessed(trunkline: Command) -> None:
    said = trunkline("messages", "--sender", "me")
    assert said.code == 1
    assert said.err.startswith("trunkline: 'me' could be me (")
    assert said.err.endswith("Narrow it down with a chat or --account, or give the id.\n")


def test_a_search_says_what_it_saw_and_since_when(trunkline: Command) -> None:
    """The issue: newest first, filters, says which accounts were not searched and since when."""
    said = trunkline("messages", "--search", "thursday")
    assert said.code == 0
    assert "Thursday at six, or Saturday morning" in said.out
    times = [row[:16] for row in rows(said.out)]
    assert times == sorted(times, reverse=True)
    reach = re.match(r"Searched: (.*)\.\n\Z", said.err)
    assert reach is not None
    assert len(reach[1].split(", ")) == 7
    assert all(re.match(rf"\S+ since {WHEN}\Z", each) for each in reach[1].split(", "))


def test_a_search_of_some_accounts_speaks_of_those(trunkline: Command) -> None:
    said = trunkline("messages", "--search", "thursday", "--account", "telegram")
    assert re.match(rf"(No message fits\.\n)?Searched: Telegram since {WHEN}\.\n\Z", said.err)


def test_a_search_in_a_chat_finds_only_there(trunkline: Command) -> None:
    said = trunkline("messages", "saturday", "--search", "coffee", "--json")
    ids = {message["chat_id"] for message in said.json["items"]}
    assert ids == {chat_id(trunkline, "Saturday hike")}


def test_nothing_found_is_said_and_is_no_failure(trunkline: Command) -> None:
    said = trunkline("messages", "--search", "xylophone-of-doom")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith("No message fits.\n")
    assert trunkline("chats", "--after", "2999-01-01").err == "No chat fits.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("chats", "--limit", "251"), 2, "limit is 251; it goes from 1 to 250. Ask for 250 and follow the cursor."),
        (("chats", "--limit", "many"), 2, "Invalid value for '--limit': give a whole number. `trunkline chats --help`"),
        (("chats", "--before", "soon"), 2, "--before is 'soon'; give a date"),
        (("chats", "--account", " , "), 2, "--account is empty; give an id, a name or a network."),
        (("chats", "--account", "myspace"), 1, "No account is called 'myspace'. `trunkline accounts` lists them."),
        (("chats", "--cursor", "x"), 1, "cursor "),
        (("chats", "--connection", "pc_unknown"), 1, "There is no connection 'pc_unknown'. Connection ids come from `trunk"),
        (("chats", "--connection", "nothing"), 1, "No connection is called 'nothing'. `trunkline connection list` lists them."),
        (("messages", "--search", "..."), 1, "query holds no word;"),
        (("messages", "--search", ""), 2, "query is empty; give it a value."),
        (("messages", ""), 1, "No chat is called ''. `trunkline chats` lists them."),
        (("messages", "nobody"), 1, "No chat is called 'nobody'. `trunkline chats` lists them."),
        (("messages", "a\x00b"), 1, "No chat is called 'a\\x00b'."),
        (("messages", "--sender", "nobody"), 1, "No sender is called 'nobody'. `trunkline messages CHAT` lists them."),
        (("messages", "\ud800"), 1, "No chat is called '\\ud800'."),
        (("messages", "--search", "\ud800"), 2, "query holds half of a surrogate pair"),
        (("messages", "s"), 1, "'s' could be "),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_sentence(trunkline: Command, arguments: tuple[str, ...], code: int, words: str) -> None:
    said = trunkline(*arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith(f"trunkline: {words}")
    assert said.err.count("\n") == 1


def test_the_same_connection_can_be_named_by_its_name(trunkline: Command, world: World) -> None:
    plain = trunkline("chats", "--json")
    assert trunkline("chats", "--json", "--connection", "simulated") == plain
    assert trunkline("chats", "--json", "--connection", world.pcid) == plain


def test_a_terminal_gets_json_without_control_characters(
    trunkline: Command, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    """Ours: what strangers wrote must not steer the terminal of somebody who looks at raw JSON."""
    monkeypatch.setattr(Output, "is_terminal", True)
    said = trunkline("accounts", "--json")
    assert json.loads(said.out) == json.loads(rest(world, "/accounts?limit=50"))
