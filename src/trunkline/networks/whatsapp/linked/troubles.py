"""Why WhatsApp ended a connection or refused something, as our errors. Codes: networks.md 1.4 and Baileys 7.0.0-rc14."""

from trunkline.model.errors import (
    Disconnected,
    NetworkFailed,
    NoRights,
    NotFound,
    NotPossible,
    NotReached,
    Restricted,
    Throttled,
    TrunklineError,
)
from trunkline.networks.whatsapp.linked.process import CallFailed

_WAIT_MS = 30_000
"""How long to wait after a refusal for too many requests that names no time. WhatsApp documents none; our guess."""


def closed(code: int | None, account_id: str | None = None) -> TrunklineError:
    """The connection was ended. account_id: whose, where it is no login's; what helps beyond a new login is named with it."""
    restart = f"; then: `trunkline account restart {account_id}`" if account_id else ""
    if code == 401:
        return Disconnected("WhatsApp has logged this device out, as can be done on the phone (Settings, Linked devices).")
    if code in (402, 403, 406):
        return Restricted("WhatsApp has banned or restricted this number.")
    if code == 411:
        return Disconnected("The phone's WhatsApp is too old for linked devices: update it first.")
    if code == 440:
        return Restricted(f"Another program has taken over this linked device's connection. End that program{restart}.")
    if code == 500:
        return Disconnected("WhatsApp does not accept the stored keys of this device any more.")
    if code == 405:
        return Restricted(f"WhatsApp refuses this version of its client library. Update Trunkline{restart}.")
    return NetworkFailed("The connection to WhatsApp ended" + (f" (code {code})." if code else "."))


def failed(error: CallFailed, what: str) -> TrunklineError:
    """A call failed. what: the thing that was to be done, as in `send the message`."""
    if error.code == "not_connected":
        return NotReached("WhatsApp is not connected just now. Nothing was done; it is tried again by itself.")
    if error.words.startswith("App state key"):
        return NotReached(
            "WhatsApp has not given this device the keys for that yet, as happens just after linking. Nothing was done; try"
            " again in a minute."
        )
    if not error.certain and (error.status is None or error.status in (408, 428, 500, 503)):
        return NetworkFailed(f"WhatsApp gave no answer when it was to {what}; it may have been done.")
    if error.status in (429, 419):
        wait_ms = error.retry_ms or _WAIT_MS
        text = f"WhatsApp takes no more requests now. Nothing was done; repeat it in {-(-wait_ms // 1000)} s."
        return Throttled(text, retry_after_ms=wait_ms)
    if error.status == 463:
        return NotPossible(
            "WhatsApp does not let this account write to new people for now. Nothing was sent; a person should look at WhatsApp"
            " on the phone."
        )
    if error.status in (401, 403):
        return NoRights(f"WhatsApp does not allow this account to {what}. Nothing was changed.")
    if error.status in (404, 410):
        return NotPossible(f"WhatsApp could not {what}: it knows no such thing.")
    if error.certain and error.status is None:
        return NotReached(f"The side process could not {what}. Nothing was done.")
    return NotPossible(f"WhatsApp refused to {what} (code {error.status}). Nothing was done.")


def not_loaded(error: CallFailed) -> TrunklineError:
    """A file could not be loaded."""
    if error.code == "not_connected":
        return failed(error, "load the file")
    if error.status in (403, 404, 410, None):
        return NotFound("WhatsApp has this file no more, and the phone could not give it again.")
    return NetworkFailed("WhatsApp did not give the file; try again.")
