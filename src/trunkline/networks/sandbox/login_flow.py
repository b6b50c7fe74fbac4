"""One running login: goes through the stages of its way. Nothing that is typed in is kept."""

import re

from trunkline.contract.login import LoginDone, Step
from trunkline.model.errors import InvalidCredentials, Throttled, Unsupported
from trunkline.model.networks import AccountType
from trunkline.networks.sandbox.login_steps import CODE, WRONG_PASSWORD, Stage, Way
from trunkline.networks.sandbox.seed import seeds
from trunkline.networks.sandbox.world import accounts
from trunkline.networks.sandbox.world.change import Change
from trunkline.networks.sandbox.world.world import World

_RESEND_AFTER_MS = 30_000


class FlowLogin:
    """A login in steps. `confirm` is what the person does outside: scanning, confirming, allowing."""

    def __init__(self, world: World, way: Way, number: int) -> None:
        self.way = way
        self.is_over = False
        self._world = world
        self._number = number
        self._at = 0
        self._began_ms = world.now()
        self._shown = ""
        self._renewals = 0
        self._confirmed = False
        self._choice: str | None = None
        self._sent_ms = world.now()

    @property
    def stage(self) -> Stage:
        """What is asked now."""
        return self.way.stages[self._at]

    @property
    def waits_for_person(self) -> bool:
        """Whether `confirm` would take it further."""
        return not self.is_over and self.stage.needs in ("person", "address")

    def step(self, error: str | None = None) -> Step:
        """The current stage as a step."""
        stage = self.stage
        if stage.data is not None and not self._shown:
            self._shown = stage.data.format(self._world.entropy(4).hex().upper())
        return Step(
            kind=stage.kind, step_id=stage.step_id, instructions=stage.instructions, fields=stage.fields,
            options=stage.options, data=self._shown or None, expires_at_ms=self._renewal_ms() or self._end_ms(), error=error,
            can_resend=stage.can_resend,
        )  # fmt: skip

    def confirm(self) -> None:
        """The person has scanned, confirmed or allowed it."""
        self._confirmed = True
        self._world.time.ring()

    async def submit(self, values: dict[str, str]) -> Step | LoginDone:
        """Answer the current step. Raises InvalidCredentials when its time is over or it cannot be answered here."""
        self._check_time()
        stage = self.stage
        if stage.needs == "nothing":
            self.is_over = True
            raise InvalidCredentials(
                "The network asks for a captcha, which only its own page can show. Log in there first, then try again;"
                " in the sandbox use the way 'instant'."
            )
        if stage.needs == "person":
            return (
                await self._advance() if self._confirmed else self.step("Nothing to type here: do it on the phone, then wait.")
            )
        error = _mistake(stage, values)
        if error is not None:
            return self.step(error)
        self._choice = values.get("choice", self._choice)
        return await self._advance()

    async def wait(self) -> Step | LoginDone:
        """Until the person has done it, or the code is renewed. Raises InvalidCredentials when the time is over."""
        if not self.waits_for_person:
            return self.step()
        while not self._confirmed:
            ringing = self._world.time.next()
            self._check_time()
            renewal_ms = self._renewal_ms()
            if renewal_ms is not None and renewal_ms <= self._world.now():
                self._renewals += 1
                self._shown = ""
                return self.step()
            await self._world.time.wait_ms(max(1, (renewal_ms or self._end_ms()) - self._world.now()), ringing)
        return await self._advance()

    async def resend(self) -> Step:
        """Send the code again, at most every half minute."""
        if not self.stage.can_resend:
            raise Unsupported("There is no code to send again in this step.")
        early_ms = self._sent_ms + _RESEND_AFTER_MS - self._world.now()
        if early_ms > 0:
            raise Throttled("The code was sent a moment ago.", retry_after_ms=early_ms)
        self._sent_ms = self._began_ms = self._world.now()
        return self.step()

    async def close(self) -> None:
        """Give up."""
        self.is_over = True

    async def _advance(self) -> Step | LoginDone:
        if self._at + 1 < len(self.way.stages):
            self._at += 1
            self._began_ms = self._sent_ms = self._world.now()
            self._shown, self._renewals, self._confirmed = "", 0, False
            return self.step()
        self.is_over = True
        done = await finish(self._world, self.way.account_type, self._number)
        return done if self._choice is None else _with_contract(done, self._choice)

    def _check_time(self) -> None:
        if self.is_over or self._world.now() >= self._end_ms():
            self.is_over = True
            raise InvalidCredentials("The time for this step of the login is over. Begin the login again.")

    def _end_ms(self) -> int:
        return self._began_ms + self.stage.lives_ms

    def _renewal_ms(self) -> int | None:
        every_ms = self.stage.renewed_ms
        return None if every_ms is None else self._began_ms + every_ms * (self._renewals + 1)


async def finish(world: World, account_type: AccountType, number: int) -> LoginDone:
    """Log the own user in; they are made where they do not exist yet."""

    def log_in(change: Change) -> LoginDone:
        account = seeds.own_user(change, account_type, number)
        return LoginDone(
            account_type=account.account_type, identity=account.identity, name=account.name, connection_params=account.params,
            credentials=accounts.log_in(change, account),
        )  # fmt: skip

    return await world.change(log_in)


def _mistake(stage: Stage, values: dict[str, str]) -> str | None:
    """What is wrong with an answer, in words."""
    for field in stage.fields:
        value = values.get(field.name, "")
        if field.required and not value:
            return f"{field.title} is missing."
        if field.pattern is not None and re.fullmatch(field.pattern, value) is None:
            return f"{field.title} has not the right form."
    for name in ("password", "access_token"):
        if values.get(name) == WRONG_PASSWORD:
            return f"The {name.replace('_', ' ')} is wrong. Try again."
    if stage.needs == "code" and values["code"] != CODE:
        return "The code is wrong. Try again."
    if stage.needs == "choice" and values["choice"] not in {option.id for option in stage.options}:
        return f"Choose one of: {', '.join(option.id for option in stage.options)}."
    if stage.needs == "address" and "code=" not in values["url"]:
        return "This address carries no code. Paste the whole address you ended at."
    return None


def _with_contract(done: LoginDone, contract: str) -> LoginDone:
    im = done.connection_params["im"]
    assert isinstance(im, dict)
    return LoginDone(
        account_type=done.account_type, identity=done.identity, name=done.name, credentials=done.credentials,
        connection_params={"im": im | {"premiumContractId": contract}},
    )  # fmt: skip
