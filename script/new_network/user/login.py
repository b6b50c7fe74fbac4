"""Logging in with a token."""

from trunkline.contract.login import Field, LoginDone, Step, StepKind
from trunkline.model.errors import InvalidCredentials, Unsupported
from trunkline.networks.acme.user.capabilities import SHEET
from trunkline.networks.acme.user.client import Client, Wire

TOKEN = "acme-token"


class TokenLogin:
    """One step: a token, which is tried at once and not kept."""

    def __init__(self, wire: Wire):
        self._wire = wire

    def step(self, error: str | None = None) -> Step:
        """What is asked."""
        return Step(
            kind=StepKind.INPUT,
            step_id="acme.token",
            instructions="Your token, from Acme's settings.",
            fields=(Field(name="access_token", title="Token", secret=True),),
            error=error,
        )

    async def submit(self, values: dict[str, str]) -> Step | LoginDone:
        """Try the token."""
        try:
            answer = await Client(self._wire, "").ask("login", token=values.get("access_token", ""))
        except InvalidCredentials as wrong:
            return self.step(wrong.text)
        return LoginDone(
            account_type=SHEET.account_type,
            identity=answer["own"]["id"],
            name=answer["own"]["name"],
            connection_params={"im": {"id": answer["own"]["id"]}},
            credentials=answer["key"].encode(),
        )

    async def wait(self) -> Step | LoginDone:
        """Nothing happens elsewhere."""
        return self.step()

    async def resend(self) -> Step:
        """There is no code."""
        raise Unsupported("There is no code to send again in this step.")

    async def close(self) -> None:
        """Nothing is held."""
