"""What a login asks, as steps. The words are what a person reads."""

import re

from trunkline.contract.login import Field, Step, StepKind

QR, PHONE = "telegram-qr", "telegram-phone"

_PHONE_FORM = r"\+[0-9][0-9 ()-]{6,18}"


def app_step(error: str | None = None) -> Step:
    """Which application this server is to Telegram."""
    return Step(
        kind=StepKind.INPUT,
        step_id="telegram.app",
        instructions=(
            "Telegram wants every program to have an id of its own. Open https://my.telegram.org, log in with your phone"
            " number, choose 'API development tools', create an application (any name), and give its api_id and api_hash here."
            " Whoever runs this server can set them once for all logins: TRUNKLINE_TELEGRAM_API_ID and"
            " TRUNKLINE_TELEGRAM_API_HASH."
        ),
        fields=(
            Field(name="api_id", title="api_id", pattern="[0-9]{1,10}"),
            Field(name="api_hash", title="api_hash", secret=True, pattern="[0-9a-f]{32}"),
        ),
        error=error,
    )


def qr_step(url: str, expires_at_ms: int, error: str | None = None) -> Step:
    """A QR code for the app on the phone."""
    return Step(
        kind=StepKind.QR,
        step_id="telegram.qr",
        instructions="Scan it with Telegram on your phone: Settings, Devices, Link Desktop Device.",
        data=url,
        expires_at_ms=expires_at_ms,
        error=error,
    )


def phone_step(error: str | None = None) -> Step:
    """The phone number that the account belongs to."""
    return Step(
        kind=StepKind.PHONE,
        step_id="telegram.phone",
        instructions="The phone number of your Telegram account, with its country code, as +33612345678.",
        fields=(Field(name="phone_number", title="Phone number", pattern=_PHONE_FORM),),
        error=error,
    )


def code_step(sent_how: str, *, can_resend: bool, error: str | None = None) -> Step:
    """The code that Telegram has sent."""
    return Step(
        kind=StepKind.CODE_SENT,
        step_id="telegram.code",
        instructions=_SENT_HOW.get(sent_how, "Give the code that Telegram has sent you."),
        fields=(Field(name="code", title="Code", pattern="[A-Za-z0-9-]{3,32}"),),
        error=error,
        can_resend=can_resend,
    )


def password_step(hint: str | None, error: str | None = None) -> Step:
    """The second password of two-step verification."""
    hinted = f" Your hint: {hint}." if hint else ""
    return Step(
        kind=StepKind.PASSWORD,
        step_id="telegram.password",
        instructions=f"Your account has two-step verification: give its password.{hinted}",
        fields=(Field(name="password", title="Password", secret=True),),
        error=error,
    )


_SENT_HOW = {
    "SentCodeTypeApp": "Telegram has sent a code to your other devices: look for a message from Telegram in the app.",
    "SentCodeTypeSms": "Telegram has sent you a code by text message.",
    "SentCodeTypeCall": "Telegram calls you and says a code.",
    "SentCodeTypeFlashCall": "Telegram calls you: the code is in the number that calls.",
    "SentCodeTypeMissedCall": "Telegram calls you and hangs up: the code is the last digits of the number that calls.",
    "SentCodeTypeEmailCode": "Telegram has sent you a code by mail.",
    "SentCodeTypeFragmentSms": "Telegram has sent a code to your number on fragment.com.",
}


_FORMS = {
    "api_id": "it is a number",
    "api_hash": "it is 32 digits from 0 to f",
    "phone_number": "it begins with + and the country code, as +33612345678",
    "code": "it is what Telegram sent, letters and digits alone",
}


def mistake(step: Step, values: dict[str, str]) -> str | None:
    """What is wrong with the form of an answer, in words; None when nothing is."""
    for field in step.fields:
        value = values.get(field.name, "").strip()
        if not value:
            return f"{field.title} is missing."
        if field.pattern is not None and re.fullmatch(field.pattern, value) is None:
            return f"{field.title} has not the right form: {_FORMS[field.name]}."
    return None
