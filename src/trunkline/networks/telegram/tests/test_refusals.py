"""Telegram's errors: which of them lose the login, and which only refuse."""

import pytest
from telethon import errors

from trunkline.model.errors import Disconnected, NetworkFailed, NotPossible, Throttled, TrunklineError
from trunkline.networks.telegram.user.refusals import of_rpc


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.AuthKeyDuplicatedError(None), Disconnected),
        (errors.SessionRevokedError(None), Disconnected),
        (errors.AuthKeyUnregisteredError(None), Disconnected),
        (errors.UserMigrateError(None, 4), Disconnected),
        (errors.PremiumCurrentlyUnavailableError(None), NotPossible),
        (errors.FreshChangePhoneForbiddenError(None), NotPossible),
        (errors.PhonePasswordFloodError(None), Throttled),
        (errors.ServerError(None, "INTERNAL", 500), NetworkFailed),
    ],
)
def test_only_what_ends_the_login_says_that_it_has_ended(error: errors.RPCError, kind: type[TrunklineError]) -> None:
    """Several of these are 406, which the library calls an AuthKeyError one and all."""
    assert type(of_rpc(error)) is kind
