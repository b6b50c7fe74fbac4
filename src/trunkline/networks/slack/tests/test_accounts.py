"""What an account's state says when something is wrong, and that other accounts go on."""

import pytest

from trunkline.contract.commands import SendMessage
from trunkline.contract.events import MessageArrived, UnknownHappened
from trunkline.contract.login import Step
from trunkline.model.chat import CHANNEL
from trunkline.model.errors import Disconnected, InvalidArgument, NetworkFailed, NoRights, NotReached, Restricted
from trunkline.networks.slack.suite import SlackBench
from trunkline.networks.slack.suite_world import ADA, APP_TOKEN, DIRECT, ELIF, GENERAL, MAYA, OTHER_DIRECT, TOKENS
from trunkline.networks.slack.tests.server import SlackServer
from trunkline.networks.slack.tests.test_outage import heard_until, texts_of
from trunkline.networks.slack.user_token.credentials import Credentials


@pytest.mark.parametrize(
    ("token", "app_token"),
    [
        ("xoxp-wrong", APP_TOKEN),
        ("xoxb-bot", APP_TOKEN),
        ("", APP_TOKEN),
        (TOKENS[ADA], "xoxp-no"),
        (TOKENS[ADA], "xapp-wrong"),
    ],
)
async def test_a_wrong_token_is_told_at_the_login_and_never_shown(workspace: SlackBench, token: str, app_token: str) -> None:
    """Issue 4: wrong token. networks.md 5.4 R16."""
    login, _ = await workspace.connector.login("slack-token", {})
    answer = await login.submit({"access_token": token, "app_token": app_token})
    assert isinstance(answer, Step)
    assert answer.error is not None
    assert len(answer.error.split()) > 5
    assert "wrong" not in answer.error


@pytest.mark.parametrize("word", ["invalid_auth", "token_revoked", "not_authed"])
async def test_a_first_login_says_which_token_is_needed_and_where_it_is(workspace: SlackBench, word: str) -> None:
    """Nothing was connected before, so nothing is "no longer" taken."""
    workspace.state.refused = word
    login, _ = await workspace.connector.login("slack-token", {})
    answer = await login.submit({"access_token": TOKENS[ADA]})
    assert isinstance(answer, Step)
    assert answer.error is not None
    assert answer.error.startswith("Slack does not accept this token.")
    assert all(part in answer.error for part in ("xoxp-", "https://api.slack.com/apps", "Install App"))
    assert "no longer" not in answer.error


async def test_a_token_without_scopes_narrows_what_the_account_can_do(workspace: SlackBench) -> None:
    """Issue 4: account without permission: the sheet says so before anything is tried."""
    workspace.state.scopes = ("channels:history", "channels:read", "users:read")
    session = workspace.session()
    await session.connect()
    sheet = session.capabilities
    assert (sheet.send, sheet.start, sheet.react, sheet.read, sheet.add_participant) == (None, None, None, None, None)
    assert sheet.history is not None
    assert sheet.withheld is not None
    assert {"send", "start", "react", "read", "add_participant"} <= set(sheet.withheld)
    assert sheet.withheld["send"].startswith("its token lacks the scope chat:write; a person can add it")
    assert not {"history", "mute", "pin"} & set(sheet.withheld)
    listed = (await session.chats(None)).chats
    assert {chat.type for chat in listed} == {CHANNEL}


async def test_an_answer_that_no_step_asks_for_is_refused_by_its_name(workspace: SlackBench) -> None:
    """A typing error must not cost the app-level token, and with it all live messages, in silence. Seen to fail."""
    with pytest.raises(InvalidArgument, match=r"values holds 'app_tokn', .* access_token, app_token, client_id") as refused:
        await workspace.connector.login("slack-token", {"app_tokn": APP_TOKEN})
    assert APP_TOKEN not in refused.value.text


async def test_a_token_that_lists_no_conversation_is_refused_at_the_login(workspace: SlackBench) -> None:
    """Issue 4: account without permission. Seen to fail: "Connected", and then tried again for ever."""
    workspace.state.scopes = ("chat:write", "identify")
    login, _ = await workspace.connector.login("slack-token", {})
    answer = await login.submit({"access_token": TOKENS[ADA]})
    assert isinstance(answer, Step)
    assert answer.error is not None
    assert "(im:read, mpim:read, groups:read, channels:read)" in answer.error
    with pytest.raises(Disconnected, match="log in with the token"):
        await workspace.session().connect()


async def test_a_workspace_that_refuses_the_list_of_conversations_asks_for_a_login(workspace: SlackBench) -> None:
    """Where Slack does not say beforehand what a token may: the scope is named, and nothing is tried in a loop."""
    session = workspace.session()
    await session.connect()
    workspace.state.scopes = ("im:read",)
    with pytest.raises(Disconnected, match="lacks the scope mpim:read"):
        await session.chats(None)


async def test_a_missing_scope_is_named(workspace: SlackBench) -> None:
    """What a person has to add."""
    session = workspace.session()
    await session.connect()
    workspace.state.refused = "missing_scope"
    with pytest.raises(NoRights, match="lacks the scope"):
        await session.send(SendMessage(chat=DIRECT, text="Hello"), "token")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("token_revoked", Disconnected),
        ("invalid_auth", Disconnected),
        ("account_inactive", Restricted),
        ("fatal_error", NetworkFailed),
    ],
)
async def test_what_slack_says_of_an_account_becomes_its_state(workspace: SlackBench, word: str, kind: type[Exception]) -> None:
    """networks.md 5.5: what a person must mend is told apart from what passes."""
    workspace.state.refused = word
    with pytest.raises(kind):
        await workspace.session().connect()


