"""One connection to Telegram: Telethon underneath, without the things it would do by itself.

It neither reconnects nor waits nor repeats: the hub's supervisor and the outbox do that, and show it. It writes no log: the
library's own has message texts in it. Errors are ours.
"""

import asyncio
import logging
import platform
from collections.abc import Awaitable, Callable
from typing import Any

from telethon import errors, functions, types
from telethon._updates import SessionState
from telethon.crypto import rsa
from telethon.network.mtprotostate import MTProtoState
from telethon.sessions import StringSession

from trunkline import __version__
from trunkline.model.errors import Disconnected, NetworkFailed, NotReached, TrunklineError
from trunkline.networks.telegram.options import App, Road
from trunkline.networks.telegram.user.data_centers import Elsewhere, Library
from trunkline.networks.telegram.user.refusals import LOGGED_OUT, of_failure, of_rpc

Wire = Callable[[], StringSession]
"""Gives the session a login begins with: an empty one for Telegram's own servers."""

_OWN_DATA_CENTER = 2
_KEY_TRIES = 3
"""Of 256 new keys one begins with a zero, which Telethon 1.45.0 leaves out; then the exchange fails and is done again."""
CONNECT_S = 15
"""How long reaching a server may take."""


_ANY_STATE = SessionState(0, 0, False, 1, 0, 0, 0, None)


class Silent(logging.Logger):
    """The library's logger: says nothing. What it would say has texts and keys in it."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 (the name is logging's)
        return False

    def getChild(self, suffix: str) -> "Silent":  # noqa: N802 (the name is logging's)
        return self

    def log(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: not even the arguments are looked at."""


class Unread:
    """Something arrived that this version of the protocol has no word for."""

    def __init__(self, constructor: int, rest: bytes) -> None:
        self.constructor = constructor
        self.rest = rest


class Ended:
    """The connection is over."""

    def __init__(self, error: TrunklineError) -> None:
        self.error = error


class _State(MTProtoState):  # type: ignore[misc]
    """Tells of what it could not read, instead of only leaving it out."""

    tell: Callable[[Unread], None]

    def decrypt_message_data(self, body: bytes) -> Any:
        try:
            return super().decrypt_message_data(body)
        except errors.TypeNotFoundError as unknown:
            self.tell(Unread(unknown.invalid_constructor_id, unknown.remaining))
            raise


class _Session(StringSession):  # type: ignore[misc]
    """Keeps no people: `peers.py` does."""

    def process_entities(self, tlo: Any) -> None:
        """Nothing."""


