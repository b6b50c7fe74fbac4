"""The rules that the simulated networks enforce themselves, whatever a caller has checked before."""

import pytest

from trunkline.contract.commands import ChangeMember, EditMessage, OutgoingFile, SendMessage, SetChat, StartChat
from trunkline.model.errors import (
    InvalidRecipient,
    MediaRefused,
    NoConnection,
    NoCredits,
    NoRights,
    NotPossible,
    TooLong,
    Unsupported,
)

from .conftest import Sandbox

HOUR_MS = 3_600_000
PHOTO = OutgoingFile(content="photo", file_name="photo.png", media_type="image/png", size=5)


async def test_a_page_may_not_write_a_day_after_the_persons_last_message(sandbox: Sandbox) -> None:
    """Messenger: 24 hours (developers.facebook.com, send messages). A new message opens the window again."""
    session = await sandbox.session("MESSENGER")
    chat = await sandbox.chat("MESSENGER", "Gus Andersson")
    with pytest.raises(NotPossible, match="24 hours"):
        await session.send(SendMessage(chat=chat, text="Hello again"), "token-1")
    await sandbox.control("write", as_="Gus Andersson", account="MESSENGER", text="Here I am")
    await session.send(SendMessage(chat=chat, text="Hello again"), "token-2")
    await sandbox.control("clock", by="25h")
    with pytest.raises(NotPossible, match="24 hours"):
        await session.send(SendMessage(chat=chat, text="Too late"), "token-3")


async def test_a_page_takes_a_text_or_a_file_but_not_both_at_once(sandbox: Sandbox) -> None:
    """Messenger and Instagram drop captions; the simulated ones refuse them."""
    for account in ("MESSENGER", "INSTAGRAM"):
        session = await sandbox.session(account)
        chat = (await session.chats(None)).chats[0].provider_id
        with pytest.raises(NotPossible, match="no text beside a file"):
            await session.send(SendMessage(chat=chat, text="A caption", files=(PHOTO,)), "token-1")
        await session.send(SendMessage(chat=chat, files=(PHOTO,)), "token-2")


async def test_slack_cuts_an_overlong_text_where_others_refuse_it(sandbox: Sandbox) -> None:
    """Slack: 40,000 characters, then truncated with a warning."""
    session = await sandbox.session("SLACK")
    chat = await sandbox.chat("SLACK", "Dana Whitfield")
    await session.send(SendMessage(chat=chat, text="x" * 40_001), "token-1")
    assert (await sandbox.texts("SLACK", chat))[0] == "x" * 40_000
    telegram = await sandbox.session("TELEGRAM")
    with pytest.raises(TooLong, match="4096 utf16"):
        await telegram.send(SendMessage(chat=await sandbox.chat("TELEGRAM", "Ali Rezaei"), text="👋" * 2_049), "token-2")


async def test_slack_tells_the_id_of_a_file_message_only_in_its_echo(sandbox: Sandbox) -> None:
    """networks.md 1.2: the visible message arrives later as `file_share`."""
    session = await sandbox.session("SLACK")
    chat = await sandbox.chat("SLACK", "Dana Whitfield")
    updates = session.listen(None)
    done = await session.send(SendMessage(chat=chat, text="Look", files=(PHOTO,)), "token-1")
    assert (done.provider_id, done.events) == (None, ())
    assert (await anext(updates)).events == ()
    (echo,) = (await anext(updates)).events
    assert (echo.token, echo.text, echo.files[0].file_name) == ("token-1", "Look", "photo.png")


async def test_a_late_edit_on_whatsapp_is_taken_and_ignored(sandbox: Sandbox) -> None:
    """developer.unipile.com: a late edit "succeeds" without effect; the record calls it ignored."""
    session = await sandbox.session("WHATSAPP")
    chat = await sandbox.chat("WHATSAPP", "Tom Becker")
    sent = await session.send(SendMessage(chat=chat, text="Befor"), "token-1")
    await sandbox.control("clock", by="16m")
    done = await session.edit(EditMessage(chat=chat, message=sent.provider_id, text="Before"))
    assert done.events == ()
    assert (await sandbox.texts("WHATSAPP", chat))[0] == "Befor"
    assert [arrived["outcome"] for arrived in await sandbox.control("record", kind="edit")] == ["ignored"]


async def test_linkedin_lets_contacts_write_and_others_only_for_credits(sandbox: Sandbox) -> None:
    """unipile-v1 7.3: without InMail first-degree contacts only; 4.2 insufficient_credits."""
    session = await sandbox.session("LINKEDIN")
    stranger = await sandbox.person("LINKEDIN", "Tomáš Dvořák")
    with pytest.raises(NoConnection):
        await session.start(StartChat(people=(stranger,), text="Hello"), "token-0")
    inmail = StartChat(people=(stranger,), text="Hello", title="Your library", options={"api": "classic", "inmail": True})
    made = [await session.start(inmail, f"token-{n}") for n in range(1, 4)]
    assert len({done.chat for done in made}) == 3
    with pytest.raises(NoCredits):
        await session.start(inmail, "token-4")
    message = (await session.history(made[0].chat, None, 1)).messages[0]
    assert (message.message_type, message.subject) == ("INMAIL", "Your library")
    with pytest.raises(NotPossible, match="InMail"):
        await session.edit(EditMessage(chat=made[0].chat, message=message.provider_id, text="Hi"))


