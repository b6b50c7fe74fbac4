"""What each way of logging in asks, step by step. Data alone; `login_flow.py` runs it."""

from dataclasses import dataclass

from trunkline.contract.login import Field, Option, StepKind
from trunkline.model.networks import AccountType

CODE = "123456"
"""The code of every text message, mail and authenticator app of the sandbox."""
WRONG_PASSWORD = "wrong"
_SECOND_MS = 1_000
_MINUTE_MS = 60 * _SECOND_MS

_HINT = f"In the sandbox any password but '{WRONG_PASSWORD}' is right."
_CODE_HINT = f"In the sandbox it is always {CODE}."


@dataclass(frozen=True)
class Stage:
    """One step. needs: what ends it. `person`: the control `scan` or `confirm`; `nothing`: nothing can; else `submit`.

    lives_ms: how long it may take, on the sandbox's clock. renewed_ms: how often its data changes until then.
    """

    kind: StepKind
    step_id: str
    instructions: str
    needs: str
    fields: tuple[Field, ...] = ()
    options: tuple[Option, ...] = ()
    data: str | None = None
    """`{}` stands for what changes at each renewal."""
    lives_ms: int = 5 * _MINUTE_MS
    renewed_ms: int | None = None
    can_resend: bool = False


@dataclass(frozen=True)
class Way:
    """One way to log in."""

    name: str
    title: str
    account_type: AccountType
    stages: tuple[Stage, ...]
    asked_by: str | None = None


def _code(kind: StepKind, step_id: str, text: str, *, can_resend: bool = False) -> Stage:
    field = Field(name="code", title="Code", pattern="[0-9]{6}")
    return Stage(kind, step_id, f"{text} {_CODE_HINT}", "code", fields=(field,), can_resend=can_resend)


def _password(network: str, *names: str) -> Stage:
    asked = tuple(Field(name=name, title=name.capitalize()) for name in names)
    secret = Field(name="password", title="Password", secret=True)
    return Stage(
        StepKind.INPUT, f"{network.lower()}.login", f"Your {network} login. {_HINT}", "fields", fields=(*asked, secret)
    )


def _token(network: str, title: str, *more: Field) -> Stage:
    token = Field(name="access_token", title=title, secret=True)
    hint = f"In the sandbox any but '{WRONG_PASSWORD}' is right."
    return Stage(StepKind.INPUT, f"{network.lower()}.token", f"{title}. {hint}", "fields", fields=(token, *more))


_WHATSAPP_QR = Stage(
    StepKind.QR, "whatsapp.qr", "Scan it in WhatsApp: Settings, Linked devices, Link a device.", "person",
    data="2@{}", lives_ms=2 * _MINUTE_MS, renewed_ms=20 * _SECOND_MS,
)  # fmt: skip
_WHATSAPP_CODE = Stage(
    StepKind.PAIRING_CODE, "whatsapp.pairing_code", "Type it in WhatsApp: Linked devices, Link with phone number.", "person",
    data="TRNK-{}", lives_ms=3 * _MINUTE_MS,
)  # fmt: skip
_TELEGRAM_QR = Stage(
    StepKind.QR, "telegram.qr", "Scan it in Telegram: Settings, Devices, Link Desktop Device.", "person",
    data="tg://login?token={}", lives_ms=3 * _MINUTE_MS, renewed_ms=30 * _SECOND_MS,
)  # fmt: skip
_TELEGRAM_PHONE = Stage(
    StepKind.PHONE, "telegram.phone", "Your phone number, as in (+33)0612345678.", "fields",
    fields=(Field(name="phone_number", title="Phone number", pattern=r"\(?\+[0-9]{1,3}\)?[0-9 ]{6,14}"),),
)  # fmt: skip
_TELEGRAM_PASSWORD = Stage(
    StepKind.PASSWORD, "telegram.password", f"The second password of your account. {_HINT}", "fields",
    fields=(Field(name="password", title="Password", secret=True),),
)  # fmt: skip
_CONTRACTS = Stage(
    StepKind.CHOICE, "linkedin.contract", "Which Recruiter contract shall be used?", "choice",
    fields=(Field(name="choice", title="Contract"),),
    options=(Option(id="contract-1", name="Northwind Recruiting"), Option(id="contract-2", name="Northwind Campus")),
)  # fmt: skip
_IN_APP = Stage(
    StepKind.CONFIRM_IN_APP, "messenger.in_app", "Confirm the login in the Messenger app.", "person", lives_ms=10 * _MINUTE_MS
)
_CAPTCHA = Stage(StepKind.CAPTCHA, "twitter.captcha", "X asks to solve a captcha on its own page.", "nothing")
_SLACK = Stage(
    StepKind.REDIRECT, "slack.redirect", "Open the address, allow the app, and paste the address you end at.", "address",
    fields=(Field(name="url", title="Address after allowing"),),
    data="https://slack.com/oauth/v2/authorize?client_id=sandbox&state={}", lives_ms=10 * _MINUTE_MS,
)  # fmt: skip

STEPPED_WAYS: tuple[Way, ...] = (
    Way("whatsapp-qr", "Scan a QR code", "WHATSAPP", (_WHATSAPP_QR,)),
    Way("whatsapp-code", "Type a pairing code on the phone", "WHATSAPP", (_WHATSAPP_CODE,), "pairing_phone_number"),
    Way("telegram-qr", "Scan a QR code", "TELEGRAM", (_TELEGRAM_QR, _TELEGRAM_PASSWORD)),
    Way(
        "telegram-phone", "Phone number and code", "TELEGRAM",
        (
            _TELEGRAM_PHONE,
            _code(StepKind.CODE_SENT, "telegram.code", "The code Telegram has sent you.", can_resend=True),
            _TELEGRAM_PASSWORD,
        ),
        "phone_number",
    ),
    Way(
        "linkedin-password", "Name and password", "LINKEDIN",
        (
            _password("LinkedIn", "username"),
            _code(StepKind.CODE_SENT, "linkedin.otp", "The code LinkedIn has mailed you.", can_resend=True),
        ),
    ),
    Way(
        "linkedin-recruiter", "Name and password, with Recruiter", "LINKEDIN", (_password("LinkedIn", "username"), _CONTRACTS),
        "recruiter_contract_id",
    ),
    Way(
        "linkedin-cookie", "The cookie of a browser that is logged in", "LINKEDIN",
        (_token("LinkedIn", "The cookie li_at", Field(name="premium_token", title="li_a", secret=True, required=False)),),
        "access_token",
    ),
    Way(
        "instagram-password", "Name and password", "INSTAGRAM",
        (_password("Instagram", "username"), _code(StepKind.CODE_APP, "instagram.2fa", "The code of your authenticator app.")),
    ),
    Way("messenger-password", "Name and password", "MESSENGER", (_password("Messenger", "username"), _IN_APP)),
    Way("twitter-password", "Name, mail and password", "TWITTER", (_password("X", "username", "email"), _CAPTCHA)),
    Way("slack-redirect", "Allow the app in Slack", "SLACK", (_SLACK,)),
    Way("slack-token", "Give a user token", "SLACK", (_token("Slack", "The user token"),), "access_token"),
)  # fmt: skip
