"""Sending files: ask for an address, put the bytes there, complete the upload in the chat. Only the last step is seen.

These are the three calls of slack_sdk's `files_upload_v2`, made one by one so that it is known which of them failed. Slack
makes the message afterwards: its id is in the answer, in `files.info` a moment later, or only in the event (networks.md 1.2).
"""

import asyncio
import json
from typing import Any

from trunkline.contract.commands import Done, OutgoingFile
from trunkline.model.errors import NetworkError, NotReached, TrunklineError
from trunkline.networks.slack.stamps import is_stamp
from trunkline.networks.slack.user_token.account import Account
from trunkline.networks.slack.user_token.client import Json

LOOKS_S = (0.3, 0.7, 1.5)
"""Waits before each look for the id of the message."""


class Uploading:
    """Shares files of the account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def share(self, chat: str, comment: str, files: tuple[OutgoingFile, ...], thread: str | None) -> Done:
        """One message with all the files. Raises what the client raises; nothing is seen until the last step."""
        uploaded = [await self._upload(file) for file in files]
        answer = await self._account.client.call(
            "files.completeUploadExternal",
            files=json.dumps(uploaded),
            channel_id=chat,
            initial_comment=comment or None,
            thread_ts=thread,
        )
        return Done(provider_id=await self._message_id(chat, answer))

    async def _upload(self, file: OutgoingFile) -> Json:
        data = await self._account.media.read(file.content)
        try:
            place = await self._account.client.call("files.getUploadURLExternal", filename=file.file_name, length=len(data))
        except NotReached:
            raise
        except NetworkError as error:
            raise NotReached("Slack gave no place for the file. Nothing was sent; try again later.") from error
        await self._account.client.upload(str(place["upload_url"]), data)
        return {"id": place["file_id"], "title": file.file_name}

    async def _message_id(self, chat: str, answer: Json) -> str | None:
        found = answer.get("files") or [{}]
        file = found[0] if isinstance(found[0], dict) else {}
        stamp = shared_as(file, chat)
        for wait in LOOKS_S:
            if stamp is not None or not file.get("id"):
                break
            await asyncio.sleep(wait)
            try:
                file = (await self._account.client.call("files.info", file=file["id"])).get("file") or file
            except TrunklineError:
                return None
            stamp = shared_as(file, chat)
        return stamp


def shared_as(file: Json, chat: str) -> str | None:
    """The `ts` of the message that shares a file in a chat."""
    shares: Any = file.get("shares")
    for kind in ("public", "private"):
        inside = shares.get(kind) if isinstance(shares, dict) else None
        made = inside.get(chat) if isinstance(inside, dict) else None
        if isinstance(made, list) and made and isinstance(made[0], dict) and is_stamp(made[0].get("ts")):
            return str(made[0]["ts"])
    return None
