"""Logging in: by pasting a user token, or by OAuth with user scopes in the person's own app."""

import asyncio
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from trunkline.contract.connector import LoginWay
from trunkline.contract.login import Field, Login, LoginDone, Step, StepKind
from trunkline.model.errors import (
    AccountError,
    InvalidArgument,
    InvalidCredentials,
    LoginExpired,
    NetworkRefusal,
    Unsupported,
)
from trunkline.model.ids import Entropy
from trunkline.networks.slack.user_token.checking import checked
from trunkline.networks.slack.user_token.credentials import WITHOUT, answered
from trunkline.networks.slack.user_token.manifest import USER_SCOPES
from trunkline.networks.slack.user_token.refusals import NO_USER_TOKEN
from trunkline.networks.slack.user_token.road import Road
from trunkline.networks.slack.user_token.tiers import Pace

TOKEN, OAUTH = "slack-token", "slack-oauth"
WAYS = (
    LoginWay(name=TOKEN, title="Paste a user token", account_type="SLACK"),
    LoginWay(name=OAUTH, title="Allow an app of your own (OAuth)", account_type="SLACK", asked_by="way"),
)
PASTED_REDIRECT = "https://localhost/oauth/return/slack"
"""Where a browser ends that has no public address of this server to go to: the person copies the address from there."""
ALLOWED_WITHIN_MS = 10 * 60_000

_MANIFEST = "`trunkline slack manifest --link` gives an address that makes such an app"
_USER_TOKEN = Field(name="access_token", title="User OAuth token (xoxp-…)", secret=True)
_LIVE = (
    Field(name="app_token", title="App-level token for Socket Mode (xapp-…)", secret=True, required=False),
    Field(name="signing_secret", title="Signing secret, if the app posts its events here", secret=True, required=False),
)
_APP = (Field(name="client_id", title="Client ID of the app"), Field(name="client_secret", title="Client secret", secret=True))

_ASKED = frozenset(field.name for field in (_USER_TOKEN, *_LIVE, *_APP))
_ANSWERS = _ASKED | {"url", "account_type"}