class Line:
    """One connection, used once. Every method raises only errors of the model."""

    def __init__(self, session: str | StringSession, app: App) -> None:
        self.app = app
        self.arrivals: asyncio.Queue[Any] = asyncio.Queue()
        """Updates in the order they came, what could not be read, our own notes, and at last `Ended`."""
        has_key = isinstance(session, str) or session.auth_key is not None
        self.library = Library(
            _Session(session if isinstance(session, str) else session.save() or None),
            app.api_id,
            app.api_hash,
            auto_reconnect=False,
            connection_retries=0 if has_key else _KEY_TRIES,
            request_retries=0,
            retry_delay=0,
            timeout=CONNECT_S,
            flood_sleep_threshold=0,
            raise_last_call_error=True,
            device_model="Trunkline",
            system_version=platform.system() or "unknown",
            app_version=__version__,
            base_logger=Silent("telethon"),
        )
        if not isinstance(session, str) and session.server_address:
            self.library.session.set_dc(session.dc_id, session.server_address, session.port)
        self._elsewhere = Elsewhere(self.library)
        self._tell_what_comes()
        self._is_open = False

    def __repr__(self) -> str:
        return f"<Line open={self._is_open}>"

    async def open(self) -> None:
        """Reach Telegram. Raises NotReached, Disconnected, Restricted."""
        self.library._message_box.load(_ANY_STATE, [])  # else Telethon would ask for one of its own
        try:
            await self.library.connect()
        except errors.RPCError as error:
            await self.close()
            raise of_rpc(error) from None
        except errors.AuthKeyNotFound:
            await self.close()
            raise Disconnected(LOGGED_OUT) from None
        except (OSError, EOFError, TimeoutError, errors.SecurityError, errors.InvalidBufferError, ValueError) as error:
            await self.close()
            raise NotReached(f"Telegram could not be reached ({type(error).__name__}). It is tried again.") from None
        except BaseException:
            await self.close()
            raise
        self._is_open = True
        self._watch()

    async def call(self, request: Any) -> Any:
        """Ask Telegram; gives its answer. A request that never left raises NotReached; one without an answer NetworkFailed."""
        try:
            return await self.ask(request)
        except errors.RPCError as error:
            raise of_rpc(error) from None

    async def ask(self, request: Any) -> Any:
        """As `call`; a refusal is raised as the library's own error."""
        try:
            answer = self.library._sender.send(request)
        except ConnectionError:
            raise NotReached("The connection to Telegram is down. Nothing was done; it is made again.") from None
        try:
            return await answer
        except errors.RPCError:
            raise
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not answer.cancelled() or (task is not None and task.cancelling()):
                raise
            raise of_failure(ConnectionError()) from None
        except errors.TypeNotFoundError:
            raise Unreadable from None
        except (
            OSError,
            EOFError,
            errors.AuthKeyNotFound,
            errors.SecurityError,
            errors.InvalidBufferError,
            ValueError,
        ) as error:
            raise of_failure(error) from None

    async def call_elsewhere(self, request: Any, data_center: int | None) -> Any:
        """Ask the data centre that has a file (None: ours, which says where it is). Raises as `call`."""
        try:
            if data_center is None or data_center == self.library.session.dc_id:
                return await self._guarded(self.library(request))
            return await self._guarded(self._elsewhere.ask(data_center, request))
        except _Moved as moved:
            there = moved.data_center
        try:
            return await self._guarded(self._elsewhere.ask(there, request))
        except _Moved:
            raise NetworkFailed("Telegram names one data centre after the other for this file.") from None

    async def upload(self, data: bytes, file_name: str) -> Any:
        """Bring bytes to Telegram; gives the InputFile. Nothing is said to anybody by it. Raises as `call`."""
        return await self._guarded(self.library.upload_file(data, file_name=file_name))

    async def _guarded(self, work: Awaitable[Any]) -> Any:
        try:
            return await work
        except errors.FileMigrateError as error:
            raise _Moved(error.new_dc) from None
        except errors.RPCError as error:
            raise of_rpc(error) from None
        except (OSError, EOFError, errors.SecurityError, errors.InvalidBufferError, ValueError) as error:
            raise of_failure(error) from None

    async def who(self) -> Any:
        """Our own User. Raises Disconnected when nobody is logged in."""
        (own,) = await self.call(functions.users.GetUsersRequest([types.InputUserSelf()])) or (None,)
        if own is None:
            raise Disconnected(LOGGED_OUT)
        return own

    async def move(self, data_center: int) -> None:
        """Go on in another data centre, with a new key. Raises NetworkFailed."""
        self._watched.remove_done_callback(self._note_end)
        self.library._sender._retries = _KEY_TRIES
        await self._guarded(self.library._switch_dc(data_center))
        self._watch()

    def save(self) -> str:
        """The session as text: as secret as a password."""
        return str(self.library.session.save())

    async def close(self) -> None:
        """Let go of the socket. Safe to call twice."""
        self._is_open = False
        self._elsewhere.close()
        await self.library.disconnect()
        ended = self.library._sender._disconnected
        if ended.done() and not ended.cancelled():
            ended.exception()  # looked at, else asyncio complains of it when nobody was listening yet

    def _tell_what_comes(self) -> None:
        sender = self.library._sender
        sender._updates_queue = self.arrivals
        state = _State(sender.auth_key, loggers=self.library._log)
        state.tell = self.arrivals.put_nowait
        sender._state = state
        sender._send_queue._state = state

    def _watch(self) -> None:
        self._watched = self.library._sender._disconnected
        self._watched.add_done_callback(self._note_end)

    def _note_end(self, ended: "asyncio.Future[None]") -> None:
        error = None if ended.cancelled() else ended.exception()
        self.arrivals.put_nowait(Ended(of_failure(error or ConnectionError())))


class _Moved(Exception):
    """The file lies in another data centre."""

    def __init__(self, data_center: int) -> None:
        super().__init__(data_center)
        self.data_center = data_center


class Unreadable(NetworkFailed):
    """Telegram's answer has something in it that this version of its protocol has no word for."""


def wire_to(options: Road) -> Wire:
    """How new logins reach Telegram, or the server that the settings name."""

    def fresh() -> StringSession:
        session = StringSession()
        if options.server is not None:
            rsa.add_key(options.server_key, old=False)
            session.set_dc(_OWN_DATA_CENTER, *options.server)
        return session

    return fresh
