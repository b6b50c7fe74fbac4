"""The parts of an outgoing message that sending and starting a chat share."""

from typing import Annotated

from trunkline.operations.files import FileInput

Attachments = Annotated[tuple[FileInput, ...], "The attachments value"]
VideoMessage = Annotated[
    FileInput | None,
    "(Linkedin) A file to send as video message. WhatsApp: use attachments field.",
]
VoiceMessage = Annotated[
    FileInput | None,
    "(Linkedin | WhatsApp) A file to send as voice message. WhatsApp: prefer .mp3 or .m4a. Linkedin: prefer .m4a. "
    "Instagram: use the attachment field and prefer .m4a. Telegram: use the attachment field.",
]
