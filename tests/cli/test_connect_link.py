"""Making links for people who connect accounts in a browser."""

import re

from .conftest import Command


def test_a_link_is_printed_alone_so_that_it_can_be_passed_on(trunkline: Command) -> None:
    said = trunkline("connect-link", "slack", "Telegram", "--name", "user-7", "--expires", "2h")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/hosted/[\w-]{43}\n", said.out)
    assert said.code == 0
    assert said.err.startswith("Whoever opens it connects one account, until ")


def test_a_link_begins_where_the_person_reaches_the_server(trunkline: Command) -> None:
    made = trunkline("connect-link", "--at", "https://chat.example.org/", "--json").json
    assert made["object"] == "HostedAuthUrl"
    assert str(made["url"]).startswith("https://chat.example.org/hosted/")


def test_a_network_that_is_none_is_refused_with_those_there_are(trunkline: Command) -> None:
    said = trunkline("connect-link", "signal")
    assert said.code != 0
    assert "it must be *," in said.err
    assert "TELEGRAM" in said.err


def test_an_account_is_named_to_be_logged_in_again(trunkline: Command) -> None:
    account = trunkline("accounts", "--json").json["items"][0]
    said = trunkline("connect-link", "--reconnect", str(account["id"]), "--json")
    assert said.json["object"] == "HostedAuthUrl"
