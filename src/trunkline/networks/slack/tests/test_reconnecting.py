"""An account that is logged in again: how its messages arrive stays."""

import pytest

from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, APP_TOKEN, TOKENS
from trunkline.networks.slack.tests.server import SlackServer
from trunkline.networks.slack.user_token.credentials import Credentials, answered, carried_over, unsealed


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/api/v1/accounts", "/api/v1/accounts/{account}"])
async def test_socket_mode_goes_on_without_its_token_being_given_again(
    workspace: SlackBench, server: SlackServer, path: str
) -> None:
    """By either way of logging in again. Seen to fail: the token was dropped, and with it all live messages, in silence."""
    account = (await server.http.get("/api/v1/accounts")).json()["items"][0]["id"]
    sockets = workspace.state.calls.count("apps.connections.open")
    body = {"provider": "SLACK", "access_token": TOKENS[ADA]}
    again = await server.post(path.format(account=account), body, 201)
    assert again["account_id"] == account
    await server.until_status(account)
    assert workspace.state.calls.count("apps.connections.open") == sockets + 1
    await server.post(path.format(account=account), {**body, "values": {"app_token": "-"}}, 201)
    await server.until_status(account)
    assert workspace.state.calls.count("apps.connections.open") == sockets + 1


def test_what_a_login_leaves_out_stays_and_what_it_gives_wins() -> None:
    """`-` does without; the user token is always the new one."""
    kept = Credentials(token="xoxp-old", app_token="xapp-old", signing_secret="old").sealed()
    found = []
    for given in ({}, {"app_token": "xapp-new"}, {"app_token": "-", "signing_secret": "new"}):
        now = unsealed(carried_over(kept, answered("xoxp-new", given).sealed()))
        found.append((now.token, now.app_token, now.signing_secret))
    assert found == [("xoxp-new", "xapp-old", "old"), ("xoxp-new", "xapp-new", "old"), ("xoxp-new", "", "new")]
    assert carried_over(b"not ours", b"given") == b"given"
    assert APP_TOKEN not in repr(answered("xoxp-new", {"app_token": APP_TOKEN}))
