"""A phone number in a request to connect is used or refused, never left out silently."""

import pytest

from trunkline.networks.whatsapp.tests.server import LinkedServer

pytestmark = pytest.mark.slow
ASKED = {"provider": "WHATSAPP", "road": "whatsapp"}


async def test_a_number_pairs_by_code_and_what_cannot_be_one_is_refused(server: LinkedServer) -> None:
    """unipile-v1 9.1: the parameter is pairing_phone_number; phone_number is another network's, and the refusal says so."""
    for number in ("12", "+4915550000001"):
        refused = await server.http.post("/api/v1/accounts", json=ASKED | {"phone_number": number})
        assert refused.status_code == 400
        assert "give pairing_phone_number" in refused.text
    refused = await server.http.post("/api/v1/accounts", json=ASKED | {"pairing_phone_number": "12"})
    assert refused.status_code == 400
    assert "pairing_phone_number is no international phone number" in refused.text
    paired = await server.post("/api/v1/accounts", ASKED | {"pairing_phone_number": "4915550000001"}, 202)
    assert "TRNK-1234" in str(paired["checkpoint"])
