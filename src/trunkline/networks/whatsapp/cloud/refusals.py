"""The Cloud API's own error codes. Source: developers.facebook.com, WhatsApp Business Platform, error codes, 2026-11-22."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from trunkline.model.errors import (
    InvalidRecipient,
    MediaRefused,
    NetworkFailed,
    NoRights,
    NotFound,
    NotPossible,
    NotReached,
    Restricted,
    Throttled,
    TrunklineError,
)
from trunkline.networks._graph.client import Product
from trunkline.networks._graph.refusals import Make, Refused, each, error_of

NAME = "WhatsApp Business"
TEMPLATES = (
    "WhatsApp Business takes free text only within 24 hours of the person's last message, and later only an approved template,"
    " which cannot be sent from here. Do not repeat this; wait until they write, which opens 24 hours again, or ask whoever"
    " runs the business number to send them a template: templates are made in WhatsApp Manager, and sent by the business's own"
    " program for them or a call of the Cloud API (type template)."
)
"""What to do next. Source: learn.microsoft.com, Azure Communication Services, WhatsApp template messages (made in WhatsApp
Manager, sent by a call), seen 2026-11-23."""
WINDOW_CLOSED = f"This person has not written within 24 hours. Nothing was sent. {TEMPLATES}"
PAIR_MS = 6_000
"""One message in 6 s to the same person, after a burst. Source: developers.facebook.com, throughput, pair rate limits,
seen 2026-11-22."""
_TITLE_MOST = 120
_LOOK = "Meta has restricted the business number ({code}). A person must look at it in WhatsApp Manager."
_NOT_DELIVERED = "WhatsApp does not deliver this message ({code}). Nothing was sent; a repeat will not help today."

TABLE: dict[int, Make] = {
    131_047: partial(NotPossible, WINDOW_CLOSED),
    **each((131_021, 131_026), InvalidRecipient, "WhatsApp cannot deliver to this number ({code}). Nothing was sent."),
    131_030: partial(
        InvalidRecipient,
        "Meta lets this test number write only to the numbers that were allowed for it (131030). Nothing was sent.",
    ),
    **each((130_497, 131_049, 131_050, 130_472), NotPossible, _NOT_DELIVERED),
    131_048: partial(
        NotPossible,
        "WhatsApp limits this number since too many people blocked or reported it (131048). Nothing was sent; look at its"
        " quality in WhatsApp Manager.",
    ),
    131_042: partial(
        NotPossible, "Meta sends nothing until the way of payment is mended in WhatsApp Manager (131042). Nothing was sent."
    ),
    131_005: partial(NoRights, "The access token lacks the permission whatsapp_business_messaging (131005). Nothing was done."),
    **each((131_031, 131_045), Restricted, _LOOK),
    133_010: partial(
        Restricted,
        "The number is not registered with the Cloud API (133010). A person must register it with a PIN (WhatsApp, API Setup;"
        " or the call POST /PHONE_NUMBER_ID/register).",
    ),
    131_037: partial(
        NotPossible,
        "Meta sends nothing until the number's display name is approved (131037). Nothing was sent; look in WhatsApp Manager.",
    ),
    130_429: partial(Throttled, "WhatsApp takes no more messages of this number now (130429). Nothing was sent."),
    131_056: partial(
        Throttled, "WhatsApp takes no more messages to this person now (131056). Nothing was sent.", retry_after_ms=PAIR_MS
    ),
    131_052: partial(NotFound, "WhatsApp cannot give this file (131052); the person has to send it again."),
    131_053: partial(MediaRefused, "WhatsApp does not take this file (131053). Nothing was sent."),
    131_057: partial(NotReached, "WhatsApp has the number under maintenance (131057). Nothing was sent; try again later."),
    **each(
        (131_000, 131_016, 133_004),
        NetworkFailed,
        "WhatsApp failed ({code}), and whether it did what was asked is not known.",
    ),
}
PRODUCT = Product(NAME, TABLE)


def status_error(errors: Any) -> TrunklineError:
    """Why a message was not delivered, from the `errors` of its status. Nobody has it: every one of these is certain.

    A code that has no sentence here is told with Meta's title for it, which is fixed for each code and repeats nothing.
    """
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code = first.get("code", 0)
    error = error_of(400, {"error": {"code": code}}, TABLE, name=NAME)
    if isinstance(error, NetworkFailed):
        return NotReached(f"WhatsApp failed ({code}) and did not deliver the message. It may be sent again.")
    if isinstance(error, Refused) and (title := _title(first)):
        text = f"WhatsApp does not deliver this message (Meta's error {error.code}: {title}). Nothing was sent."
        return Refused(text, code=error.code, subcode=0)
    return error


def _title(error: Mapping[str, Any]) -> str:
    """Meta's title of an error: one short line."""
    found = error.get("title")
    shown = "".join(each if each.isprintable() else " " for each in found[:_TITLE_MOST]) if isinstance(found, str) else ""
    return " ".join(shown.split()).rstrip(".")
