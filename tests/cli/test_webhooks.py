"""`trunkline webhook`, as a person uses it. The webhooks are about accounts, of which nothing happens meanwhile."""

import re

from .conftest import Command

URL = "https://app.example.org/in/secret-path"


def test_a_webhook_is_made_listed_stopped_and_deleted(trunkline: Command) -> None:
    made = trunkline("webhook", "add", URL, "--source", "account_status", "--name", "status", "--event", "credentials")
    assert re.match(r"whsec_[A-Za-z0-9+/]{43}=\n\Z", made.out)
    assert "it is shown this once" in made.err
    shown = trunkline("webhook", "list")
    assert re.search(r"status\s+\S{22}\s+account_status\s+working\s+never\s+0", shown.out)
    assert "whsec_" not in shown.out
    listed = trunkline("webhook", "list", "--json").json
    assert [(each["name"], each["tells_of"]) for each in listed["items"]] == [("status", ["credentials"])]
    stopped = trunkline("webhook", "stop", "status")
    assert "switched off" in stopped.out
    assert "working" in trunkline("webhook", "start", listed["items"][0]["id"]).out
    assert trunkline("webhook", "dead", "status").code == 0
    assert trunkline("webhook", "replay", "status").out == "Dead letters that are tried again now: 0.\n"
    rotated = trunkline("webhook", "rotate", "status")
    assert re.match(r"whsec_[A-Za-z0-9+/]{43}=\n\Z", rotated.out)
    assert rotated.out != made.out
    assert "The earlier one signs beside it until " in rotated.err
    assert "The earlier one has ended." in trunkline("webhook", "rotate", "status", "--overlap", "0").err
    gone = trunkline("webhook", "delete", "status", "--yes")
    assert gone.out.startswith("Deleted: status (")
    assert trunkline("webhook", "delete", "status", "--yes").code == 1


def test_what_cannot_be_is_refused_in_words(trunkline: Command) -> None:
    for given, sentence in (
        ((URL, "--source", "mail"), "--source is 'mail'; it is one of messaging, account_status, users"),
        (("http://app.example.org/in",), "request_url begins with http; it must begin with https"),
        ((URL, "--header", "nonsense"), "--header holds no colon"),
        ((URL, "--rename", "nonsense"), "--rename holds no equals sign"),
        ((URL, "--event", "deleted"), "webhooks about messaging have message_received"),
    ):
        said = trunkline("webhook", "add", *given)
        assert said.code in (1, 2)
        assert sentence in said.err
        assert said.out == ""
