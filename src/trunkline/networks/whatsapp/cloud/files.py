"""Files of a number: up before a send; down by their id in two steps (an address that is good for five minutes, the bytes)."""

import hashlib
import hmac
from collections.abc import AsyncIterator

from trunkline.contract.commands import OutgoingFile
from trunkline.model.errors import NetworkFailed, NotFound, NotPossible, TooLarge, TrunklineError
from trunkline.networks._graph.refusals import Refused
from trunkline.networks.whatsapp.cloud.capabilities import MOST
from trunkline.networks.whatsapp.cloud.composing import kind_of, plain
from trunkline.networks.whatsapp.cloud.session import CloudSession
from trunkline.networks.whatsapp.voice import as_voice, is_opus

OPUS = "audio/ogg; codecs=opus"
GONE = (
    "WhatsApp has this file no more: it keeps what people send for some days, and what was sent from here for 30. Ask the"
    " person to send it again."
)
_MOST_BYTES = MOST["document"]


class Files(CloudSession):
    """files"""

    async def fetch_file(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a file, checked against the digest that WhatsApp names. Raises NotFound when it has them no more."""
        if not (ref.isascii() and ref.isalnum()):
            raise NotFound("This is no file of WhatsApp Business.")
        client = self._number.client
        try:
            found = await client.get(ref, phone_number_id=self._number.id)
        except Refused:
            raise NotFound(GONE) from None
        except TrunklineError as error:
            self._number.fail(error)
            raise
        digest, size = hashlib.sha256(), 0
        async for chunk in client.download(str(found.get("url") or "")):
            size += len(chunk)
            if size > _MOST_BYTES:
                raise TooLarge("This file is larger than WhatsApp's files can be; it was not fetched.")
            digest.update(chunk)
            yield chunk
        named = found.get("sha256")
        if isinstance(named, str) and named and not hmac.compare_digest(named.lower().encode(), digest.hexdigest().encode()):
            raise NetworkFailed("The file did not come whole; try again.")

    async def _upload(self, file: OutgoingFile) -> str:
        """Put a file there; gives its id. Nobody sees it before it is sent."""
        data = await self._media.read(file.content)
        media_type = plain(file.media_type)
        if file.role == "voice":
            data, media_type = await self._voice(data), OPUS
        if len(data) > MOST[kind_of(file)]:
            raise TooLarge("This file is larger than WhatsApp takes. Nothing was sent.")
        fields = {"messaging_product": "whatsapp", "type": media_type}
        try:
            answer = await self._number.client.upload(f"{self._number.id}/media", fields, (file.file_name, data, media_type))
        except TrunklineError as error:
            self._number.fail(error)
            raise
        if not isinstance(answer.get("id"), str | int):
            raise NotPossible("WhatsApp took the file and gave no id for it. Nothing was sent.")
        return str(answer["id"])

    async def _voice(self, data: bytes) -> bytes:
        """As Opus in Ogg, which voice notes are."""
        if is_opus(data):
            return data
        passing = self._road.passing
        async with passing.file(data) as source, passing.path(".ogg") as target:
            await as_voice(source, target, self._number.options.ffmpeg)
            return target.read_bytes()
