"""Ids in each network's own form (unipile-v1 ch. 6), and the order they carry. Pure: the same input gives the same id."""

import hashlib
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime

from trunkline.model.networks import AccountType

_SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def person_id(account_type: AccountType, name: str) -> str:
    """The provider id of a person; `name` tells people apart."""
    digits = _digits(f"person {name}", 12)
    match account_type:
        case "WHATSAPP":
            return f"336{digits[:8]}@s.whatsapp.net"
        case "SLACK":
            return "U0" + _base36(f"person {name}", 9)
        case "LINKEDIN":
            return "ACoAA" + urlsafe_b64encode(_hash(f"person {name}")[:25]).decode().rstrip("=")
        case "TELEGRAM":
            return f"5{digits[:9]}"
        case "INSTAGRAM":
            return f"178414{digits[:11]}"
        case "MESSENGER":
            return f"1000{digits[:11]}"
        case "TWITTER":
            return f"1{digits[:9]}"


def lid(name: str) -> str:
    """WhatsApp's second id of a person."""
    return f"2{_digits(f'lid {name}', 14)}@lid"


def direct_chat_id(account_type: AccountType, own: str, other: str) -> str:
    """The provider id of a 1:1 chat."""
    match account_type:
        case "WHATSAPP" | "TELEGRAM":
            return other
        case "TWITTER":
            return "-".join(sorted((own, other), key=int))
        case "SLACK":
            return "D0" + _base36(f"chat {own} {other}", 9)
        case "MESSENGER":
            return f"t_{_digits(f'chat {own} {other}', 15)}"
        case "INSTAGRAM":
            return f"34028236684171030094912{_digits(f'chat {own} {other}', 16)}"
        case "LINKEDIN":
            return _linkedin_thread(f"chat {own} {other}")


def group_id(account_type: AccountType, name: str) -> str:
    """The provider id of a group or channel; `name` tells groups apart."""
    digits = _digits(f"group {name}", 18)
    match account_type:
        case "WHATSAPP":
            return f"1203634{digits[:11]}@g.us"
        case "TELEGRAM":
            return f"-100{digits[:10]}"
        case "TWITTER":
            return f"1{digits}"
        case "SLACK":
            return "C0" + _base36(f"group {name}", 9)
        case "MESSENGER":
            return f"t_{digits[:16]}"
        case "INSTAGRAM":
            return f"34028236684171030094912{digits[:16]}"
        case "LINKEDIN":
            return _linkedin_thread(f"group {name}")


def message_id(account_type: AccountType, chat: str, at_ms: int, number: int, token: str | None) -> tuple[str, int]:
    """(provider id, order) of the account's `number`th message.

    The order rises with the id where the network's ids are numbers. WhatsApp's id is chosen by the sender, from its token.
    """
    name = f"{chat} {number} {token or ''}"
    match account_type:
        case "WHATSAPP":
            chosen = token if token is not None else name
            return "3EB0" + hashlib.sha256(chosen.encode()).hexdigest()[:18].upper(), number
        case "TELEGRAM":
            return str(number), number
        case "SLACK":
            micros = at_ms * 1000 + number % 1000
            return f"{micros // 1_000_000}.{micros % 1_000_000:06d}", micros
        case "TWITTER":
            snowflake = (max(at_ms - _SNOWFLAKE_EPOCH_MS, 0) << 22) + number % (1 << 22)
            return str(snowflake), snowflake
        case "INSTAGRAM":
            return f"3{at_ms * 1000 + number % 1000}{_digits(name, 18)}", number
        case "MESSENGER":
            return "m_" + urlsafe_b64encode(_hash(name) + _hash(name + "m")).decode().rstrip("="), number
        case "LINKEDIN":
            return f"2-{b64encode(f'{at_ms}b{number:05d}-{_digits(name, 8)}'.encode()).decode()}", number


def invite_link(account_type: AccountType, name: str) -> str:
    """A group's invite link."""
    code = urlsafe_b64encode(_hash(f"invite {name}")[:16]).decode().rstrip("=")
    return f"https://t.me/+{code}" if account_type == "TELEGRAM" else f"https://chat.whatsapp.com/{code}"


def day(at_ms: int) -> str:
    """The day of a time, for people."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d}"


def _linkedin_thread(name: str) -> str:
    return "2-" + b64encode(_hash(name)[:30]).decode().replace("/", "_").replace("+", "-") + "=="


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _digits(text: str, count: int) -> str:
    return str(int.from_bytes(_hash(text), "big"))[-count:]


def _base36(text: str, count: int) -> str:
    return "".join(_BASE36[byte % 36] for byte in _hash(text)[:count])
