"""Defences against who has no key, guesses one, or asks from a wrong place (security.md 8.2: S3, S6, S30), each broken."""

from collections.abc import Sequence
from typing import Any

import pytest

from trunkline.gateway import credentials as texts
from trunkline.gateway.authentication import Authenticator
from trunkline.gateway.caller import Caller
from trunkline.gateway.throttle import WrongAttempts
from trunkline.model.errors import InvalidCredentials, TooManyAttempts
from trunkline.store import connections, keys
from trunkline.store.engine import Reader
from trunkline.store.keys import KeyRow
from trunkline.surfaces.door import body, credentials, door, hosts
from trunkline.surfaces.door.credentials import Credentials
from trunkline.surfaces.door.headers import values_of
from trunkline.surfaces.door.hosts import Allowed

from . import trials
from .defences import Defence, lets_in, of_anybody, replaced, takes_pcids

# S3: keys and PCIDs


async def of_any_token(reader: Reader, token_hash: bytes, at_ms: int) -> KeyRow | None:
    """The form of a token is enough."""
    return (await keys.page(reader, None, 1))[0]


def shuts_everybody_out(self: WrongAttempts, credential_hash: bytes) -> None:
    """While the allowance is used up nobody passes, known or not."""
    self._refill()
    if self._left < 1:
        raise TooManyAttempts(retry_after_ms=200)


def refills_at_once(self: WrongAttempts) -> None:
    """Who waits a moment may guess as before."""
    self._left = 20.0


secret_of = credentials._secret


def takes_the_pcid_header(patch: pytest.MonkeyPatch) -> None:
    """Who names a connection is let in by it."""
    takes_pcids(patch)

    def secret(scope: Any) -> str | None:
        named = values_of(scope, b"trunkline-pcid")
        return secret_of(scope) or (named[0].decode() if named else None)

    patch.setattr(credentials, "_secret", secret)


def echoes_what_was_offered(patch: pytest.MonkeyPatch) -> None:
    """The refusal tells who holds the credential that was offered."""
    by_key = Authenticator._by_key

    async def told(self: Authenticator, secret: str) -> KeyRow:
        try:
            return await by_key(self, secret)
        except InvalidCredentials as error:
            raise type(error)(f"{secret} opens nothing.") from error

    patch.setattr(Authenticator, "_by_key", told)


# S6: hosts and pages


def checking(find: Any) -> Any:
    """A check of hosts and origins that looks at what `find` leaves of them."""
    check = Allowed.check

    def checked(self: Allowed, given: Sequence[bytes], origins: Sequence[bytes]) -> None:
        check(self, *find(self, given, origins))

    return replaced(Allowed, "check", checked)


def read_without_port(value: str) -> hosts.HostAndPort | None:
    """Any port will do, as long as the name is right. (The town listens on one port alone.)"""
    found = hosts.HOST.match(value.lower())
    return (found["v6"] or found["name"], 0) if found else None


def ports_are_all_one(patch: pytest.MonkeyPatch) -> None:
    """A host is its name."""

    def check(self: Allowed, given: Sequence[bytes], origins: Sequence[bytes]) -> None:
        names = {name for name, _ in self.hosts}
        if len(given) != 1 or (read_without_port(given[0].decode("latin-1")) or ("", 0))[0] not in names:
            raise hosts.WrongHost
        own_check(self, [self.host_values[0].encode()], origins)

    own_check = Allowed.check
    patch.setattr(Allowed, "check", check)


def schemes_are_all_one(value: str) -> hosts.Origin | None:
    """A page is its host and port, over whatever it came."""
    found = hosts.ORIGIN.match(value.lower())
    return None if found is None else ("http", found["v6"] or found["name"], int(found["port"] or 80))


def reads_are_open(scope: Any, name: bytes) -> list[bytes]:
    """A page may read what it likes: only what changes something is looked at."""
    found = values_of(scope, name)
    return [] if name == b"origin" and scope["method"] == "GET" else found


def begins_like_json(scope: Any) -> bool:
    """A content type that begins well is good enough."""
    return any(value.startswith(b"application/json") for value in values_of(scope, b"content-type"))


