"""`trunkline connect`: the steps of a login at a terminal and in JSON lines, and what a person is told at the end."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import pytest

from trunkline.__main__ import serve_here
from trunkline.model.login import Checkpoint, Demand, LoginStep
from trunkline.networks.sandbox.connector import SandboxConnector
from trunkline.operations.accounts import CancelLogin, GetLogin
from trunkline.operations.administration import ControlNetwork
from trunkline.surfaces.cli.client import Client
from trunkline.surfaces.cli.login import play
from trunkline.surfaces.cli.login.lines import Lines
from trunkline.surfaces.cli.login.person import Person

from .conftest import Command, Said

Connect = Callable[..., Said]


@pytest.fixture
def trunkline_here(command: Command, tmp_path: Path) -> Command:
    """Runs a command line that is the server too, in a folder of its own."""

    def say(*arguments: str) -> Said:
        return command(*arguments, environ={"TRUNKLINE_DATA": str(tmp_path / "data")}, serve=serve_here)

    return say


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Lines that stand in standard input, which ends after them."""
    monkeypatch.setattr(play, "LOOK_S", 0.01)

    def give(*lines: str) -> None:
        reading, writing = os.pipe()
        os.write(writing, "".join(f"{each}\n" for each in lines).encode())
        os.close(writing)
        opened.append(os.fdopen(reading, encoding="utf-8"))
        monkeypatch.setattr(sys, "stdin", opened[-1])

    opened: list[TextIO] = []
    give()
    yield give
    for each in opened:
        each.close()


def values(**fields: str) -> str:
    """An answer of a program."""
    return json.dumps({"values": fields})


def objects(said: Said) -> list[Any]:
    """The lines of standard output."""
    return [json.loads(each) for each in said.out.splitlines()]


def kinds(said: Said) -> list[str]:
    """What kind of step or object each line is."""
    return [each["checkpoint"]["step"]["kind"] if each["object"] == "Checkpoint" else each["object"] for each in objects(said)]


LINKEDIN = ("connect", "sandbox", "--type", "linkedin", "--way", "linkedin-password")


def test_without_a_road_the_ways_are_listed(trunkline: Command) -> None:
    said = trunkline("connect")
    assert said.code == 0
    assert "sandbox WhatsApp whatsapp-qr Scan a QR code" in [" ".join(row.split()) for row in said.out.splitlines()]
    assert json.loads(trunkline("connect", "--json").out)["object"] == "RoadList"


def test_a_road_that_is_not_there_is_refused_with_those_that_are(trunkline: Command) -> None:
    said = trunkline("connect", "carrier-pigeon")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("trunkline: There is no road 'carrier-pigeon'; there are ")


def test_a_road_to_several_networks_asks_which(trunkline: Command) -> None:
    said = trunkline("connect", "sandbox")
    assert said.code == 2
    assert "The road 'sandbox' serves several networks; say which with --type: INSTAGRAM, LINKEDIN" in said.err


def test_a_program_plays_every_step_in_json_lines(trunkline_here: Command, typed: Callable[..., None]) -> None:
    typed(values(username="alex", password="wrong"), values(username="alex", password="right"), values(code="123456"))
    said = trunkline_here(*LINKEDIN, "--json")
    assert (said.code, kinds(said)) == (0, ["input", "input", "code_sent", "AccountCreated", "Account"]), said.err
    assert objects(said)[1]["checkpoint"]["error"] == "The password is wrong. Try again."


def test_what_was_given_in_the_command_is_kept_and_only_the_rest_of_the_step_is_asked(
    trunkline_here: Command, typed: Callable[..., None]
) -> None:
    typed(values(password="wrong"), values(username="alex", password="right"), values(code="123456"))
    said = trunkline_here(*LINKEDIN, "--set", "username=alex", "--json")
    assert (said.code, kinds(said)) == (0, ["input", "input", "code_sent", "AccountCreated", "Account"]), said.err
    asked = [[field["name"] for field in each["checkpoint"]["step"]["fields"]] for each in objects(said)[:3]]
    assert asked == [["password"], ["username", "password"], ["code"]]


def test_a_code_that_is_not_sent_again_says_why_and_not_what_was_wrong_before(
    trunkline_here: Command, typed: Callable[..., None]
) -> None:
    again = json.dumps({"resend": True})
    typed(values(username="alex", password="right"), values(code="000"), again, values(code="123456"))
    said = trunkline_here(*LINKEDIN, "--json")
    assert (said.code, kinds(said)) == (0, ["input", *["code_sent"] * 3, "AccountCreated", "Account"]), said.err
    wrong, refused = [each["checkpoint"]["error"] for each in objects(said)[2:4]]
    assert wrong == "Code has not the right form."
    assert refused.startswith("The code was sent a moment ago.")


def test_a_program_may_give_up(trunkline_here: Command, typed: Callable[..., None]) -> None:
    typed('{"cancel": true}')
    said = trunkline_here(*LINKEDIN, "--json")
    assert (said.code, kinds(said)) == (130, ["input"])
    assert "The login was given up. Nothing was connected." in said.err


