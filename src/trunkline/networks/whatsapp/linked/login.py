"""Linking a device: the client library where it is missing, then a QR code to scan or a code to type on the phone.

A login ends when the phone has said yes. The device has not spoken to WhatsApp as itself then: the session's first connect
does, so that nothing of what WhatsApp pushes to a new device is missed.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any, NamedTuple

import msgspec

from trunkline.contract.login import Field, LoginDone, Step, StepKind
from trunkline.model.errors import InvalidCredentials, LoginGone, NetworkFailed, NotReached, TrunklineError, Unsupported
from trunkline.model.times import Clock
from trunkline.networks.whatsapp.jids import is_person, phone_of, plain_jid
from trunkline.networks.whatsapp.linked import troubles
from trunkline.networks.whatsapp.linked.arriving import own_person
from trunkline.networks.whatsapp.linked.install import LIBRARY, Packages
from trunkline.networks.whatsapp.linked.process import CallFailed, Inlet, SideProcess
from trunkline.networks.whatsapp.linked.sealed import LoginState
from trunkline.networks.whatsapp.options import Options

QR, CODE = "whatsapp-qr", "whatsapp-code"

_QR_MS = 20_000
"""How long Baileys shows one QR code; the first lasts a minute. Source: Baileys 7.0.0-rc14, Socket/socket.js."""
_SCAN_MS = 150_000
_CODE_MS = 180_000
_FIRST_S = 40.0
_PHONE = r"\+?[0-9][0-9 ().-]{6,20}"

_SCAN = "Scan it in WhatsApp on your phone: Settings, Linked devices, Link a device. The code is renewed now and then."
_TYPE = "Type it in WhatsApp on your phone: Settings, Linked devices, Link a device, Link with phone number instead."
_WARNING = " This is unofficial and against WhatsApp's terms: it can get your number limited or banned."
_ASK_PHONE = "The phone number of your WhatsApp account, with country code, as in +491712345678."
_NOTHING_TO_TYPE = "There is nothing to type here: do it on the phone; this goes on by itself then."


class Road(NamedTuple):
    """What all logins of the road use."""

    process: SideProcess
    packages: Packages
    options: Options
    clock: Clock


class LinkedLogin:
    """One running login."""

    def __init__(self, road: Road, name: str, way: str, phone: str | None) -> None:
        self._process = road.process
        self._packages = road.packages
        self._options = road.options
        self._clock = road.clock
        self._name = name
        self._way = way
        self._phone = phone
        self._inlet: Inlet | None = None
        self._installing: AsyncGenerator[tuple[int, int], None] | None = None
        self._creds: dict[str, Any] = {}
        self._keys: dict[str, dict[str, Any]] = {}
        self._step: Step | None = None
        self._is_paired = False
        self._ends_ms = 0
        self._is_over = False

    async def begin(self) -> Step:
        """The first step."""
        if self._way == CODE and self._phone is None:
            return self._show(_phone_step())
        return self._show(await self._next())

    async def submit(self, values: dict[str, str]) -> Step | LoginDone:
        """Give the phone number, where it is asked for. Everything else is done on the phone."""
        self._check_time()
        assert self._step is not None
        if self._step.kind is not StepKind.PHONE:
            return msgspec.structs.replace(self._step, error=_NOTHING_TO_TYPE)
        given = values.get("phone_number", "")
        if _digits(given) is None:
            return msgspec.structs.replace(self._step, error="A phone number is digits, with the country code first.")
        self._phone = given
        return self._show(await self._next())

    async def wait(self) -> Step | LoginDone:
        """Until the library is installed, the code is renewed, or the phone has said yes."""
        assert self._step is not None
        self._check_time()
        if self._step.kind is StepKind.PHONE:
            return self._step
        if self._installing is not None:
            return self._show(await self._installed_more())
        return await self._paired_or_renewed()

    async def resend(self) -> Step:
        """There is nothing to send again: QR codes renew themselves."""
        raise Unsupported("There is no code to send again in this step.")

    async def close(self) -> None:
        """Give up, or be done: the socket is closed."""
        self._is_over = True
        inlet, self._inlet = self._inlet, None
        installing, self._installing = self._installing, None
        if installing is not None:
            await installing.aclose()
        if inlet is not None:
            try:
                with contextlib.suppress(CallFailed, TrunklineError):
                    await self._process.call(self._name, "close", {}, call_s=5)
            finally:
                self._process.detach(self._name, inlet)

    async def _next(self) -> Step:
        if not self._packages.is_installed():
            self._installing = self._packages.install()
            return _install_step(0, 0)
        await self._open()
        if self._way == CODE:
            await self._first_qr()
            code = await self._call("pairingCode", phone=_digits(self._phone or "") or "")
            return self._waiting(StepKind.PAIRING_CODE, "whatsapp.pairing_code", _TYPE, _readable(str(code)), _CODE_MS)
        return self._qr_step(await self._first_qr())

    async def _installed_more(self) -> Step:
        assert self._installing is not None
        async for there, wanted in self._installing:
            return _install_step(there, wanted)
        self._installing = None
        return await self._next()

    async def _open(self) -> None:
        inlet = await self._process.attach(self._name)
        if self._is_over:
            self._process.detach(self._name, inlet)
            raise LoginGone
        self._inlet = inlet
        params: dict[str, Any] = {"pairsOnly": True}
        if self._options.web_socket_url:
            params["url"] = self._options.web_socket_url
        await self._call("open", **params)
        self._ends_ms = self._clock() + (_CODE_MS if self._way == CODE else _SCAN_MS)

    async def _first_qr(self) -> str:
        """WhatsApp is ready to link a device when it gives the first code."""
        try:
            async with asyncio.timeout(_FIRST_S):
                return str(await self._heard())
        except TimeoutError:
            raise NetworkFailed("WhatsApp did not answer. Begin the login again.") from None
        except InvalidCredentials:
            raise NotReached("WhatsApp could not be reached from this machine. Begin the login again later.") from None

    async def _paired_or_renewed(self) -> Step | LoginDone:
        left_ms = max(1, self._ends_ms - self._clock())
        try:
            async with asyncio.timeout(left_ms / 1000):
                while True:
                    heard = await self._heard()
                    if heard is None:
                        return self._done()
                    if self._way == QR:
                        return self._show(self._qr_step(heard))
        except TimeoutError:
            self._check_time()
            raise InvalidCredentials("Nobody linked the device in time. Begin the login again.") from None

    async def _heard(self) -> str | None:
        """The next QR code; None when the phone has said yes. Raises what ended it."""
        assert self._inlet is not None
        while (line := await self._inlet.lines.get()) is not None:
            if line.kind == "state":
                self._creds = line.data.get("creds") or self._creds
                for kind, values in (line.data.get("keys") or {}).items():
                    self._keys.setdefault(kind, {}).update({key: value for key, value in values.items() if value is not None})
            self._process.acknowledge(self._name, line.seq)
            if line.kind == "event" and line.name == "connection.update":
                if line.data.get("isNewLogin"):
                    # WhatsApp ends the connection once it has our answer to that; closing it ourselves could lose the answer.
                    self._is_paired = True
                if line.data.get("qr"):
                    return str(line.data["qr"])
                if line.data.get("connection") == "close" and self._is_paired:
                    return None
                if line.data.get("connection") == "close":
                    raise _ended(line.data.get("code"))
        raise NetworkFailed("WhatsApp's side process ended in the middle of the login. Begin the login again.")

    def _done(self) -> LoginDone:
        own = own_person(self._creds.get("me") or {})
        if not is_person(own.provider_id):
            raise NetworkFailed("WhatsApp linked the device without saying whose account it is. Begin the login again.")
        self._is_over = True
        state = LoginState(number=self._name, creds=self._creds, keys=self._keys)
        phone = phone_of(plain_jid(own.provider_id))
        return LoginDone(
            account_type="WHATSAPP",
            identity=own.provider_id,
            name=str(own.name),
            connection_params={"im": {"phone_number": phone or own.provider_id}},
            credentials=msgspec.json.encode(state),
        )

    def _qr_step(self, code: str | None) -> Step:
        return self._waiting(StepKind.QR, "whatsapp.qr", _SCAN, code, _QR_MS)

    def _waiting(self, kind: StepKind, step_id: str, text: str, data: str | None, lives_ms: int) -> Step:
        ends_ms = min(self._clock() + lives_ms, self._ends_ms)
        return Step(kind=kind, step_id=step_id, instructions=text + _WARNING, data=data, expires_at_ms=ends_ms)

    def _show(self, step: Step) -> Step:
        self._step = step
        return step

    async def _call(self, method: str, **params: Any) -> Any:
        try:
            return await self._process.call(self._name, method, params)
        except CallFailed as error:
            raise troubles.failed(error, "link the device") from None

    def _check_time(self) -> None:
        if self._is_over or (self._ends_ms and self._clock() >= self._ends_ms):
            self._is_over = True
            raise InvalidCredentials("The time for this step of the login is over. Begin the login again.")


def _phone_step() -> Step:
    return Step(
        kind=StepKind.PHONE,
        step_id="whatsapp.phone",
        instructions=_ASK_PHONE,
        fields=(Field(name="phone_number", title="Phone number", pattern=_PHONE),),
    )


def _install_step(there: int, wanted: int) -> Step:
    done = f" {there} of {wanted} packages are there." if wanted else ""
    text = (
        f"The client library, {LIBRARY}, is being fetched from the npm registry into the data folder (about 50 MB, once); there"
        f" is nothing to do meanwhile.{done}"
    )
    return Step(kind=StepKind.CONFIRM_IN_APP, step_id="whatsapp.install", instructions=text)


def _digits(phone: str) -> str | None:
    digits = "".join(character for character in phone if character not in " +().-")
    return digits if digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15 else None


def _readable(code: str) -> str:
    return f"{code[:4]}-{code[4:]}" if len(code) == 8 else code


def _ended(code: int | None) -> TrunklineError:
    if code in (408, 515, None):
        return InvalidCredentials("Nobody linked the device in time. Begin the login again.")
    trouble = troubles.closed(code)
    return trouble if not isinstance(trouble, NetworkFailed) else NotReached("WhatsApp ended the login. Begin it again.")
