"""Servers to post to, names that lead to them, and a certificate of our own."""

import asyncio
import datetime
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trunkline.hub.outgoing.failures import Unreachable

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
CEILING_S = 30


@dataclass
class Receiver:
    """A server that answers each request with the next of its answers, the last one for ever; None closes."""

    answers: list[bytes | None] = field(default_factory=lambda: [OK])
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """The names that clients asked for by SNI."""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                self.arrived.set()
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        writer.close()


Receive = Callable[..., "asyncio.Future[Receiver]"]


@asynccontextmanager
async def receiving(
    *answers: bytes | None, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver(list(answers) or [OK])
    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: receiver.names.append(name)
    server = await asyncio.start_server(receiver.serve, host, 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for writer in receiver.writers:
            writer.transport.abort()
        await asyncio.sleep(0)


class Names:
    """Names that stand for what a test says; each look-up takes the next of a name's answers, the last one for ever."""

    def __init__(self, **_: object) -> None:
        self.answers: dict[str, list[Sequence[str]]] = {}
        self.asked: list[tuple[str, int]] = []

    def say(self, host: str, *answers: Sequence[str]) -> None:
        """What the name stands for, look-up by look-up."""
        self.answers[host] = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """A look-up."""
        self.asked.append((host, port))
        answers = self.answers.get(host)
        if not answers:
            raise Unreachable("The name could not be looked up.")
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass(frozen=True)
class Certificates:
    """A root that a test trusts, and a server's certificate of it."""

    root: Path
    served: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        """For a receiver."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.served, self.key)
        return context

    def trusted(self) -> ssl.SSLContext:
        """For whoever posts."""
        return ssl.create_default_context(cafile=str(self.root))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """For `hooks.example` and 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificates")
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a root of tests")])
    now = datetime.datetime.now(datetime.UTC)
    until = now + datetime.timedelta(days=2)
    root = (
        x509.CertificateBuilder()
        .subject_name(root_name)
        .issuer_name(root_name)
        .public_key(root_key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.DNSName("hooks.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    served = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")]))
        .issuer_name(root_name)
        .public_key(key.public_key())
        .serial_number(2)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(until)
        .add_extension(names, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "served.pem").write_bytes(served.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificates(folder / "root.pem", folder / "served.pem", folder / "key.pem")


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
