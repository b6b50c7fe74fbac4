"""Words for kinds of messages whose words lie deep, or that have none: nobody shall meet an empty line. No I/O.

The fields are those of WhatsApp's protocol (`WAProto` of Baileys 7.0.0-rc14, seen 2026-11-23).
"""

import re
from collections.abc import Mapping
from typing import Any

Content = Mapping[str, Any]

_TEMPLATES = ("hydratedTemplate", "hydratedFourRowTemplate", "interactiveMessageTemplate", "hydratedHsm")
_WORDS = (
    "hydratedTitleText", "title", "conversation", "text", "caption", "hydratedContentText", "contentText", "description",
    "hydratedFooterText",
)  # fmt: skip
"""Where words stand inside a part, in the order in which they are shown."""
_NESTED = ("header", "body", "noteMessage", "message", "extendedTextMessage", *_TEMPLATES)
_NAMES: Mapping[str, str] = {
    "albumMessage": "album",
    "call": "call",
    "callLogMesssage": "call",
    "bcallMessage": "call",
    "contactMessage": "contact",
    "contactsArrayMessage": "contacts",
    "declinePaymentRequestMessage": "payment request declined",
    "cancelPaymentRequestMessage": "payment request cancelled",
    "paymentInviteMessage": "invitation to payments",
    "requestPaymentMessage": "payment request",
    "requestPhoneNumberMessage": "asks for the phone number",
    "sendPaymentMessage": "payment",
    "commentMessage": "comment",
    "templateMessage": "template",
    "highlyStructuredMessage": "template",
}
_PAYMENTS = frozenset({"requestPaymentMessage", "sendPaymentMessage"})
_DEEPEST = 6
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def described(kind: str) -> str:
    """What a message is, in brackets, by WhatsApp's name for its kind: `[hologram]`."""
    words = " ".join(_WORD.findall(kind.removesuffix("Message"))).lower()
    return f"[{_NAMES.get(kind) or words or 'message'}]"


def held(kind: str, part: Content) -> str | None:
    """The words inside a message's part; None where it has none."""
    if kind == "albumMessage":
        return _album(part)
    words = "\n".join(dict.fromkeys(_words(part, _DEEPEST)))
    if kind in _PAYMENTS:
        amount = _amount(part)
        what = described(kind)[:-1] + (f" of {amount}]" if amount else "]")
        return f"{what} {words}".strip()
    return words or None


def _words(part: Content, depth: int) -> list[str]:
    found = [part[name] for name in _WORDS if isinstance(part.get(name), str) and part[name].strip()]
    for name in _NESTED:
        if depth and isinstance(part.get(name), Mapping):
            found += _words(part[name], depth - 1)
    return found


def _album(part: Content) -> str:
    counts = (("expectedImageCount", "picture"), ("expectedVideoCount", "video"))
    found = [
        f"{part[name]} {what}{'' if part[name] == 1 else 's'}"
        for name, what in counts
        if isinstance(part.get(name), int) and part[name] > 0
    ]
    return f"[album: {', '.join(found)}]" if found else described("albumMessage")


def _amount(part: Content) -> str | None:
    """WhatsApp counts thousandths of the currency."""
    thousandths, currency = part.get("amount1000"), part.get("currencyCodeIso4217")
    if isinstance(thousandths, str) and thousandths.isascii() and thousandths.isdigit():
        thousandths = int(thousandths)
    if not isinstance(thousandths, int) or thousandths <= 0 or not isinstance(currency, str):
        return None
    return f"{thousandths / 1000:.2f} {currency}"
