"""Logging in: by a QR code or by the phone number and a code; then the second password where the account has one.

Source: core.telegram.org/api/auth, /api/qr-login, /api/srp, 2026-11-22. Nothing that is typed in is kept but the phone number,
as long as the login runs.
"""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from telethon import functions, types
from telethon.password import compute_check

from trunkline.contract.login import LoginDone, Step
from trunkline.model.errors import InvalidCredentials, NetworkRefusal, Restricted, Throttled, TrunklineError, Unsupported
from trunkline.model.times import Clock
from trunkline.networks.telegram.convert.people import person_of, username_of
from trunkline.networks.telegram.options import App, app_of
from trunkline.networks.telegram.user import login_steps as steps
from trunkline.networks.telegram.user.client import Wire
from trunkline.networks.telegram.user.desk import write_credentials
from trunkline.networks.telegram.user.login_line import LoginLine
from trunkline.networks.telegram.user.refusals import UNKNOWN_APP, Refused

_QR_LIVES_MS = 5 * 60_000
"""How long a login by QR code is open; each code lives about half a minute and is renewed."""

Outcome = Step | LoginDone


class TelegramLogin:
    """One running login, over one connection."""

    def __init__(self, way: str, app: App | None, wire: Wire, clock: Clock) -> None:
        self._way = way
        self._app = app
        self._asks_app = app is None
        self._clock = clock
        self._line = LoginLine(wire)
        self._step: Step | None = None
        self._phone = _Hidden()
        self._code_hash = ""
        self._resend_at_ms = 0
        self._can_resend = False
        self._ends_at_ms = clock() + _QR_LIVES_MS
        self._answers: dict[str, Callable[[dict[str, str]], Awaitable[Outcome]]] = {
            "telegram.app": self._take_app,
            "telegram.phone": self._take_phone,
            "telegram.code": self._take_code,
            "telegram.password": self._take_password,
        }

    async def begin(self) -> Step:
        """The first step. Raises NotReached, Throttled."""
        if self._app is None:
            return self._at(steps.app_step())
        try:
            return await self._first(self._app)
        except Refused as refused:
            await self.close()
            raise refused.ours() from None

    async def submit(self, values: dict[str, str]) -> Outcome:
        """Answer the current step."""
        step = self._current()
        if step.step_id == "telegram.qr":
            self._check_time()
            return steps.qr_step(step.data or "", step.expires_at_ms or 0, "Nothing to type here: scan it, then wait.")
        wrong = steps.mistake(step, values)
        if wrong is not None:
            return _again(step, wrong)
        return await self._kept_to_the_end(
            self._answers[step.step_id]({name: _typed(name, text) for name, text in values.items()})
        )

    async def wait(self) -> Outcome:
        """Until the code was scanned, or has ended: then the next one."""
        step = self._current()
        if step.step_id != "telegram.qr":
            return step
        return await self._kept_to_the_end(self._wait_for_scan(step))

    async def resend(self) -> Step:
        """Have the code sent again, by the next way Telegram has (text message, call)."""
        step = self._current()
        if step.step_id != "telegram.code" or not self._can_resend:
            raise Unsupported("Telegram has no other way to send the code now.")
        early_ms = self._resend_at_ms - self._clock()
        if early_ms > 0:
            raise Throttled("The code was sent a moment ago.", retry_after_ms=early_ms)
        try:
            sent = await self._line.call(functions.auth.ResendCodeRequest(self._phone.value, self._code_hash))
        except Refused as refused:
            raise refused.ours() from None
        return self._note_sent(sent)

    async def close(self) -> None:
        """Give up."""
        self._step = None
        await self._line.close()

    async def _first(self, app: App) -> Step:
        if self._way == steps.PHONE:
            return self._at(steps.phone_step())
        await self._line.reach(app)
        answer = await self._export()
        if not isinstance(answer, types.auth.LoginToken):
            raise InvalidCredentials("Telegram did not give a code to scan. Begin the login again.")
        return self._show(answer)

    async def _take_app(self, values: dict[str, str]) -> Outcome:
        app = app_of(values["api_id"], values["api_hash"])
        if app is None:
            return steps.app_step("This is no application's id and hash: a number, and 32 digits from 0 to f.")
        try:
            step = await self._first(app)
        except (Refused, NetworkRefusal) as refused:
            if not _is_unknown_app(refused):
                raise
            return await self._ask_app_again()
        self._app = app
        return step

    async def _ask_app_again(self) -> Step:
        await self._line.close()
        return self._at(steps.app_step("Telegram does not know this api_id with this api_hash."))

    async def _take_phone(self, values: dict[str, str]) -> Outcome:
        assert self._app is not None
        self._phone = _Hidden("+" + "".join(each for each in values["phone_number"] if each.isdigit()))
        request = functions.auth.SendCodeRequest(self._phone.value, self._app.api_id, self._app.api_hash, types.CodeSettings())
        try:
            await self._line.reach(self._app)
            sent = await self._line.call(request)
        except (Refused, NetworkRefusal) as refused:
            if _is_unknown_app(refused) and self._asks_app:
                return await self._ask_app_again()
            if not isinstance(refused, Refused):
                raise
            if refused.is_a("PHONE_NUMBER_INVALID"):
                return _again(self._current(), "Telegram says this is no phone number.")
            if refused.is_a("PHONE_NUMBER_BANNED"):
                raise Restricted("Telegram has banned this phone number.") from None
            raise
        return self._note_sent(sent)

    async def _take_code(self, values: dict[str, str]) -> Outcome:
        code = values["code"].replace("-", "")
        try:
            answer = await self._line.call(functions.auth.SignInRequest(self._phone.value, self._code_hash, code))
        except Refused as refused:
            if refused.is_a("PHONE_CODE_INVALID", "PHONE_CODE_EMPTY"):
                return _again(self._current(), "The code is wrong. Try again.")
            if refused.is_a("SESSION_PASSWORD_NEEDED"):
                return await self._ask_password()
            if refused.is_a("PHONE_CODE_EXPIRED"):
                raise InvalidCredentials("The time for this code is over. Begin the login again for a new one.") from None
            if refused.is_a("PHONE_NUMBER_UNOCCUPIED"):
                raise InvalidCredentials(_NO_ACCOUNT) from None
            raise
        if not isinstance(answer, types.auth.Authorization):
            raise InvalidCredentials(_NO_ACCOUNT)
        return await self._done(answer.user)

    async def _take_password(self, values: dict[str, str]) -> Outcome:
        asked = await self._line.call(functions.account.GetPasswordRequest())
        try:
            check = await asyncio.to_thread(compute_check, asked, values["password"])
        except ValueError:
            raise InvalidCredentials("Telegram asks for the password in a way that this version does not know.") from None
        try:
            answer = await self._line.call(functions.auth.CheckPasswordRequest(check))
        except Refused as refused:
            if refused.is_a("PASSWORD_HASH_INVALID"):
                return _again(self._current(), "The password is wrong. Try again.")
            raise
        return await self._done(answer.user)

    async def _ask_password(self) -> Step:
        asked = await self._line.call(functions.account.GetPasswordRequest())
        return self._at(steps.password_step(asked.hint))

    async def _wait_for_scan(self, step: Step) -> Outcome:
        self._check_time()
        left_ms = (step.expires_at_ms or 0) - self._clock()
        if not await self._line.until_scanned(max(left_ms, 0) / 1000):
            self._check_time()
        return await self._after_export()

    async def _after_export(self) -> Outcome:
        """What a QR code has come to: a new one, an account, or the second password. It may lie in another data centre."""
        try:
            answer = await self._export()
            if isinstance(answer, types.auth.LoginTokenMigrateTo):
                await self._line.line.move(answer.dc_id)
                answer = await self._line.call(functions.auth.ImportLoginTokenRequest(answer.token))
        except Refused as refused:
            if refused.is_a("SESSION_PASSWORD_NEEDED"):
                return await self._ask_password()
            raise
        if isinstance(answer, types.auth.LoginTokenSuccess):
            return await self._done(answer.authorization.user)
        return self._show(answer)

    async def _export(self) -> Any:
        app = self._line.line.app
        return await self._line.call(functions.auth.ExportLoginTokenRequest(app.api_id, app.api_hash, []))

    def _show(self, token: Any) -> Step:
        url = f"tg://login?token={urlsafe_b64encode(token.token).decode().rstrip('=')}"
        return self._at(steps.qr_step(url, int(token.expires.timestamp() * 1000)))

    def _note_sent(self, sent: Any) -> Step:
        self._code_hash = sent.phone_code_hash
        self._can_resend = sent.next_type is not None
        self._resend_at_ms = self._clock() + (sent.timeout or 0) * 1000
        return self._at(steps.code_step(type(sent.type).__name__, can_resend=self._can_resend))

    async def _done(self, own: Any) -> LoginDone:
        """The connection is let go first: Telegram revokes a login that is used from two places at once."""
        credentials = write_credentials(self._line.line.save(), self._line.line.app)
        await self.close()
        person = person_of(own)
        return LoginDone(
            account_type="TELEGRAM",
            identity=person.provider_id,
            name=person.name or username_of(own) or person.provider_id,
            connection_params={"im": {"user_id": person.provider_id, "username": username_of(own)}},
            credentials=credentials,
        )

    async def _kept_to_the_end(self, work: Awaitable[Outcome]) -> Outcome:
        """An error is the login's end, in words of the model."""
        try:
            return await work
        except Refused as refused:
            await self.close()
            raise refused.ours() from None
        except TrunklineError:
            await self.close()
            raise

    def _at(self, step: Step) -> Step:
        self._step = step
        return step

    def _current(self) -> Step:
        if self._step is None:
            raise InvalidCredentials("This login is over. Begin it again.")
        return self._step

    def _check_time(self) -> None:
        if self._clock() >= self._ends_at_ms:
            raise InvalidCredentials("The time for this step of the login is over. Begin the login again.")


_NO_ACCOUNT = "There is no Telegram account with this number. Make one in Telegram's own app first, then log in here."


class _Hidden:
    """A text that shows in no repr."""

    def __init__(self, value: str = "") -> None:
        self.value = value


def _is_unknown_app(refused: Exception) -> bool:
    return str(refused) in ("API_ID_INVALID", UNKNOWN_APP)


def _typed(name: str, text: str) -> str:
    """An answer without the blanks around it; a password may begin or end with one."""
    return text if name == "password" else text.strip()


def _again(step: Step, error: str) -> Step:
    return msgspec.structs.replace(step, error=error)
