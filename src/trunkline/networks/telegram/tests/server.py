"""A whole server over the fake Telegram of this process."""

from pathlib import Path

from trunkline.networks._testing.server import Server
from trunkline.networks.telegram.fake.exchange import public_key
from trunkline.networks.telegram.fake.logins import CODE
from trunkline.networks.telegram.fake.seed import PASSWORD
from trunkline.networks.telegram.fake.server import APP_HASH, APP_ID, FakeTelegram


class TelegramServer(Server):
    """Its road to Telegram leads to the fake. has_app: its settings name the application, so that no login asks for one."""

    def __init__(self, folder: Path, telegram: FakeTelegram, *, has_app: bool = True) -> None:
        key = folder.parent / "server-key.pem"
        key.write_text(public_key())
        given = {"server": f"127.0.0.1:{telegram.port}", "server_key": str(key)}
        if has_app:
            given |= {"api_id": str(APP_ID), "api_hash": APP_HASH}
        super().__init__(folder, "telegram", {f"TRUNKLINE_TELEGRAM_{name.upper()}": value for name, value in given.items()})

    async def connect(self, phone: str, password: str | None = PASSWORD, *, wait: bool = True) -> str:
        """Log in by phone number and code, over REST's checkpoints; gives the account's id. wait: for its first sync."""
        body = {"provider": "TELEGRAM", "road": "telegram", "phone_number": phone}
        waiting = await self.post("/api/v1/accounts", body, 202)
        assert waiting["checkpoint"]["type"] == "OTP"
        account: str = waiting["account_id"]
        for code, status in ((CODE, 202 if password else 201), *([(password, 201)] if password else [])):
            solved = {"provider": "TELEGRAM", "account_id": account, "code": code}
            answer = await self.post("/api/v1/accounts/checkpoint", solved, status)
        account = answer["account_id"]
        if wait:
            await self.until_status(account)
        return account