async def begin(road: Road, pending: "Pending", entropy: Entropy, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
    """Begin a login. values: answers known from the start, by the names of the fields. Raises InvalidArgument."""
    unknown = sorted(set(values) - _ANSWERS)
    if unknown:
        raise InvalidArgument(
            f"values holds {unknown[0][:40]!r}, which no step asks for; Slack's steps: {', '.join(sorted(_ASKED))}."
        )
    if way == TOKEN:
        token_login = TokenLogin(road, values)
        return token_login, token_login.step()
    if way != OAUTH:
        raise InvalidArgument(f"Slack has no login way {way!r}. It has: {TOKEN}, {OAUTH}.")
    login = OAuthLogin(road, pending, urlsafe_b64encode(entropy(32)).decode().rstrip("="), values)
    return login, login.first_step()


class Given(dict[str, str]):
    """What was typed in, by field; shows none of it where somebody prints it."""

    def __repr__(self) -> str:
        return "Given()"


class TokenLogin:
    """A token of the person's own, checked by asking Slack whose it is."""

    def __init__(self, road: Road, values: Mapping[str, str]) -> None:
        self._road = road
        self._given = Given({name: values[name] for name in ("app_token", "signing_secret") if values.get(name)})

    def __repr__(self) -> str:
        return "TokenLogin()"

    def step(self, error: str | None = None) -> Step:
        """The only step."""
        return Step(
            kind=StepKind.INPUT,
            step_id="slack.token",
            instructions=(
                "Give the user token of your Slack app as access_token (it begins with xoxp-), and its app-level token as"
                " app_token (xapp-), so that messages come at once. Logging in again keeps the latter where none is given;"
                f" {WITHOUT} does without. {_MANIFEST}."
            ),
            fields=(_USER_TOKEN, *_LIVE),
            error=error,
        )

    async def submit(self, values: dict[str, str]) -> Step | LoginDone:
        """Check the token. A wrong one gives the step again."""
        given = {**self._given, **{name: value.strip() for name, value in values.items() if value.strip()}}
        credentials = answered(given.get("access_token", ""), given)
        if not credentials.token.startswith("xoxp-"):
            return self.step(NO_USER_TOKEN)
        if credentials.app_token and not credentials.app_token.startswith("xapp-"):
            return self.step(f"That is no app-level token: it begins with xapp-. Give {WITHOUT} to do without.")
        try:
            return await checked(self._road, credentials)
        except (AccountError, NetworkRefusal, InvalidCredentials) as error:
            return self.step(error.text)

    async def wait(self) -> Step | LoginDone:
        """Nothing happens elsewhere."""
        await asyncio.Event().wait()
        raise AssertionError

    async def resend(self) -> Step:
        """There is no code."""
        raise Unsupported("There is no code to send again in this step.")

    async def close(self) -> None:
        """Nothing is held."""


class Pending:
    """The OAuth logins that wait for a browser to come back, by their state. Each state is good for one return."""

    def __init__(self) -> None:
        self._logins: dict[str, OAuthLogin] = {}

    def add(self, state: str, login: "OAuthLogin") -> None:
        """Wait for it."""
        self._logins[state] = login

    def take(self, state: str) -> "OAuthLogin | None":
        """The login of a state, once; every state is compared whole, whichever fits."""
        found = next((known for known in list(self._logins) if hmac.compare_digest(known.encode(), state.encode())), None)
        return None if found is None else self._logins.pop(found)

    def forget(self, state: str) -> None:
        """It waits no more."""
        self._logins.pop(state, None)


class OAuthLogin:
    """The person allows their app in a browser, which comes back here with a code; or they paste the address it ended at."""

    def __init__(self, road: Road, pending: Pending, state: str, values: Mapping[str, str]) -> None:
        self._road = road
        self._pending = pending
        self._state = state
        self._given = Given(values)
        self._ends_at = 0
        self._came_back: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def __repr__(self) -> str:
        return "OAuthLogin()"

    def first_step(self) -> Step:
        """Which app, where nobody has said so."""
        if self._app()[0]:
            return self._redirect()
        return self._app_step()

    async def submit(self, values: dict[str, str]) -> Step | LoginDone:
        """The app, or the address that the browser ended at."""
        if not self._ends_at:
            self._given.update({name: value.strip() for name, value in values.items()})
            return (
                self._redirect()
                if all(self._app())
                else self._app_step("Both are needed; the app's page Basic Information has them.")
            )
        if self._road.clock() > self._ends_at:
            raise LoginExpired
        return await self._answered(values.get("url", ""))

    async def wait(self) -> Step | LoginDone:
        """Until the browser has come back."""
        code = await asyncio.shield(self._came_back)
        return await self._exchanged(code)

    async def resend(self) -> Step:
        """There is no code to be sent."""
        raise Unsupported("There is no code to send again in this step. Open the address once more.")

    async def close(self) -> None:
        """Nobody may come back to it any more."""
        self._pending.forget(self._state)

    def come_back(self, code: str) -> None:
        """The browser has brought a code."""
        if not self._came_back.done():
            self._came_back.set_result(code)

    def _app(self) -> tuple[str, str]:
        options = self._road.options
        return self._given.get("client_id") or options.client_id, self._given.get("client_secret") or options.client_secret

    def _app_step(self, error: str | None = None) -> Step:
        return Step(
            kind=StepKind.INPUT,
            step_id="slack.app",
            instructions=f"Give the client ID and the client secret of your Slack app. {_MANIFEST}.",
            fields=(*_APP, *_LIVE),
            error=error,
        )

    def _redirect(self, error: str | None = None) -> Step:
        self._ends_at = self._ends_at or self._road.clock() + ALLOWED_WITHIN_MS
        self._pending.add(self._state, self)
        query = {
            "client_id": self._app()[0],
            "user_scope": ",".join(USER_SCOPES),
            "redirect_uri": self._back(),
            "state": self._state,
        }
        return Step(
            kind=StepKind.REDIRECT,
            step_id="slack.allow",
            instructions=(
                "Open the address and allow the app. Where your browser cannot come back here by itself, copy the whole address"
                " that it ends at and give it as url."
            ),
            fields=(Field(name="url", title="The address your browser ended at"),),
            data=f"{self._road.options.web}oauth/v2/authorize?{urlencode(query)}",
            expires_at_ms=self._ends_at,
            error=error,
        )

    def _back(self) -> str:
        return self._road.options.redirect or PASTED_REDIRECT

    async def _answered(self, url: str) -> Step | LoginDone:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url.strip()).query).items()}
        state = query.get("state", "")
        # Another login's address is left to that one.
        is_ours = hmac.compare_digest(state.encode(), self._state.encode()) and self._pending.take(state) is self
        if is_ours and "error" in query:
            return self._redirect(
                "The app was not allowed in Slack. Open the address again and allow it, or give the login up."
            )
        if not is_ours or not query.get("code"):
            return self._redirect(
                "That is not the address of this login. Open the address of this step again, then copy where it ends."
            )
        return await self._exchanged(query["code"])

    async def _exchanged(self, code: str) -> LoginDone:
        client_id, client_secret = self._app()
        client = self._road.client(None, Pace(self._road.clock))
        try:
            answer = await client.call(
                "oauth.v2.access", client_id=client_id, client_secret=client_secret, code=code, redirect_uri=self._back()
            )
        except NetworkRefusal:
            raise InvalidCredentials(
                "Slack does not take the code: it was used, it is too old, or ID and secret are not the app's. Begin again."
            ) from None
        finally:
            await client.close()
        token = (answer.get("authed_user") or {}).get("access_token")
        if not isinstance(token, str) or not token:
            raise InvalidCredentials("Slack gave no user token: the app asks for no user scopes. Take the ready manifest.")
        return await checked(self._road, answered(token, self._given))
