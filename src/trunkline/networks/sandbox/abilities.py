"""What some accounts can do, one ability per class, as in contract/session.py. `sessions.py` says who has which."""

from collections.abc import AsyncIterator

from trunkline.contract.commands import (
    ChangeMember,
    DeleteChat,
    DeleteMessage,
    Done,
    EditMessage,
    ForwardMessage,
    GetInviteLink,
    LabelChat,
    React,
    SendMessage,
    SetChat,
    StartChat,
)
from trunkline.contract.events import HistoryPage
from trunkline.model.errors import NotPossible
from trunkline.networks.sandbox import convert
from trunkline.networks.sandbox.session import SandboxSession
from trunkline.networks.sandbox.world import chats, messages

_MOST_AT_ONCE = 1_000


class ReadsHistory(SandboxSession):
    """history"""

    async def history(self, chat: str, cursor: str | None, count: int) -> HistoryPage:
        """Messages going backwards; threads' answers among them. What was on its way has arrived if its time has come."""
        self._client.check()
        await self._client.world.catch_up()
        account, fetch = self._client.account, self._client.world.fetch
        if chats.find(fetch, account.key, chat) is None:
            raise NotPossible(f"The account has no chat {chat}.")
        count = max(1, min(count, _MOST_AT_ONCE))
        return messages.page(
            fetch, account.key, chat, cursor, count=count, shown=lambda found: convert.history(account.account_type, found)
        )


class Sends(SandboxSession):
    """send"""

    async def send(self, command: SendMessage, token: str) -> Done:
        """Send; `typing_ms` is waited for first."""
        if command.typing_ms:
            await self._client.world.sleep_until(self._client.world.now() + command.typing_ms)
        return await self._client.command("send", command, token, command.files)


class Starts(SandboxSession):
    """start"""

    async def start(self, command: StartChat, token: str) -> Done:
        """Start or find the chat and say the first message."""
        return await self._client.command("start", command, token, command.files)


class Edits(SandboxSession):
    """edit"""

    async def edit(self, command: EditMessage) -> Done:
        """Edit."""
        return await self._client.command("edit", command)


class Deletes(SandboxSession):
    """delete"""

    async def delete(self, command: DeleteMessage) -> Done:
        """Delete for everybody."""
        return await self._client.command("delete", command)


class Reacts(SandboxSession):
    """react"""

    async def react(self, command: React) -> Done:
        """Put or take off an emoji."""
        return await self._client.command("react", command)


class Forwards(SandboxSession):
    """forward"""

    async def forward(self, command: ForwardMessage, token: str) -> Done:
        """Forward, marked as forwarded."""
        return await self._client.command("forward", command, token)


class DeletesChats(SandboxSession):
    """delete_chat"""

    async def delete_chat(self, command: DeleteChat) -> Done:
        """Delete the chat from the account."""
        return await self._client.command("delete_chat", command)


class SetsChats(SandboxSession):
    """read, mute, archive, pin"""

    async def set_chat(self, command: SetChat) -> Done:
        """Switch a state of the chat."""
        return await self._client.command("set_chat", command)


class ChangesMembers(SandboxSession):
    """add_participant, remove_participant"""

    async def change_member(self, command: ChangeMember) -> Done:
        """Add or remove a person."""
        return await self._client.command("change_member", command)


class Labels(SandboxSession):
    """label"""

    async def label_chat(self, command: LabelChat) -> Done:
        """Label the chat."""
        return await self._client.command("label_chat", command)


class GivesInviteLinks(SandboxSession):
    """invite_link"""

    async def invite_link(self, command: GetInviteLink) -> Done:
        """The group's link."""
        return await self._client.command("invite_link", command)


class FetchesFiles(SandboxSession):
    """files, pictures: both are kept alike"""

    def fetch_file(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of an attachment."""
        return self._client.bytes(ref)

    def fetch_picture(self, ref: str) -> AsyncIterator[bytes]:
        """The bytes of a picture."""
        return self._client.bytes(ref)