def first_type_counts(scope: Any) -> bool:
    """Of several content types the first one is taken."""
    (first, *_) = [*values_of(scope, b"content-type"), b""]
    return first.partition(b";")[0].strip().lower() == b"application/json"


# S30: without credentials


def revoked_keys_hold(patch: pytest.MonkeyPatch) -> None:
    """A key that was taken away is as good as before."""
    held = Authenticator._held

    def still(self: Authenticator, key: KeyRow | None, offered: bytes) -> KeyRow:
        return key if key is not None else held(self, key, offered)

    patch.setattr(Authenticator, "_held", still)


def letting_in(method: str) -> Any:
    """Whoever asks with this method is taken for the person at the machine."""
    caller = Credentials.caller

    async def anybody(self: Credentials, scope: Any) -> Caller:
        return await (self._gate.local_user() if scope["method"] == method else caller(self, scope))

    return replaced(Credentials, "caller", anybody)


def empty_is_a_key(patch: pytest.MonkeyPatch) -> None:
    """A header without a key is taken for the key of nobody in particular."""
    caller = Credentials.caller

    async def anybody(self: Credentials, scope: Any) -> Caller:
        if any(not value for value in values_of(scope, b"x-api-key")):
            return await self._gate.local_user()
        return await caller(self, scope)

    patch.setattr(Credentials, "caller", anybody)


def opens_another_route(patch: pytest.MonkeyPatch) -> None:
    """Somebody adds a route to look inside."""
    make = door.Door.__init__

    def made(self: door.Door, allowed: Any, exact: Any, below: Any, **more: Any) -> None:
        make(self, allowed, {**exact, "/debug": exact["/health"]}, below, **more)

    patch.setattr(door.Door, "__init__", made)


STRANGERS = (
    Defence("the secret of a key counts", replaced(texts, "matches", lambda kept, offered: kept is not None), trials.guesses),
    Defence("a token is one that was given out", replaced(keys, "by_token", of_any_token), trials.guesses),
    Defence("who has a key works on while others guess", replaced(WrongAttempts, "check", shuts_everybody_out), trials.guesses),
    Defence("the allowance of guesses refills slowly", replaced(WrongAttempts, "_refill", refills_at_once), trials.guesses),
    Defence("a PCID names a connection of the key's own person", replaced(connections, "find", of_anybody),
            trials.pcid_of_another),
    Defence("a PCID needs a key beside it", lets_in, trials.pcid_alone),
    Defence("the header with the PCID is no credential", takes_the_pcid_header, trials.pcid_as_key),
    Defence("a refusal repeats nothing of what was offered", echoes_what_was_offered, trials.pcid_as_key),
    Defence("one host is named", checking(lambda self, given, origins: (given[:1], origins)), trials.wrong_places),
    Defence("a host is named", checking(lambda self, given, origins: (given or [self.host_values[0].encode()], origins)),
            trials.wrong_places),
    Defence("the port of a host counts", ports_are_all_one, trials.wrong_places),
    Defence("one page is named", checking(lambda self, given, origins: (given, origins[-1:])), trials.wrong_places),
    Defence("a page without a name is a page",
            checking(lambda self, given, origins: (given, [each for each in origins if each != b"null"])),
            trials.wrong_places),
    Defence("the scheme of a page counts", replaced(hosts, "_read_origin", schemes_are_all_one), trials.wrong_places),
    Defence("pages are looked at for reads too", replaced(door, "values_of", reads_are_open), trials.wrong_places),
    Defence("a content type is matched whole", replaced(body, "is_json", begins_like_json), trials.other_content),
    Defence("one content type is named", replaced(body, "is_json", first_type_counts), trials.other_content),
    Defence("revoked keys open nothing", revoked_keys_hold, trials.without_any_key),
    Defence("an empty key is none", empty_is_a_key, trials.without_any_key),
    Defence("no method goes without credentials", letting_in("DELETE"), trials.without_credentials),
    Defence("changes do not go without credentials", letting_in("PATCH"), trials.without_credentials),
    Defence("every route stands in the lists that are walked", opens_another_route, trials.routes_listed),
)  # fmt: skip
