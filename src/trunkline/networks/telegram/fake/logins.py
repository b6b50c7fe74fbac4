"""auth.*, account.getPassword, help.getConfig: what may be asked before anybody is logged in."""

import os
from datetime import UTC, datetime
from typing import Any

from telethon.tl import functions, types

from trunkline.networks.telegram.fake import srp
from trunkline.networks.telegram.fake.asking import Asking, Handler
from trunkline.networks.telegram.fake.connection import Refuse

CODE = "24680"
"""The code of every login."""
TOKEN_S = 30
"""How long a QR code is good."""
EDIT_S = 48 * 3600
"""How long a message may be edited."""


def get_config(asking: Asking, request: Any) -> Any:
    """help.getConfig."""
    now = asking.world.date()
    options = [
        option
        for number, port in asking.server.ports.items()
        for option in (
            types.DcOption(number, "::1", 1, ipv6=True),
            types.DcOption(number, "127.0.0.1", 1, media_only=True),
            types.DcOption(number, "127.0.0.1", 1, tcpo_only=True),
            types.DcOption(number, "127.0.0.1", port),
        )
    ]
    return types.Config(
        date=now, expires=now, test_mode=False, this_dc=asking.connection.data_center, dc_options=options,
        dc_txt_domain_name="", chat_size_max=200,
        megagroup_size_max=200_000, forwarded_count_max=100, online_update_period_ms=0, offline_blur_timeout_ms=0,
        offline_idle_timeout_ms=0, online_cloud_timeout_ms=0, notify_cloud_delay_ms=0, notify_default_delay_ms=0,
        push_chat_period_ms=0, push_chat_limit=0, edit_time_limit=EDIT_S, revoke_time_limit=2**31 - 1,
        revoke_pm_time_limit=2**31 - 1, rating_e_decay=0, stickers_recent_limit=0, channels_read_media_period=0,
        call_receive_timeout_ms=0, call_ring_timeout_ms=0, call_connect_timeout_ms=0, call_packet_timeout_ms=0,
        me_url_prefix="https://t.me/", caption_length_max=1024, message_length_max=4096, webfile_dc_id=2,
    )  # fmt: skip


def send_code(asking: Asking, request: Any) -> Any:
    """auth.sendCode."""
    _check_app(request.api_id, request.api_hash, asking)
    phone = request.phone_number.removeprefix("+")
    if not 7 <= len(phone) <= 15:
        raise Refuse(400, "PHONE_NUMBER_INVALID")
    owner = next((each for each in asking.world.people.values() if each.phone == phone), None)
    if owner is not None:
        asking.check_data_center(owner.data_center, "PHONE_MIGRATE")
    if asking.server.hits("login_flood"):
        raise Refuse(420, f"FLOOD_WAIT_{asking.server.flood_ms // 1000}")
    asking.key.phone, asking.key.code_hash = phone, os.urandom(8).hex()
    return _sent(asking)


def resend_code(asking: Asking, request: Any) -> Any:
    """auth.resendCode."""
    if request.phone_code_hash != asking.key.code_hash:
        raise Refuse(400, "PHONE_CODE_HASH_EMPTY")
    if asking.server.hits("no_other_way"):
        raise Refuse(406, "SEND_CODE_UNAVAILABLE")
    return _sent(asking)


def sign_in(asking: Asking, request: Any) -> Any:
    """auth.signIn."""
    key = asking.key
    if key.code_hash is None or request.phone_code_hash != key.code_hash or request.phone_number.removeprefix("+") != key.phone:
        raise Refuse(400, "PHONE_CODE_HASH_EMPTY")
    if asking.server.hits("code_expired"):
        raise Refuse(400, "PHONE_CODE_EXPIRED")
    if request.phone_code != CODE:
        raise Refuse(400, "PHONE_CODE_INVALID")
    found = next((each for each in asking.world.people.values() if each.phone == key.phone), None)
    if found is None:
        return types.auth.AuthorizationSignUpRequired()
    return _entered(asking, found.id)


def get_password(asking: Asking, request: Any) -> Any:
    """account.getPassword."""
    verifier = _verifier(asking)
    number, secret = asking.world.number(), srp.new_secret()
    asking.key.srp = number, secret
    return srp.question(verifier, number, secret, "the usual one")


