"""Asking Slack whose tokens they are, before an account is made of them."""

from trunkline.contract.login import LoginDone
from trunkline.model.errors import AccountError, Disconnected, InvalidCredentials, NetworkFailed, NetworkRefusal
from trunkline.networks.slack.user_token.client import Client, Json
from trunkline.networks.slack.user_token.credentials import Credentials
from trunkline.networks.slack.user_token.refusals import NOT_ACCEPTED
from trunkline.networks.slack.user_token.road import Road
from trunkline.networks.slack.user_token.tiers import Pace
from trunkline.networks.slack.user_token.workspace import LISTS_NOTHING, lists_any, scopes_in


async def checked(road: Road, credentials: Credentials) -> LoginDone:
    """Whose token it is. Raises what Slack says of it."""
    client = road.client(credentials.token, Pace(road.clock))
    try:
        who = await _whose(client)
        if credentials.app_token:
            await _check_app_token(road, credentials.app_token)
    finally:
        await client.close()
    return LoginDone(
        account_type="SLACK",
        identity=str(who["user_id"]),
        name=f"{who.get('user') or who['user_id']} @ {who.get('team') or 'Slack'}",
        connection_params={
            "im": {"id": who["user_id"], "username": who.get("user"), "team_id": who.get("team_id"), "team": who.get("team")}
        },
        credentials=credentials.sealed(),
    )


async def _whose(client: Client) -> Json:
    """Whose the token is. Raises InvalidCredentials where it is nobody's, or lists no conversation."""
    try:
        who, headers = await client.call_with_headers("auth.test")
    except Disconnected:
        raise InvalidCredentials(NOT_ACCEPTED) from None
    if not isinstance(who.get("user_id"), str):
        raise NetworkFailed("Slack's answer does not say whose the token is.")
    if not lists_any(scopes_in(headers)):
        raise InvalidCredentials(LISTS_NOTHING)
    return who


async def _check_app_token(road: Road, app_token: str) -> None:
    client = road.client(app_token, Pace(road.clock))
    try:
        await client.call("apps.connections.open")
    except (AccountError, NetworkRefusal):
        raise InvalidCredentials(
            "Slack does not take the app-level token. It begins with xapp- and needs the scope connections:write."
        ) from None
    finally:
        await client.close()
