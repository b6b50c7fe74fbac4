"""Logging in: token, number and app secret, checked at once; then the address that Meta is to post to, proven by its challenge.

The app secret is checked too: the call carries a proof made with it (`appsecret_proof`), which Meta refuses when it is another
app's. Source: developers.facebook.com/docs/graph-api/guides/secure-requests, seen 2026-11-23.
"""

import asyncio
import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from trunkline.contract.connector import LoginWay
from trunkline.contract.login import Field, Login, LoginDone, Step, StepKind
from trunkline.model.errors import (
    AccountError,
    Disconnected,
    InvalidArgument,
    NetworkError,
    NetworkRefusal,
    NotReached,
    Unsupported,
)
from trunkline.networks._graph.client import GraphClient
from trunkline.networks._graph.refusals import Refused
from trunkline.networks.whatsapp.cloud.credentials import Credentials
from trunkline.networks.whatsapp.cloud.number import NotReachable, Profile, profile_params, read_profile
from trunkline.networks.whatsapp.cloud.refusals import PRODUCT
from trunkline.networks.whatsapp.cloud.road import Road

TOKEN = "whatsapp-business-token"
WAYS = (LoginWay(name=TOKEN, title="Paste the access token of a business number", account_type="WHATSAPP"),)
ROAD = "whatsapp-business"
EVENTS = f"/provider/{ROAD}/events"
CHECKED_WITHIN_MS = 5 * 60_000
"""How long a step of a login may take here. Source: unipile-v1 9.3."""
_FIELDS = (
    Field(name="access_token", title="Access token of a system user", secret=True),
    Field(name="phone_number_id", title="Phone number ID (not the number itself)", pattern="[0-9]{5,30}"),
    Field(name="app_secret", title="App secret", secret=True),
    Field(name="verify_token", title="Verify token, if the callback address is set up already", secret=True, required=False),
)
_WHERE = (
    "Meta's app has them: developers.facebook.com, your app, WhatsApp, API Setup (phone number ID), Business Settings, System"
    " users (an access token that does not expire, with whatsapp_business_messaging and whatsapp_business_management), and App"
    " settings, Basic (app secret)."
)
_ASK = f"Give the access token, the phone number ID and the app secret of your WhatsApp Business app. {_WHERE}"
_DONE_WORD = "done"


def begin(road: Road, way: str, values: Mapping[str, str]) -> tuple[Login, Step]:
    """Begin a login. Raises InvalidArgument for an unknown way."""
    if way != TOKEN:
        raise InvalidArgument(f"WhatsApp Business has no login way {way!r}. It has: {TOKEN}.")
    login = TokenLogin(road, values)
    return login, login.ask()


class TokenLogin:
    """One login."""

    def __init__(self, road: Road, values: Mapping[str, str]) -> None:
        self._road = road
        self._known = {name: values[name] for name in ("phone_number_id",) if values.get(name)}
        self._done: LoginDone | None = None
        self._verify_token = ""
        self._challenged: asyncio.Event | None = None

    def __repr__(self) -> str:
        return "TokenLogin()"

    def ask(self, error: str | None = None) -> Step:
        """The first step."""
        return Step(kind=StepKind.INPUT, step_id="whatsapp.business", instructions=_ASK, fields=_FIELDS, error=error)

    async def submit(self, values: dict[str, str]) -> Step | LoginDone:
        """Check what was given; then show the callback address, where nobody has set it up yet."""
        if self._done is not None:
            return self._done
        given = self._known | {name: value.strip() for name, value in values.items() if value.strip()}
        missing = [field.name for field in _FIELDS if field.required and not given.get(field.name)]
        if missing:
            return self.ask(f"{' and '.join(missing)} must be given. {_WHERE}")
        if not (given["phone_number_id"].isascii() and given["phone_number_id"].isdigit()):
            return self.ask("phone_number_id must be the number's ID at Meta, which is digits alone. API Setup shows it.")
        token = given.get("verify_token") or urlsafe_b64encode(self._road.entropy(18)).decode()
        credentials = Credentials(
            token=given["access_token"],
            phone_number_id=given["phone_number_id"],
            app_secret=given["app_secret"],
            verify_token=token,
        )
        try:
            profile = await _checked(self._road, credentials)
        except NotReached:
            raise
        except NotReachable:
            return self.ask(
                "Meta takes the access token, and it reaches no number of this ID: check phone_number_id, and that the system"
                " user was given the number's business account."
            )
        except Disconnected:
            return self.ask("Meta does not take this access token: it is wrong, was revoked or has expired.")
        except Refused:
            return self.ask("Meta refuses these together: the app secret must be of the app that the access token is of.")
        except (AccountError, NetworkRefusal, NetworkError) as error:
            return self.ask(error.text)
        done = _done(profile, credentials)
        if given.get("verify_token"):
            return done
        self._done, self._verify_token = done, token
        self._challenged = self._road.waiting.setdefault(token, asyncio.Event())
        return self._callback()

    async def wait(self) -> Step | LoginDone:
        """Until Meta has made its challenge."""
        if self._challenged is None or self._done is None:
            await asyncio.Event().wait()
            raise AssertionError
        await self._challenged.wait()
        return self._done

    async def resend(self) -> Step:
        """There is no code."""
        raise Unsupported("There is no code to send again in this step.")

    async def close(self) -> None:
        """Meta's challenge is answered for the account from now on, where one came of it."""
        self._road.waiting.pop(self._verify_token, None)

    def _callback(self) -> Step:
        address = f"{self._road.options.callback.rstrip('/') or 'https://YOUR-ADDRESS'}{EVENTS}"
        public = (
            ""
            if self._road.options.callback
            else " YOUR-ADDRESS is where Meta reaches this server: it must be public and https, by a proxy or tunnel of yours"
            " (setting TRUNKLINE_WHATSAPP_CALLBACK)."
        )
        return Step(
            kind=StepKind.CONFIRM_IN_APP,
            step_id="whatsapp.callback",
            instructions=(
                "The token is good. Without this, nothing that people write arrives: in Meta's app (WhatsApp, Configuration)"
                f" enter the callback URL {address} and the verify token {self._verify_token}, press Verify and save, then"
                f" subscribe to the fields messages and account_update, and the app to the number's business account"
                f" (subscribed_apps).{public} This goes on by itself when Meta has verified the address; type"
                f" {_DONE_WORD} to go on without, and enter them later."
            ),
            fields=(Field(name="callback", title=f"{_DONE_WORD}, to go on without Meta's check", required=False),),
            data=address,
            expires_at_ms=self._road.clock() + CHECKED_WITHIN_MS,
        )


async def _checked(road: Road, credentials: Credentials) -> Profile:
    """Whose number it is. Raises what Meta says of it."""
    client = GraphClient(road.options.graph, credentials.token, PRODUCT, road.clock, road.lines)
    proof = hmac.new(credentials.app_secret.encode(), credentials.token.encode(), hashlib.sha256).hexdigest()
    return await read_profile(client, credentials.phone_number_id, appsecret_proof=proof)


def _done(profile: Profile, credentials: Credentials) -> LoginDone:
    return LoginDone(
        account_type="WHATSAPP",
        identity=profile.own.provider_id,
        name=f"{profile.own.name} ({profile.shown})",
        connection_params=profile_params(profile, credentials.phone_number_id),
        credentials=credentials.sealed(),
    )