def check_password(asking: Asking, request: Any) -> Any:
    """auth.checkPassword."""
    if asking.key.srp is None:
        raise Refuse(400, "SRP_ID_INVALID")
    if asking.server.hits("password_flood"):
        raise Refuse(406, "PHONE_PASSWORD_FLOOD")
    if not srp.is_right(request.password, _verifier(asking), *asking.key.srp):
        raise Refuse(400, "PASSWORD_HASH_INVALID")
    assert asking.key.pending is not None
    asking.key.user, asking.key.pending = asking.key.pending, None
    return types.auth.Authorization(asking.world.user(asking.own, asking.own))


def export_token(asking: Asking, request: Any) -> Any:
    """auth.exportLoginToken."""
    _check_app(request.api_id, request.api_hash, asking)
    if asking.server.hits("network_migrate"):
        raise Refuse(303, f"NETWORK_MIGRATE_{max(asking.server.ports)}")
    token = os.urandom(16)
    if asking.key.pending is not None:
        home = asking.world.people[asking.key.pending].data_center
        if home != asking.connection.data_center:
            asking.server.exported[token] = asking.key.pending
            return types.auth.LoginTokenMigrateTo(home, token)
        return types.auth.LoginTokenSuccess(_entered(asking, asking.key.pending))
    asking.server.tokens.clear()
    asking.server.tokens[token] = asking.key
    expires = datetime.fromtimestamp(asking.world.seconds() + TOKEN_S, UTC)
    return types.auth.LoginToken(expires, token)


def import_token(asking: Asking, request: Any) -> Any:
    """auth.importLoginToken: in the data centre where the account lives."""
    person = asking.server.exported.pop(request.token, None)
    if person is None:
        raise Refuse(400, "AUTH_TOKEN_INVALID")
    return types.auth.LoginTokenSuccess(_entered(asking, person))


def export_authorization(asking: Asking, request: Any) -> Any:
    """auth.exportAuthorization."""
    if asking.key.user is None:
        raise Refuse(401, "AUTH_KEY_UNREGISTERED")
    if request.dc_id not in asking.server.ports or request.dc_id == asking.connection.data_center:
        raise Refuse(400, "DC_ID_INVALID")
    token = os.urandom(16)
    asking.server.exported[token] = asking.own
    return types.auth.ExportedAuthorization(asking.own, token)


def import_authorization(asking: Asking, request: Any) -> Any:
    """auth.importAuthorization: once, by who exported it."""
    if asking.server.exported.pop(request.bytes, None) != request.id:
        raise Refuse(400, "AUTH_BYTES_INVALID")
    asking.key.user = request.id
    return types.auth.Authorization(asking.world.user(request.id, request.id))


def scan(server: Any, person: int) -> None:
    """Somebody scans the newest QR code with their phone."""
    for key in server.tokens.values():
        key.pending = person
        for link in server.connections:
            if link.key is key:
                link.send(types.UpdateShort(types.UpdateLoginToken(), server.world.date()))
    server.tokens.clear()


def _sent(asking: Asking) -> Any:
    return types.auth.SentCode(types.auth.SentCodeTypeApp(5), asking.key.code_hash, types.auth.CodeTypeSms(), timeout=60)


def _entered(asking: Asking, person: int) -> Any:
    if asking.world.people[person].verifier:
        asking.key.pending = person
        raise Refuse(401, "SESSION_PASSWORD_NEEDED")
    asking.key.user, asking.key.pending = person, None
    return types.auth.Authorization(asking.world.user(person, person))


def _verifier(asking: Asking) -> int:
    number = asking.key.pending or asking.key.user
    if number is None:
        raise Refuse(401, "AUTH_KEY_UNREGISTERED")
    return asking.world.people[number].verifier


def _check_app(api_id: int, api_hash: str, asking: Asking) -> None:
    if api_hash != "0123456789abcdef0123456789abcdef" or api_id != 4242:
        raise Refuse(400, "API_ID_INVALID")


HANDLERS: dict[type[Any], Handler] = {
    functions.help.GetConfigRequest: get_config,
    functions.auth.SendCodeRequest: send_code,
    functions.auth.ResendCodeRequest: resend_code,
    functions.auth.SignInRequest: sign_in,
    functions.auth.CheckPasswordRequest: check_password,
    functions.auth.ExportLoginTokenRequest: export_token,
    functions.auth.ImportLoginTokenRequest: import_token,
    functions.auth.ExportAuthorizationRequest: export_authorization,
    functions.auth.ImportAuthorizationRequest: import_authorization,
    functions.account.GetPasswordRequest: get_password,
}
