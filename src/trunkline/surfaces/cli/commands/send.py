"""`trunkline send`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from trunkline.operations.chats import SendMessageInChat
from trunkline.surfaces.cli.exits import WrongUsage
from trunkline.surfaces.cli.listing import listing_of
from trunkline.surfaces.cli.names import network
from trunkline.surfaces.cli.options import Account, AsJson, Connection
from trunkline.surfaces.cli.plain import line
from trunkline.surfaces.cli.sending import Files

MOST_INPUT = 1_000_000
"""Characters taken from standard input; no network takes more in one message."""

ChatName = Annotated[str, typer.Argument(metavar="CHAT", help="Id, name or beginning of the name of a chat.")]
Text = Annotated[str | None, typer.Argument(metavar="TEXT", help="What to say; `-` reads it from standard input.")]
FilesOption = Annotated[list[Path] | None, typer.Option("--file", metavar="PATH", help="A file to send; may be repeated.")]
Voice = Annotated[Path | None, typer.Option(metavar="PATH", help="A sound file to send as a voice message.")]
Video = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="A file to send as a video message (LinkedIn) or round video (Telegram, WhatsApp)."),
]
Quote = Annotated[
    str | None, typer.Option(metavar="MESSAGE", help="Id of the message to answer (trunkline messages CHAT --ids).")
]
Thread = Annotated[
    str | None, typer.Option(metavar="THREAD", help="Id of the thread to write in (Slack; a topic on Telegram).")
]


def send(
    ctx: typer.Context,
    chat: ChatName,
    text: Text = None,
    *,
    file: FilesOption = None,
    voice: Voice = None,
    video: Video = None,
    quote: Quote = None,
    thread: Thread = None,
    account: Account = None,
    connection: Connection = None,
    as_json: AsJson = False,
) -> None:
    """Send a message in a chat."""
    said = _read_input() if text == "-" else text
    if said is None and not file and voice is None and video is None:
        raise WrongUsage("There is nothing to send. Give a TEXT, or a file with --file.")
    listing = listing_of(ctx, connection)
    terminal = listing.terminal
    found = listing.lookup.chat(chat, account)
    files = Files(terminal.client)
    asked = SendMessageInChat(
        chat_id=found.id,
        text=said,
        attachments=tuple(files.take(path, "--file") for path in file or ()),
        voice_message=None if voice is None else files.take(voice, "--voice"),
        video_message=None if video is None else files.take(video, "--video"),
        quote_id=quote,
        thread_id=thread,
    )
    sent = terminal.answer(asked, as_json=as_json)
    if sent is not None:
        where = f"{line(listing.names.chat(found))} ({network(found.account_type)})"
        terminal.output.line(f"Sent to {where}" + (f": {sent.message_id}" if sent.message_id else "."))


def _read_input() -> str:
    text = sys.stdin.read(MOST_INPUT + 1)
    if len(text) > MOST_INPUT:
        raise WrongUsage(f"Standard input holds more than {MOST_INPUT:,} characters, too many for one message.")
    return text.removesuffix("\n")