async def test_an_inmail_chat_shows_as_one(sandbox: Sandbox) -> None:
    """unipile-v1 5.1: `subject`, `content_type`."""
    session = await sandbox.session("LINKEDIN")
    kinds = {info.content_type for info in (await session.chats(None)).chats if info.content_type}
    assert kinds == {"inmail", "sponsored"}


async def test_a_group_on_linkedin_needs_a_name(sandbox: Sandbox) -> None:
    """networks.md 4.6."""
    session = await sandbox.session("LINKEDIN")
    people = (await sandbox.person("LINKEDIN", "Amara Eze"), await sandbox.person("LINKEDIN", "David Cohen"))
    with pytest.raises(NotPossible, match="name"):
        await session.start(StartChat(people=people, text="Hello"), "token-1")


async def test_only_administrators_change_a_groups_members(sandbox: Sandbox) -> None:
    """unipile-v1 7.4: the account must be allowed to add members."""
    session = await sandbox.session("WHATSAPP")
    chat, person = await sandbox.chat("WHATSAPP", "Family"), await sandbox.person("WHATSAPP", "Tom Becker")
    with pytest.raises(NoRights):
        await session.change_member(ChangeMember(chat=chat, person=person, change="add"))


async def test_members_are_named_by_id_user_name_or_phone_number(sandbox: Sandbox) -> None:
    """unipile-v1 7.4: on Telegram a user id, username or phone number."""
    session = await sandbox.session("TELEGRAM")
    chat, viktor = await sandbox.chat("TELEGRAM", "Reading circle 📚"), await sandbox.person("TELEGRAM", "Viktor Lund")
    for name in ("@viktor_lund", "viktor_lund", viktor, f"+4479{viktor[-8:]}"):
        with pytest.raises(NoRights):
            await session.change_member(
                ChangeMember(chat=await sandbox.chat("TELEGRAM", "City News"), person=name, change="add")
            )
        await session.change_member(ChangeMember(chat=chat, person=name, change="add"))
        await session.change_member(ChangeMember(chat=chat, person=name, change="remove"))
    with pytest.raises(InvalidRecipient, match="list_all_attendees tells whom it knows"):
        await session.change_member(ChangeMember(chat=chat, person="@nobody", change="add"))


async def test_a_token_that_was_forgotten_makes_a_second_message(sandbox: Sandbox) -> None:
    """security.md 6.3: past the peer's memory window a token proves nothing; the referee must show that."""
    session = await sandbox.session("WHATSAPP")
    chat = await sandbox.chat("WHATSAPP", "Tom Becker")
    first = await session.send(SendMessage(chat=chat, text="Once"), "token-1")
    await sandbox.control("clock", by="25h")
    second = await session.send(SendMessage(chat=chat, text="Once"), "token-1")
    assert first.provider_id != second.provider_id
    assert [one["outcome"] for one in await sandbox.control("record", kind="send")] == ["accepted", "accepted"]


async def test_x_echoes_nothing_of_ours(sandbox: Sandbox) -> None:
    """networks.md 5.6: on X our id travels as nothing."""
    session = await sandbox.session("TWITTER")
    done = await session.send(SendMessage(chat=await sandbox.chat("TWITTER", "Sven Aalto"), text="Hi"), "token-1")
    assert [event.token for event in done.events] == [None]
    (arrived,) = await sandbox.control("record")
    assert arrived["token"] == "token-1"


async def test_x_takes_pictures_and_films_only(sandbox: Sandbox) -> None:
    """networks.md 4.3."""
    session = await sandbox.session("TWITTER")
    pdf = OutgoingFile(content="pdf", file_name="a.pdf", media_type="application/pdf", size=3)
    with pytest.raises(MediaRefused):
        await session.send(SendMessage(chat=await sandbox.chat("TWITTER", "Sven Aalto"), files=(pdf,)), "token-1")


async def test_a_switch_that_is_not_declared_is_refused(sandbox: Sandbox) -> None:
    """contract/session.py: only switches that are declared are asked for; the network insists."""
    session = await sandbox.session("SLACK")
    with pytest.raises(Unsupported):
        await session.set_chat(SetChat(chat=await sandbox.chat("SLACK", "Dana Whitfield"), switch="mute", on=True))
    assert await sandbox.control("record", outcome="accepted") == []
