"""What a session says when something goes wrong, and that it is true. The referee is the network's own record."""

import asyncio

import pytest

from trunkline.contract.commands import EditMessage, SendMessage
from trunkline.hub.look import CLOCK_SLACK_MS
from trunkline.model.errors import AccountError, Disconnected, NetworkError, NotReached, Throttled

from .bench import Bench
from .listening import started
from .test_sending import connected, newest

SEND = "Anybody there?"


@pytest.mark.needs("send")
async def test_a_throttled_send_says_how_long_to_wait_and_nothing_arrived(bench: Bench) -> None:
    """style.md 5: 429 carries retry_after. networks.md 4.0: the outbox owns the waiting."""
    session, chat = await connected(bench)
    await bench.fault("rate_limited", ms=30_000)
    with pytest.raises(Throttled) as met:
        await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    assert met.value.retry_after_ms == 30_000
    assert await bench.arrived() == []
    await bench.move_clock(30_000)
    await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    assert len(await bench.arrived("send")) == 1


@pytest.mark.needs("send")
async def test_not_reached_is_certain(bench: Bench) -> None:
    """contract/session.py: NotReached means that nothing was done."""
    session, chat = await connected(bench)
    await bench.fault("not_reached")
    with pytest.raises(NotReached):
        await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    assert await bench.arrived() == []
    assert (await newest(bench, session, chat)).text != SEND


@pytest.mark.needs("send")
async def test_a_lost_answer_is_uncertain_and_the_message_is_there(bench: Bench) -> None:
    """networks.md 5.6 R30: no answer is `unknown`, not failed."""
    session, chat = await connected(bench)
    await bench.fault("lost_answer")
    with pytest.raises(NetworkError) as met:
        await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    assert not isinstance(met.value, NotReached)
    assert len(await bench.arrived("send")) == 1


@pytest.mark.needs("send")
async def test_a_lost_request_is_uncertain_and_the_message_is_not_there(bench: Bench) -> None:
    """networks.md 5.6 R30: the session cannot tell it from a lost answer."""
    session, chat = await connected(bench)
    await bench.fault("lost_request")
    with pytest.raises(NetworkError) as met:
        await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    assert not isinstance(met.value, NotReached)
    assert await bench.arrived() == []


@pytest.mark.needs("dedupe.token")
async def test_a_lost_answer_is_settled_by_sending_the_token_again(bench: Bench) -> None:
    """security.md 6.3, `token`."""
    session, chat = await connected(bench)
    await bench.fault("lost_answer")
    with pytest.raises(NetworkError):
        await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    done = await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    assert (await newest(bench, session, chat)).provider_id == done.provider_id
    assert len(await bench.arrived("send")) == 1


@pytest.mark.needs("dedupe.history", "history")
async def test_a_lost_answer_is_settled_by_reading_the_history(bench: Bench) -> None:
    """security.md 6.3, `history`: read own messages of that chat since the attempt, match the payload."""
    session, chat = await connected(bench)
    began_ms = bench.connector.now() - CLOCK_SLACK_MS
    await bench.fault("lost_answer")
    with pytest.raises(NetworkError):
        await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    page = await session.history(chat, None, 10)
    found = [message for message in page.messages if message.is_own and message.text == SEND and message.at_ms >= began_ms]
    assert len(found) == 1


@pytest.mark.needs("send")
async def test_a_lost_answer_still_brings_the_echo(bench: Bench) -> None:
    """security.md 6.3, `none`: an echo settles."""
    session = bench.session()
    listening = await started(session)
    chat = await bench.direct()
    await bench.fault("lost_answer")
    with pytest.raises(NetworkError):
        await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    assert (await listening.until_message(SEND)).is_own


async def test_a_logged_out_account_ends_the_listening_and_asks_for_a_person(bench: Bench) -> None:
    """style.md 5: 401 asks for a login once, not in a loop. networks.md 5.5 `logged_out`: stop."""
    session = bench.session()
    listening = await started(session)
    await bench.fault("logged_out")
    with pytest.raises(Disconnected):
        await listening.until_message("Never")
    with pytest.raises(Disconnected):
        await bench.session().connect()


@pytest.mark.needs("send")
async def test_a_logged_out_account_sends_nothing(bench: Bench) -> None:
    """contract/session.py: an AccountError means that a person must act."""
    session, chat = await connected(bench)
    await bench.fault("logged_out")
    with pytest.raises(Disconnected):
        await session.send(SendMessage(chat=chat, text=SEND), "token-1")
    assert await bench.arrived() == []


async def test_after_a_new_login_the_same_account_goes_on_where_it_was(bench: Bench) -> None:
    """contract/login.py: a second login of an identity is the same account."""
    session = bench.session()
    own = await session.connect()
    await bench.fault("logged_out")
    await bench.log_in()
    listening = await started(bench.session())
    assert (await bench.session().connect()).provider_id == own.provider_id
    await bench.writes(await bench.direct(), "Welcome back")
    await listening.until_message("Welcome back")


async def test_a_restricted_account_says_so(bench: Bench) -> None:
    """contract/states.py RESTRICTED: a person must look at it in the network's app."""
    await bench.fault("restricted")
    with pytest.raises(AccountError) as met:
        await bench.session().connect()
    assert not isinstance(met.value, Disconnected)


async def test_an_account_without_credentials_asks_for_a_person(bench: Bench) -> None:
    """contract/session.py: `connect` raises AccountError when a person must log in again."""
    bench.keeper.kept.clear()  # type: ignore[attr-defined]
    with pytest.raises(Disconnected):
        await bench.session().connect()


@pytest.mark.needs("edit")
async def test_a_lost_edit_is_uncertain_too(bench: Bench) -> None:
    """design.md 7: reactions, edits, deletes pass the outbox too."""
    session, chat = await connected(bench)
    done = await session.send(SendMessage(chat=chat, text="Befor"), "token-1")
    await bench.fault("lost_answer")
    with pytest.raises(NetworkError) as met:
        await session.edit(EditMessage(chat=chat, message=done.provider_id, text="Before"))
    assert not isinstance(met.value, NotReached)
    assert (await newest(bench, session, chat)).text == "Before"


async def test_closing_leaves_no_task_behind(bench: Bench) -> None:
    """style.md 5: cancel leaves no task behind."""
    before = asyncio.all_tasks()
    session = bench.session()
    listening = await started(session)
    waiting = asyncio.ensure_future(listening.until_message("Never"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await session.close()
    await session.close()
    await bench.connector.close()
    assert asyncio.all_tasks() - before == set()


@pytest.mark.needs("send")
async def test_no_secret_and_no_text_in_a_repr_or_a_log_line(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """style.md 5, security.md S21: message bodies and credentials reach no log."""
    caplog.set_level(0)
    session, chat = await connected(bench)
    await session.send(SendMessage(chat=chat, text="A text nobody may log"), "token-nobody-may-log")
    secret = bench.keeper.kept["credentials"].decode(errors="replace")  # type: ignore[attr-defined]
    shown = repr(session) + repr(bench.connector) + caplog.text
    assert secret not in shown
    assert "nobody may log" not in shown
    assert "token-nobody-may-log" not in shown
