"""Logging in by OAuth: the state, the way back by browser, and the manifest."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from trunkline.contract.login import LoginDone, Step, StepKind
from trunkline.model.errors import InvalidArgument, InvalidCredentials
from trunkline.networks.slack import commands
from trunkline.networks.slack.options import read_options
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, APP_TOKEN, CLIENT_ID, CLIENT_SECRET
from trunkline.networks.slack.user_token.connector import DONE, REFUSED
from trunkline.networks.slack.user_token.manifest import USER_EVENTS, USER_SCOPES

MANIFEST = Path(__file__).parents[1] / "manifest.yaml"
APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def query_of(address: str | None) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address or "").query).items()}


async def test_a_browser_that_comes_back_finishes_the_login(workspace: SlackBench) -> None:
    """design.md 11: OAuth returns answer without a key."""
    login, step = await workspace.connector.login("slack-oauth", {**APP, "app_token": APP_TOKEN})
    assert (step.kind, query_of(step.data)["user_scope"].split(",")) == (StepKind.REDIRECT, list(USER_SCOPES))
    came = query_of(workspace.allowed(str(step.data)))
    assert await workspace.connector.come_back(came) == DONE
    assert await workspace.connector.come_back(came) == REFUSED
    with anyio.fail_after(5):
        done = await login.wait()
    await login.close()
    assert isinstance(done, LoginDone)
    assert done.identity == ADA
    workspace.accept(done)
    assert (await workspace.session().connect()).provider_id == ADA


async def test_states_are_random_bound_to_their_login_and_good_once(workspace: SlackBench) -> None:
    """Nobody else's browser can finish a login, nor can an address be used twice."""
    first, first_step = await workspace.connector.login("slack-oauth", APP)
    second, second_step = await workspace.connector.login("slack-oauth", APP)
    states = [query_of(step.data)["state"] for step in (first_step, second_step)]
    assert len(set(states)) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", state) for state in states)
    seconds = workspace.allowed(str(second_step.data))
    other = await first.submit({"url": seconds})
    assert isinstance(other, Step)
    assert other.error is not None
    assert "not the address of this login" in other.error
    for guess in ("", "guess", states[0][:-1], states[0] + "x"):
        assert await workspace.connector.come_back({"state": guess, "code": "abc"}) == REFUSED
    await first.close()
    assert await workspace.connector.come_back({"state": states[0], "code": "abc"}) == REFUSED
    assert (
        await workspace.connector.come_back(query_of(seconds)) == DONE
    )  # pasted into another login, it was not spent. Seen to fail
    await second.close()


async def test_a_person_who_does_not_allow_the_app_is_told_so_and_may_think_again(workspace: SlackBench) -> None:
    """Slack comes back with `error=access_denied` and the login's own state."""
    login, step = await workspace.connector.login("slack-oauth", APP)
    state = query_of(step.data)["state"]
    denied = await login.submit({"url": f"https://localhost/oauth/return/slack?error=access_denied&state={state}"})
    assert isinstance(denied, Step)
    assert denied.error is not None
    assert denied.error.startswith("The app was not allowed in Slack.")
    done = await login.submit({"url": workspace.allowed(str(denied.data))})
    assert isinstance(done, LoginDone)
    await login.close()


async def test_a_code_that_slack_does_not_take_ends_the_login_in_words(workspace: SlackBench) -> None:
    """Wrong client secret, or a code that was used."""
    login, step = await workspace.connector.login("slack-oauth", {**APP, "client_secret": "not-it"})
    with pytest.raises(InvalidCredentials, match="does not take the code"):
        await login.submit({"url": workspace.allowed(str(step.data))})
    await login.close()


async def test_an_abandoned_wait_leaves_the_login_to_be_finished_by_pasting(workspace: SlackBench) -> None:
    """contract/login.py: cancel `wait` freely."""
    login, step = await workspace.connector.login("slack-oauth", APP)
    with anyio.move_on_after(0):
        await login.wait()
    done = await login.submit({"url": workspace.allowed(str(step.data))})
    assert isinstance(done, LoginDone)
    await login.close()


def test_the_manifest_asks_for_what_the_road_uses() -> None:
    """The file that people paste and the scopes that OAuth asks for are one list."""
    text = MANIFEST.read_text(encoding="utf-8")
    assert tuple(re.findall(r"^      - ([a-z:.]+:[a-z.]+)$", text, re.MULTILINE)) == USER_SCOPES
    assert tuple(re.findall(r"^      - ([a-z_.]+)$", text, re.MULTILINE)) == USER_EVENTS


def test_the_address_that_makes_the_app_holds_the_manifest() -> None:
    """`trunkline slack manifest --link`"""
    made = query_of(commands.address())["manifest_yaml"]
    assert all(f"- {each}" in made for each in (*USER_SCOPES, *USER_EVENTS))
    assert "#" not in made
    assert len(commands.address()) < 4_000


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"slack.colour": "red"}, "slack.colour is no setting of Slack. It knows: api,"),
        ({"slack.poll_seconds": "0"}, "slack.poll_seconds must be a whole number from 1 on, not '0'."),
        ({"slack.api": "slack.com"}, "slack.api must be an address such as https://slack.com/, not 'slack.com'."),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(given: Mapping[str, str], named: str) -> None:
    """One clear sentence per wrong value."""
    with pytest.raises(InvalidArgument) as met:
        read_options(given)
    assert met.value.text.startswith(named)


def test_settings_of_other_networks_are_not_slacks_business() -> None:
    """And no secret shows in a repr."""
    given: dict[str, Any] = {
        "sandbox.answers": "0",
        "slack.signing_secret": "shown-nowhere",
        "slack.api": "http://127.0.0.1:1/api",
    }
    options = read_options(given)
    assert options.api == "http://127.0.0.1:1/api/"
    assert "shown-nowhere" not in repr(options)
