"""From a credential to a caller. One statement a call and no memory of rights: a revoked key is refused by the next call."""

from trunkline.gateway import credentials, next_steps
from trunkline.gateway.caller import Caller, Token
from trunkline.gateway.throttle import WrongAttempts
from trunkline.model.errors import InvalidCredentials, MissingCredentials
from trunkline.store import keys, tokens
from trunkline.store.engine import Transaction
from trunkline.store.keys import KeyRow
from trunkline.store.store import Store

TOKEN_S = 3600
"""Seconds that a token holds; never longer than its key."""


class Authenticator:
    """Knows keys and tokens."""

    def __init__(self, store: Store):
        self._store = store
        self._attempts = WrongAttempts(store.clock)

    async def caller(self, secret: str | None) -> Caller:
        """Whose key or token this is. Raises MissingCredentials, InvalidCredentials or TooManyAttempts."""
        if not secret:
            raise MissingCredentials
        key = await (self._by_token(secret) if credentials.is_token(secret) else self._by_key(secret))
        return Caller(principal=key.principal, key_id=key.id, is_admin=key.is_admin, default_pcid=key.pcid)

    async def issue_token(self, client_id: str, client_secret: str) -> Token:
        """A token for a key: `client_id` is the key's id, `client_secret` the API key (or what stands after the id in it).

        Raises what `caller` raises.
        """
        whole = client_secret.startswith(credentials.KEY_PREFIX)
        key = await self._by_key(client_secret if whole else str(credentials.KeyText(client_id, client_secret)))
        if key.id != client_id:
            raise InvalidCredentials
        now = self._store.clock()
        ends = min(now + TOKEN_S * 1000, now + TOKEN_S * 1000 if key.expires_at is None else key.expires_at)
        token = credentials.new_token(self._store.entropy)
        kept = credentials.token_hash(self._store.seal, token)

        async def work(tx: Transaction) -> None:
            await tokens.forget_expired(tx, now)
            await tokens.add(tx, kept, key.id, ends)

        await self._store.db.write(work)
        return Token(access_token=token, expires_in_s=(ends - now) // 1000)

    async def _by_key(self, secret: str) -> KeyRow:
        text = credentials.take_apart(secret) or credentials.KeyText("", secret[:200])
        offered = credentials.key_hash(self._store.seal, text)
        self._attempts.check(offered)
        key = await keys.by_id(self._store.db, text.key_id)
        return self._held(key if credentials.matches(None if key is None else key.hash, offered) else None, offered)

    async def _by_token(self, token: str) -> KeyRow:
        offered = credentials.token_hash(self._store.seal, token)
        self._attempts.check(offered)
        return self._held(await keys.by_token(self._store.db, offered, self._store.clock()), offered)

    def _held(self, key: KeyRow | None, offered: bytes) -> KeyRow:
        """The key, if it still holds. Only who knows the secret learns why it does not."""
        if key is None or key.revoked_at is not None:
            self._attempts.note_wrong(offered)
            raise InvalidCredentials
        if key.is_over(self._store.clock()):
            raise InvalidCredentials(f"This API key has expired. `{next_steps.MAKE_KEY}` makes a new one.")
        if key.stopped:
            raise InvalidCredentials(
                f"This API key was stopped. A person lets it go on with `{next_steps.START_KEY}` (KEY_ID is {key.id})."
            )
        self._attempts.note_right(offered)
        return key