@pytest.mark.parametrize("line", ["s3cret", '"s3cret"', '{"values": {"password": 5}}', '{"password": "s3cret"}'])
def test_an_answer_in_another_form_ends_the_login_and_is_not_repeated(
    trunkline_here: Command, typed: Callable[..., None], line: str
) -> None:
    typed(line)
    said = trunkline_here(*LINKEDIN, "--json")
    assert said.code == 1
    assert "An answer must be a line of JSON such as" in said.err
    assert "s3cret" not in said.err


def test_an_answer_that_names_a_member_twice_ends_the_login(trunkline_here: Command, typed: Callable[..., None]) -> None:
    typed('{"values": {"password": "s3cret", "password": "s3cret2"}}')
    said = trunkline_here(*LINKEDIN, "--json")
    assert said.code == 1
    assert "The answer names the member 'password' twice in one object; give it once. Nothing was connected." in said.err
    assert "s3cret" not in said.err


def test_answers_are_taken_from_a_file_line_by_line(trunkline_here: Command, typed: Callable[..., None]) -> None:
    typed("alex", "right", "123456")
    said = trunkline_here(*LINKEDIN)
    assert said.code == 0, said.err
    assert [line.split()[:3] for line in said.out.splitlines()] == [
        ["Connected:"],
        ["network", "name", "state"],
        ["LinkedIn", "Alex", "Morgan"],
    ]
    assert "No server runs for this data folder" in said.err


def test_a_secret_comes_by_standard_input_and_never_as_an_argument(trunkline_here: Command, typed: Callable[..., None]) -> None:
    typed("right", "123456")
    said = trunkline_here(*LINKEDIN, "--username", "alex", "--password-stdin")
    assert said.code == 0, said.err
    assert "right" not in said.out + said.err


def test_standard_input_that_ends_too_early_is_told(trunkline_here: Command, typed: Callable[..., None]) -> None:
    typed("alex")
    said = trunkline_here(*LINKEDIN)
    assert said.code == 1
    assert "The login asks for Password, and standard input has ended. Nothing was connected." in said.err


def test_what_cannot_be_solved_here_ends_with_the_reason(trunkline_here: Command, typed: Callable[..., None]) -> None:
    typed("alex", "alex@example.org", "right")
    said = trunkline_here("connect", "sandbox", "--type", "twitter", "--way", "twitter-password")
    assert said.code == 1
    assert "The network asks for a captcha, which only its own page can show." in said.err


def at_the_first_look(monkeypatch: pytest.MonkeyPatch, act: Callable[[Client], None]) -> list[Any]:
    """Let something happen while the command waits; gives what is asked, as it comes."""
    original, asked = Client.ask, list[Any]()

    def ask(self: Client, operation: Any) -> bytes:
        asked.append(operation)
        if isinstance(operation, GetLogin) and sum(isinstance(each, GetLogin) for each in asked) == 1:
            act(self)
        return original(self, operation)

    monkeypatch.setattr(Client, "ask", ask)
    return asked


