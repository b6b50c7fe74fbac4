"""Voice notes: WhatsApp's are Opus in Ogg. Other sound is converted by ffmpeg, where the machine has it."""

import asyncio
import shutil
from pathlib import Path

from trunkline.model.errors import MediaRefused

_LONGEST_S = 50.0
_FORMATS = "aac,aiff,amr,amrnb,amrwb,caf,flac,matroska,mov,mp3,ogg,wav"
"""What may be read. Others, such as playlists, name further files of this machine, which would be read and sent out."""
NO_CONVERTER = (
    "WhatsApp's voice notes are Opus sound in Ogg; this file is something else, and ffmpeg, which would convert it, is not"
    " installed here. Nothing was sent. Install ffmpeg, send Ogg/Opus, or send the file as an attachment."
)


def is_opus(data: bytes) -> bool:
    """Whether it is Opus in Ogg."""
    return data.startswith(b"OggS") and b"OpusHead" in data[:200]


async def as_voice(source: Path, target: Path, ffmpeg: str) -> None:
    """Convert a file. Raises MediaRefused when it is no sound or nothing can convert it."""
    program = ffmpeg or shutil.which("ffmpeg")
    if not program:
        raise MediaRefused(NO_CONVERTER)
    process = await asyncio.create_subprocess_exec(
        program, "-nostdin", "-loglevel", "quiet", "-y", "-protocol_whitelist", "file", "-format_whitelist", _FORMATS,
        "-i", str(source), "-vn", "-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k", "-f", "ogg", str(target),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_LONGEST_S):
            ended = await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        ended = 1
    if ended != 0 or not target.is_file():
        raise MediaRefused("This file could not be converted to a voice note: it seems to be no sound. Nothing was sent.")