async def test_socket_mode_that_is_switched_off_asks_for_a_person(workspace: SlackBench) -> None:
    """docs.slack.dev, Socket Mode: `disconnect` with the reason `link_disabled`."""
    session = workspace.session()
    await session.connect()
    await workspace.front.run(workspace.front.say({"type": "disconnect", "reason": "link_disabled"}))
    with pytest.raises(Restricted, match="Socket Mode"):
        await heard_until(session, None, "Never")


async def test_a_network_that_is_down_is_told_as_such(workspace: SlackBench) -> None:
    """Issue 4: network down; nothing is done and nobody has to act."""
    await workspace.fault("not_reached")
    with pytest.raises(NotReached):
        await workspace.session().connect()


async def test_a_network_with_trouble_of_its_own_is_told_as_such(workspace: SlackBench) -> None:
    """What Slack's machines answer when they fail is no answer of the Web API."""
    workspace.emulator.stop()
    with pytest.raises(NetworkFailed, match=r"Slack has trouble of its own \(HTTP 500 for auth\.test\)\."):
        await workspace.session().connect()


async def test_malformed_payloads_are_kept_raw_and_life_goes_on(workspace: SlackBench) -> None:
    """Issue 4: unknown message kinds, malformed payloads."""
    session = workspace.session()
    await session.connect()
    broken: list[dict[str, object]] = [
        {"type": "message"},
        {"type": "message", "channel": DIRECT, "ts": "yesterday", "text": "x"},
        {"type": "message", "channel": DIRECT, "subtype": "message_changed", "message": "none"},
        {"type": "message", "channel": DIRECT, "subtype": "message_deleted"},
        {"type": "reaction_added", "user": MAYA, "item": {"type": "message"}},
        {"type": "user_change"},
        {"type": "channel_rename", "channel": "C1"},
        {"type": 7},
    ]
    for event in broken:
        await workspace.strange(event)
    await workspace.writes(DIRECT, "Life goes on")
    updates = await heard_until(session, None, "Life goes on")
    kept = [event for update in updates for event in update.events if isinstance(event, UnknownHappened)]
    assert len(kept) == len(broken)


async def test_an_unknown_kind_of_message_is_a_message_all_the_same(workspace: SlackBench) -> None:
    """style.md 5: unknown input is no error."""
    session = workspace.session()
    await session.connect()
    event: dict[str, object] = {
        "type": "message",
        "subtype": "brand_new",
        "channel": DIRECT,
        "user": MAYA,
        "ts": "1795000000.000100",
        "text": "Something new",
        "blocks": [{"type": "hologram"}],
    }
    await workspace.strange(event)
    updates = await heard_until(session, None, "Something new")
    (message,) = [event for update in updates for event in update.events if isinstance(event, MessageArrived)]
    assert "hologram" in (message.raw or "")


async def test_two_accounts_of_one_app_share_its_socket_and_hear_each_what_is_theirs(workspace: SlackBench) -> None:
    """Slack deals an app's events out over its connections: with two, each account would miss half."""
    ada = workspace.session()
    await ada.connect()
    workspace.keeper.kept["credentials"] = Credentials(token=TOKENS[ELIF], app_token=APP_TOKEN).sealed()
    workspace.act_as(ELIF)
    elif_ = workspace.session()
    await elif_.connect()
    assert workspace.state.calls.count("apps.connections.open") - workspace.logins == 1
    await workspace.writes(DIRECT, "For Ada")
    await workspace.asks(MAYA, "chat.postMessage", channel=GENERAL, text="For all")
    assert texts_of(await heard_until(ada, None, "For all")) == ["For Ada", "For all"]
    assert texts_of(await heard_until(elif_, None, "For all")) == ["For all"]


@pytest.mark.slow
async def test_a_revoked_account_waits_for_a_person_and_the_other_goes_on(workspace: SlackBench, server: SlackServer) -> None:
    """Issue 4: revoked session; other accounts go on; no storm of calls."""
    other = await server.connect(ELIF, app_token="")
    accounts = (await server.http.get("/api/v1/accounts")).json()["items"]
    ada = next(account["id"] for account in accounts if account["id"] != other)
    await workspace.fault("logged_out")
    await server.until_status(ada, "CREDENTIALS")
    asked = workspace.state.calls.count("auth.test")
    await server.allow(other)
    chats = (await server.asks("list_all_chats", account_id=other))["items"]
    chat = next(chat for chat in chats if chat["provider_id"] == OTHER_DIRECT)
    await server.asks("send_message_in_chat", chat_id=chat["id"], text="Still here")
    assert workspace.state.calls.count("auth.test") == asked
    again = await server.http.post(f"/api/v1/accounts/{ada}/restart")
    assert again.status_code == 200
    await server.until_status(ada, "CREDENTIALS")
    for secret in (*TOKENS.values(), APP_TOKEN):
        assert secret not in server.log.read_text()
