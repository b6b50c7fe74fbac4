"""An account that is logged in again."""

from pathlib import Path

import pytest

from trunkline.networks.telegram.fake.logins import CODE
from trunkline.networks.telegram.fake.seed import BORIS
from trunkline.networks.telegram.fake.server import APP_HASH, APP_ID, FakeTelegram
from trunkline.networks.telegram.tests.server import TelegramServer

pytestmark = pytest.mark.slow
NUMBER = "+33600000002"


async def test_the_application_is_not_asked_for_again(telegram: FakeTelegram, tmp_path: Path) -> None:
    """It was kept, sealed, with the login. A new account is asked for its own."""
    server = TelegramServer(tmp_path / "data", telegram, has_app=False)
    await server.start()
    body = {"provider": "TELEGRAM", "road": "telegram", "phone_number": NUMBER, "ask": True}
    asked = await server.post("/api/v1/accounts", body, 202)
    assert asked["checkpoint"]["step"]["step_id"] == "telegram.app"
    at = {"provider": "TELEGRAM", "account_id": asked["account_id"], "code": "-"}
    app = {"api_id": str(APP_ID), "api_hash": APP_HASH}
    waiting = await server.post("/api/v1/accounts/checkpoint", {**at, "values": app}, 202)
    assert waiting["checkpoint"]["type"] == "OTP"
    done = await server.post("/api/v1/accounts/checkpoint", {**at, "code": CODE}, 201)
    account = done["account_id"]
    await server.until_status(account)
    telegram.revoke(BORIS)
    await server.until_status(account, "CREDENTIALS")
    again = await server.post(f"/api/v1/accounts/{account}", {"provider": "TELEGRAM", "phone_number": NUMBER, "ask": True}, 202)
    assert again["checkpoint"]["step"]["step_id"] == "telegram.code"
    at["account_id"] = again["account_id"]
    assert (await server.post("/api/v1/accounts/checkpoint", {**at, "code": CODE}, 201))["object"] == "AccountReconnected"
    await server.until_status(account)
    await server.stop()
    assert APP_HASH not in server.log.read_text()
