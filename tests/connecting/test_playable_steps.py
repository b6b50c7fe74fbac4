"""What a terminal or a page needs beside the contract's checkpoints: Trunkline's own fields and routes. Source: issue 4."""

from typing import Any

from trunkline.model.times import from_wire

from .conftest import World, until


async def login(world: World, account_id: str) -> Any:
    """GET /accounts/{id}/login."""
    return await world.http.get(f"/api/v1/accounts/{account_id}/login")


async def answer(world: World, account_id: str, provider: str, **values: str) -> Any:
    """POST /accounts/checkpoint with the step's fields by name."""
    body = {"account_id": account_id, "provider": provider, "code": "-", "values": values}
    return await world.http.post("/api/v1/accounts/checkpoint", json=body)


async def test_what_is_missing_is_asked_for_where_the_caller_wants_that(world: World) -> None:
    """Without `ask` the first call brings all, as in the Unipile API."""
    refused = await world.connect(provider="LINKEDIN")
    assert (refused.status_code, refused.json()["type"]) == (400, "errors/missing_parameters")
    account_id, checkpoint = await world.waiting(provider="LINKEDIN", ask=True)
    assert checkpoint["step"] == {
        "kind": "input",
        "step_id": "linkedin.login",
        "fields": [
            {"name": "username", "title": "Username", "secret": False, "required": True, "pattern": None, "default": None},
            {"name": "password", "title": "Password", "secret": True, "required": True, "pattern": None, "default": None},
        ],
        "options": [],
        "data": None,
        "expires_at": checkpoint["step"]["expires_at"],
        "can_resend": False,
        "waits": False,
    }
    from_wire(checkpoint["step"]["expires_at"])
    wrong = await answer(world, account_id, "LINKEDIN", username="alex", password="wrong")
    assert wrong.status_code == 401
    assert (await login(world, account_id)).json()["checkpoint"]["error"] == "The password is wrong. Try again."
    asked = await answer(world, account_id, "LINKEDIN", username="alex", password="right")
    assert (asked.status_code, asked.json()["checkpoint"]["step"]["kind"]) == (202, "code_sent")
    done = await answer(world, account_id, "LINKEDIN", code="123456")
    assert (done.status_code, done.json()["object"]) == (201, "AccountCreated")


async def test_values_answer_steps_in_advance(world: World) -> None:
    _, checkpoint = await world.waiting(provider="LINKEDIN", ask=True, values={"username": "alex", "password": "right"})
    assert checkpoint["step"]["step_id"] == "linkedin.otp"


async def test_a_renewed_code_is_seen_by_who_looks(world: World) -> None:
    account_id, first = await world.waiting(provider="WHATSAPP")
    await world.http.post("/api/v1/networks/sandbox/controls/clock", json={"values": {"by": "21s"}})

    async def is_renewed() -> bool:
        return bool((await login(world, account_id)).json()["checkpoint"]["qrcode"] != first["qrcode"])

    await until(is_renewed)
    found = await login(world, account_id)
    step = found.json()["checkpoint"]["step"]
    assert found.status_code == 202
    assert (step["kind"], step["step_id"], step["waits"]) == ("qr", "whatsapp.qr", True)
    assert step["data"] == found.json()["checkpoint"]["qrcode"]


async def test_how_a_login_ended_is_seen_by_who_looks(world: World) -> None:
    account_id, _ = await world.waiting(provider="WHATSAPP")
    await world.confirm()

    async def is_done() -> bool:
        return bool((await login(world, account_id)).json()["object"] == "AccountCreated")

    await until(is_done)
    assert (await login(world, account_id)).json() == {"object": "AccountCreated", "account_id": account_id}


async def test_a_login_can_be_given_up(world: World) -> None:
    account_id, _ = await world.waiting(provider="WHATSAPP")
    given_up = await world.http.delete(f"/api/v1/accounts/{account_id}/login")
    assert given_up.json() == {"object": "LoginCancelled", "account_id": account_id}
    gone = await login(world, account_id)
    assert (gone.status_code, gone.json()["type"]) == (404, "errors/resource_not_found")
    assert "No login waits" in gone.json()["detail"]
    assert "Begin again" in gone.json()["detail"]
    assert (await world.http.delete(f"/api/v1/accounts/{account_id}/login")).status_code == 404


async def test_a_login_that_a_restart_ended_is_not_there(world: World) -> None:
    """A code for it is answered 400, as the contract says (unipile-v1 9.3): there a body names it, here the path."""
    account_id, _ = await world.waiting(provider="INSTAGRAM", username="alex", password="right")
    world.hub.logins.attempts.clear()  # they live in memory alone, so a restart is this
    for answer in (await login(world, account_id), await world.http.delete(f"/api/v1/accounts/{account_id}/login")):
        assert (answer.status_code, answer.json()["type"]) == (404, "errors/resource_not_found")
        assert answer.json()["detail"] == (
            f"No login waits under account_id {account_id!r}: it is over, was never begun, or this server was started anew"
            " since. Begin again with POST /accounts."
        )
    code = {"account_id": account_id, "provider": "INSTAGRAM", "code": "123456"}
    answer = await world.http.post("/api/v1/accounts/checkpoint", json=code)
    assert (answer.status_code, "Begin the login again" in answer.json()["detail"]) == (400, True)


async def test_another_persons_login_is_none(world: World) -> None:
    """A key without `admin` neither looks at nor ends a login."""
    account_id, _ = await world.waiting(provider="WHATSAPP")
    assert (await world.plain.get(f"/api/v1/accounts/{account_id}/login")).status_code == 403
    assert (await world.plain.delete(f"/api/v1/accounts/{account_id}/login")).status_code == 403
