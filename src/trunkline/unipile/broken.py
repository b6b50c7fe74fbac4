"""Why a try to ask the remote API broke, in one sentence that says where to look.

No sentence names the server: a caller of a connection need not know where it goes. `trunkline doctor` prints it beside.
"""

import socket
import ssl
from collections.abc import Iterator

import httpx2

_CHAIN_MOST = 8


def reason_of(error: Exception) -> str:
    """The sentence for what httpx2 or the clock raised, told by the operating system's error that lies below it."""
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return (
                    "The name of the Unipile server cannot be resolved (DNS): the DSN is mistyped, or this machine's name"
                    " service is out of reach."
                )
            case ConnectionRefusedError():
                return "The Unipile server refuses the connection: nothing listens at the DSN's port."
            case ssl.SSLCertVerificationError():
                # The rest of OpenSSL's words is the name that was expected.
                told = cause.verify_message.partition(",")[0] or "it cannot be verified"
                return f"The certificate of the Unipile server is not trusted (TLS: {told}); something may be in between."
            case ssl.SSLWantReadError() | ssl.SSLWantWriteError():
                continue  # in the middle of a handshake that the time ran out for
            case ssl.SSLError():
                return (
                    "The Unipile server could not agree on encryption (TLS): what listens at the DSN's port may speak no https."
                )
    if isinstance(error, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return "The Unipile server could not be connected to in time (timeout): a firewall or a wrong DSN may be the cause."
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return "The Unipile server took the request and gave no answer in time (timeout)."
    if isinstance(error, httpx2.ConnectError):
        return "The Unipile server cannot be reached from this machine's network."
    return "The connection to the Unipile server broke off before its answer was whole."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what lies below it."""
    below: BaseException | None = error
    for _ in range(_CHAIN_MOST):
        if below is None:
            return
        yield below
        below = below.exceptions[0] if isinstance(below, BaseExceptionGroup) else below.__cause__ or below.__context__
