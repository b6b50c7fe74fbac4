"""No message is an empty line: the words inside it are found, however deep, and what has none is described."""

from typing import Any

import pytest

from trunkline.networks.whatsapp.content import said

IN_TEMPLATE = {"hydratedTitleText": "Your order", "hydratedContentText": "It leaves today.", "templateId": "7"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"templateMessage": {"hydratedTemplate": IN_TEMPLATE}}, "Your order\nIt leaves today."),
        ({"templateMessage": {"hydratedTemplate": IN_TEMPLATE, "hydratedFourRowTemplate": IN_TEMPLATE}},
         "Your order\nIt leaves today."),
        ({"templateMessage": {"interactiveMessageTemplate": {"body": {"text": "Choose"}}}}, "Choose"),
        ({"highlyStructuredMessage": {"hydratedHsm": {"hydratedTemplate": IN_TEMPLATE}}}, "Your order\nIt leaves today."),
        ({"interactiveResponseMessage": {"body": {"text": "Yes, please"}}}, "Yes, please"),
        ({"requestPaymentMessage": {
            "noteMessage": {"extendedTextMessage": {"text": "For the soup"}},
            "amount1000": "12500", "currencyCodeIso4217": "EUR",
        }}, "[payment request of 12.50 EUR] For the soup"),
        ({"sendPaymentMessage": {"noteMessage": {"conversation": "Thanks"}}}, "[payment] Thanks"),
        ({"commentMessage": {"message": {"conversation": "Well said"}, "targetMessageKey": {"id": "A"}}}, "Well said"),
        ({"albumMessage": {"expectedImageCount": 3, "expectedVideoCount": 1}}, "[album: 3 pictures, 1 video]"),
        ({"albumMessage": {}}, "[album]"),
        ({"associatedChildMessage": {"message": {"conversation": "One of an album"}}}, "One of an album"),
        ({"hologramMessage": {"depth": 3}}, "[hologram]"),
        ({"scheduledCallEditMessage": {"key": {"id": "A"}}}, "[scheduled call edit]"),
        ({"contactMessage": {"vcard": "BEGIN:VCARD"}}, "[contact]"),
        ({"oddMessage": 7}, "[odd]"),
        ({"imageMessage": {"mimetype": "image/png"}}, None),
    ],
)  # fmt: skip
def test_what_a_message_says_is_never_nothing(content: dict[str, Any], text: str | None) -> None:
    """A file needs no words: it is an attachment."""
    found = said(content, "ref")
    assert found is not None
    assert found.text == text
    assert (found.file is not None) == (text is None)
