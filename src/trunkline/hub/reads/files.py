"""Reading bytes: attachments and pictures, fetched from the network once and kept in the media folder."""

from collections.abc import AsyncIterator, Callable

from trunkline.contract.session import FetchesFiles, FetchesPictures
from trunkline.hub.asked import Asked
from trunkline.hub.plans import HubPlan, read_plan
from trunkline.hub.reads.attendees import one_person
from trunkline.model.blob import Blob
from trunkline.model.errors import NotFound, Unsupported
from trunkline.operations.attendees import GetAttendeeProfilePicture
from trunkline.operations.backend import Answer
from trunkline.operations.media_type import extension_of, media_type_of
from trunkline.operations.messages import GetMessageAttachment
from trunkline.operations.missing import not_found
from trunkline.store import attachments, chats, fetched
from trunkline.store.accounts import AccountRow
from trunkline.store.engine import Transaction

FETCH_MOST_BYTES = 2 * 1024**3
"""The largest file that is fetched from a network."""


async def get_message_attachment(asked: Asked[GetMessageAttachment]) -> HubPlan:
    """The bytes of an attachment."""
    operation, reach = asked.operation, asked.reach
    message = await reach.message(operation.message_id)
    row = await attachments.find(reach.store.db, message.id, operation.attachment_id)
    if row is None:
        raise not_found("attachment_id", operation.attachment_id)
    account = reach.account_of(message.account_no)
    chat = await chats.by_no(reach.store.db, message.chat_no)

    async def run() -> Answer:
        ref = row.ref
        if ref is None:
            raise NotFound("The bytes of this attachment cannot be had from the network any more.")
        content = await _content(asked, row.id, lambda: _file(asked, account, ref))
        blob = _blob(asked, content, row.media_type, row.file_name or f"{row.id}{extension_of(row.media_type)}")
        return Answer(blob, frozenset({chat.id} if chat else ()))

    return read_plan(operation, run, None if chat is None else chat.id)


async def get_attendee_profile_picture(asked: Asked[GetAttendeeProfilePicture]) -> HubPlan:
    """The picture of a person, or of a group chat."""
    operation = asked.operation
    account, ref, target = await _picture(asked, operation.id)
    if ref is None:
        raise not_found("id", operation.id, kind="picture of")
    name = f"picture:{account.id}:{ref}"

    async def run() -> Answer:
        content = await _content(asked, name, lambda: _picture_chunks(asked, account, ref))
        head = await _head(asked, content)
        media_type = media_type_of(head, "image/jpeg")
        blob = _blob(asked, content, media_type, f"picture{extension_of(media_type)}")
        return Answer(blob, frozenset({target} if target else ()))

    return read_plan(operation, run, target)


async def _picture(asked: Asked[GetAttendeeProfilePicture], wanted: str) -> tuple[AccountRow, str | None, str | None]:
    reach = asked.reach
    try:
        person = await one_person(reach, wanted, None)
    except NotFound:
        chat = await chats.find(reach.store.db, reach.numbers, wanted)
        if chat is None or not reach.may_see(chat.no):
            raise
        return reach.account_of(chat.account_no), chat.picture, chat.id
    return reach.account_of(person.account_no), person.picture, None


def _file(asked: Asked[GetMessageAttachment], account: AccountRow, ref: str) -> AsyncIterator[bytes]:
    session = asked.parts.lives.session_of(account)
    if not isinstance(session, FetchesFiles):
        raise Unsupported("This network gives no files. Nothing was done.")
    return session.fetch_file(ref)


def _picture_chunks(asked: Asked[GetAttendeeProfilePicture], account: AccountRow, ref: str) -> AsyncIterator[bytes]:
    session = asked.parts.lives.session_of(account)
    if not isinstance(session, FetchesPictures):
        raise Unsupported("This network gives no pictures. Nothing was done.")
    return session.fetch_picture(ref)


AnyAsked = Asked[GetMessageAttachment] | Asked[GetAttendeeProfilePicture]


async def _content(asked: AnyAsked, name: str, fetch: Callable[[], AsyncIterator[bytes]]) -> str:
    """The file's content in the media folder, fetched when it is not there."""
    store = asked.store
    known = await fetched.find(store.db, name)
    if known is not None and store.media.has(known):
        content, size = known, store.media.size_of(known)
    else:
        content, size = await store.media.put_stream(fetch(), FETCH_MOST_BYTES)

    async def work(tx: Transaction) -> None:
        await fetched.note(tx, name, content, size, store.clock())

    if known != content:
        await store.db.write(work)
    return content


async def _head(asked: AnyAsked, content: str) -> bytes:
    async for chunk in asked.store.media.chunks(content):
        return chunk
    return b""


def _blob(asked: AnyAsked, content: str, media_type: str, file_name: str) -> Blob:
    media = asked.store.media
    return Blob(media_type=media_type, file_name=file_name, size=media.size_of(content), chunks=media.chunks(content))
