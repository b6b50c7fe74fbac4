"""Numbered, forward only, one transaction each, recorded by name. `{words}` are filled in by the dialect."""

from collections.abc import Mapping

from trunkline.store.dialect import Dialect
from trunkline.store.migrations import (
    m0001_foundation,
    m0002_gateway,
    m0003_unipile,
    m0004_secret,
    m0005_webhooks,
    m0006_hosted_links,
    m0007_replies,
)

MIGRATIONS: Mapping[str, tuple[str, ...]] = {
    "m0001_foundation": m0001_foundation.STATEMENTS,
    "m0002_gateway": m0002_gateway.STATEMENTS,
    "m0003_unipile": m0003_unipile.STATEMENTS,
    "m0004_secret": m0004_secret.STATEMENTS,
    "m0005_webhooks": m0005_webhooks.STATEMENTS,
    "m0006_hosted_links": m0006_hosted_links.STATEMENTS,
    "m0007_replies": m0007_replies.STATEMENTS,
}

ONLY_IN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "m0001_foundation": {"sqlite": m0001_foundation.SQLITE_ONLY, "postgres": m0001_foundation.POSTGRES_ONLY},
    "m0007_replies": {"sqlite": m0007_replies.SQLITE_ONLY, "postgres": m0007_replies.POSTGRES_ONLY},
}


def statements(name: str, dialect: Dialect) -> list[str]:
    """The statements of one migration in a dialect."""
    both = (*MIGRATIONS[name], *ONLY_IN.get(name, {}).get(dialect.name, ()))
    return [dialect.ddl(statement) for statement in both]
