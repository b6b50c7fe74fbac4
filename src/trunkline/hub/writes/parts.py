"""The parts of an outgoing message that sending and starting a chat share, checked against the account's sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

from trunkline.contract.capabilities import Capabilities, Send
from trunkline.contract.commands import OutgoingFile
from trunkline.hub import bounds
from trunkline.hub.writes.files import outgoing
from trunkline.model.errors import NotPossible
from trunkline.operations.chats import SendMessageInChat, StartNewChat
from trunkline.operations.files import FileInput


@dataclass(frozen=True)
class Said:
    """Text and files of a message, None and empty where there are none."""

    text: str | None
    files: tuple[OutgoingFile, ...]
    inputs: tuple[FileInput, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return self.text is None and not self.files


def check_words(text: str | None, files: Sequence[OutgoingFile], send: Send, sheet: Capabilities) -> None:
    """Raise TooLong, or NotPossible where the network takes no text beside a file."""
    if text is None:
        return
    if not files:
        bounds.check_text(text, send.text, "text", sheet)
        return
    caption = None if send.attachments is None else send.attachments.caption
    if caption is None:
        raise NotPossible(
            f"{bounds.title_of(sheet)} takes no text beside a file. Nothing was sent; send them one after the other."
        )
    bounds.check_text(text, caption, "text", sheet)


def said_in(operation: SendMessageInChat | StartNewChat, send: Send, sheet: Capabilities) -> Said:
    """The checked parts. Raises TooLong, TooLarge, MediaRefused, NotPossible or InvalidArgument."""
    text = operation.text if operation.text and operation.text.strip() else None
    attached = tuple(outgoing(file) for file in operation.attachments)
    for file in attached:
        bounds.check_file(file, send.attachments, "attachments", sheet)
    bounds.check_count(attached, send.max_attachments, sheet)
    special: list[OutgoingFile] = []
    inputs: list[FileInput] = list(operation.attachments)
    if operation.voice_message is not None:
        voice = outgoing(operation.voice_message, "voice")
        bounds.check_file(voice, send.voice, "voice_message", sheet)
        special.append(voice)
        inputs.append(operation.voice_message)
    if operation.video_message is not None:
        video = outgoing(operation.video_message, "video")
        bounds.check_file(video, send.video, "video_message", sheet)
        special.append(video)
        inputs.append(operation.video_message)
    files = (*attached, *special)
    check_words(text, files, send, sheet)
    return Said(text=text, files=files, inputs=tuple(inputs))