def test_a_qr_code_is_drawn_and_waited_for(
    trunkline_here: Command, typed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_first_look(monkeypatch, lambda client: _control(client, "confirm"))
    said = trunkline_here("connect", "sandbox", "--type", "whatsapp", "--way", "whatsapp-qr")
    assert said.code == 0, said.err
    assert "Scan it in WhatsApp" in said.err
    assert sum(set(line) <= set("█▀▄ ") and len(line) > 20 for line in said.err.splitlines()) > 10
    assert "WhatsApp" in said.out


def test_a_login_that_is_gone_says_to_run_the_command_again(
    trunkline_here: Command, typed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restart of the server. Seen to fail: it named a parameter and a route that a person does not type."""

    def end_it(client: Client) -> None:
        client.ask(CancelLogin(account_id=asked[-1].account_id))

    asked = at_the_first_look(monkeypatch, end_it)
    said = trunkline_here("connect", "sandbox", "--type", "whatsapp", "--way", "whatsapp-qr")
    assert said.code == 1
    assert "Run the same command again." in said.err
    assert "POST" not in said.err


def test_a_renewed_qr_code_is_drawn_again(
    trunkline_here: Command, typed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def renew(client: Client) -> None:
        _control(client, "clock", by="21s")
        at_the_first_look(monkeypatch, lambda client: _control(client, "confirm"))

    at_the_first_look(monkeypatch, renew)
    said = trunkline_here("connect", "sandbox", "--type", "whatsapp", "--way", "whatsapp-qr")
    assert said.code == 0, said.err
    assert said.err.count("Scan it in WhatsApp") == 2


def test_an_address_is_shown_and_the_one_the_person_ends_at_is_taken(
    trunkline_here: Command, typed: Callable[..., None]
) -> None:
    typed("https://localhost/?nothing", "https://localhost/?code=1")
    said = trunkline_here("connect", "sandbox", "--type", "slack", "--way", "slack-redirect")
    assert said.code == 0, said.err
    assert "    https://slack.com/oauth/v2/authorize?client_id=sandbox&state=" in said.err
    assert "This address carries no code." in said.err


def test_ctrl_c_gives_the_login_up_at_the_server_too(
    trunkline_here: Command, typed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(client: Client) -> None:
        raise KeyboardInterrupt

    asked = at_the_first_look(monkeypatch, interrupt)
    said = trunkline_here("connect", "sandbox", "--type", "whatsapp", "--way", "whatsapp-qr")
    assert said.code == 130
    assert said.err.endswith("trunkline: The login was given up. Nothing was connected.\n")
    assert isinstance(asked[-1], CancelLogin)


def _control(client: Client, name: str, **with_values: object) -> None:
    client.ask(ControlNetwork(road="sandbox", name=name, values=with_values))


def test_a_real_network_ends_with_the_pcid_and_the_command_that_grants_more(
    trunkline_here: Command, typed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """design.md 4."""
    monkeypatch.setattr(SandboxConnector, "simulated", False)
    said = trunkline_here("connect", "sandbox", "--type", "slack", "--way", "instant")
    assert said.code == 0, said.err
    (pcid,) = {word for word in said.out.split() if word.startswith("pc_")}
    (row,) = [line for line in said.out.splitlines() if pcid in line]
    assert "sandbox: 1 account" in row
    assert row.split()[-2:] == ["read", "guarded"]
    assert f"\n  trunkline connection allow {pcid} send,change --open\n" in said.err

    opened = trunkline_here("connection", "allow", pcid, "send,change", "--open")
    assert opened.code == 0
    assert "Warning: From now on whatever this connection writes goes to real people" in opened.err

    account = said.out.splitlines()[2].split()[-1]
    again = trunkline_here("connect", "--reconnect", account, "--way", "instant", "--json")
    assert kinds(again) == ["AccountReconnected", "Account", "Connection"]
    assert objects(again)[-1]["pcid"] == pcid
    assert objects(again)[-1]["effects"] == ["read", "send", "change"], "logging in again keeps what was granted"


def test_logging_in_again_needs_the_accounts_own_road(trunkline: Command) -> None:
    said = trunkline("connect", "--reconnect", "nobody")
    assert said.code == 1
    assert "There is no account 'nobody'. `trunkline accounts` lists them." in said.err


def test_a_strange_networks_words_do_no_harm_to_a_terminal(
    typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    step = LoginStep(kind="redirect", step_id="x", data="https://x\x1b[2J")
    demand = Demand(type="REDIRECT", instructions="Go\x1b]0;you\x07", error="No\x1b[1m", step=step)
    Person(sys.stderr, Lines(0), is_terminal=False).show(Checkpoint(account_id="a", checkpoint=demand), b"")
    assert "\x1b" not in capsys.readouterr().err


FETCHING = "The library, Acme 7.0.0-rc14, is fetched (50 MB, once); there is nothing to do meanwhile."


def install_steps(numbers: list[int | None], wanted: int = 64) -> list[str]:
    """The words of an install's steps; None: nothing is known of its progress yet."""
    return [FETCHING if n is None else f"{FETCHING} {n} of {wanted} packages are there." for n in numbers]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (
            install_steps([None, 0, 3, 15, 16, 17, 31, 40, 40, 64, 64]),
            [FETCHING, *(f"{n} of 64 packages are there." for n in (16, 40, 64))],
        ),
        (install_steps([5, 4, 20]), [FETCHING, "20 of 64 packages are there."]),
        (install_steps([33, 34, 2, 64]), [f"{FETCHING} 33 of 64 packages are there.", "64 of 64 packages are there."]),
        (["Confirm it in the app."] * 3, ["Confirm it in the app."]),
        (["Confirm it in the app.", "Confirm it once more."], ["Confirm it in the app.", "Confirm it once more."]),
    ],
)
def test_how_far_something_is_is_said_at_each_quarter_where_nothing_can_be_drawn_over(
    capsys: pytest.CaptureFixture[str], steps: list[str], said: list[str]
) -> None:
    """In a file the whole sentence stood at every step, some fifty times for one install."""
    person = Person(sys.stderr, Lines(0), is_terminal=False)
    for text in steps:
        demand = Demand(type="IN_APP_VALIDATION", instructions=text, step=LoginStep(kind="confirm_in_app", step_id="x"))
        person.show(Checkpoint(account_id="a", checkpoint=demand), b"")
    assert capsys.readouterr().err.splitlines() == said


def test_a_step_that_comes_after_another_one_is_said_whole_again(capsys: pytest.CaptureFixture[str]) -> None:
    person = Person(sys.stderr, Lines(0), is_terminal=False)
    for step_id in ("x", "y"):
        demand = Demand(type="IN_APP_VALIDATION", instructions="Wait.", step=LoginStep(kind="confirm_in_app", step_id=step_id))
        person.show(Checkpoint(account_id="a", checkpoint=demand), b"")
    assert capsys.readouterr().err.splitlines() == ["Wait.", "Wait."]
