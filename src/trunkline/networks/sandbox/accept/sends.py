"""Sending, starting a chat's first message, forwarding."""

from trunkline.contract.commands import Done, ForwardMessage, OutgoingFile, SendMessage
from trunkline.contract.events import FileInfo, MessageArrived, PersonInfo
from trunkline.model.attachment import AttachmentType
from trunkline.model.errors import NotPossible
from trunkline.networks.sandbox.accept import rules
from trunkline.networks.sandbox.accept.arrival import Arrival
from trunkline.networks.sandbox.world import answers, messages
from trunkline.networks.sandbox.world.messages import Draft

SILENT_ABOUT_TOKENS = ("TWITTER",)
"""Networks whose echo carries nothing of ours (networks.md 5.6)."""


def send(arrival: Arrival) -> Done:
    """Take a message. Slack tells the id of one with files only in its echo."""
    command = arrival.command
    assert isinstance(command, SendMessage)
    chat = rules.known_chat(arrival, command.chat)
    rules.can_write(arrival, chat)
    text = rules.content(arrival, command.text, command.files)
    for target in (command.quote, command.thread):
        if target is not None:
            rules.known_message(arrival, command.chat, target)
    message = say(arrival, command.chat, text, command.files, quote=command.quote, thread=command.thread)
    if command.files and arrival.account.account_type == "SLACK":
        return Done()
    return Done(provider_id=message.provider_id, events=(message,))


def forward(arrival: Arrival) -> Done:
    """Take a forwarded message."""
    command = arrival.command
    assert isinstance(command, ForwardMessage)
    source = rules.known_message(arrival, command.chat, command.message)
    target = rules.known_chat(arrival, command.to_chat)
    rules.can_write(arrival, target)
    if source.event_type is not None:
        raise NotPossible("What the network itself wrote cannot be forwarded. Nothing was sent.")
    draft = Draft(
        command.to_chat,
        own_user(arrival),
        source.text,
        source.files,
        token=echoed_token(arrival),
        extra=(("is_forwarded", True),),
    )
    message = messages.post(arrival.change, arrival.account, draft)
    answers.plan(arrival.change, arrival.account, message)
    return Done(provider_id=message.provider_id, events=(message,))


def say(
    arrival: Arrival, chat: str, text: str | None, files: tuple[OutgoingFile, ...], *,
    quote: str | None = None, thread: str | None = None, extra: tuple[tuple[str, object], ...] = (),
) -> MessageArrived:  # fmt: skip
    """Put our message into the chat; people may answer it."""
    draft = Draft(
        chat,
        own_user(arrival),
        text,
        tuple(map(_taken, files)),
        quote=quote,
        thread=thread,
        token=echoed_token(arrival),
        extra=extra,
    )
    message = messages.post(arrival.change, arrival.account, draft)
    answers.plan(arrival.change, arrival.account, message)
    return message


def own_user(arrival: Arrival) -> PersonInfo:
    """The account's user as a sender."""
    return PersonInfo(provider_id=arrival.account.identity, name=arrival.account.name, is_self=True)


def echoed_token(arrival: Arrival) -> str | None:
    """The token, where the network's echo carries it."""
    return None if arrival.account.account_type in SILENT_ABOUT_TOKENS else arrival.token


def upload_ref(file: OutgoingFile) -> str:
    """Where the world keeps the bytes of a sent file."""
    return f"sent-{file.content}"


def _taken(file: OutgoingFile) -> FileInfo:
    return FileInfo(
        type=_type(file), ref=upload_ref(file), media_type=file.media_type, file_name=file.file_name, size=file.size,
        width=file.width, height=file.height,
        voice_note=file.role == "voice", gif=file.media_type == "image/gif", seconds=1.0 if file.role == "voice" else None,
    )  # fmt: skip


def _type(file: OutgoingFile) -> AttachmentType:
    kinds: dict[str, AttachmentType] = {"image": "img", "video": "video", "audio": "audio"}
    if file.role == "voice":
        return "audio"
    if file.role == "video" or file.media_type == "image/gif":
        return "video"
    return kinds.get(file.media_type.partition("/")[0], "file")
