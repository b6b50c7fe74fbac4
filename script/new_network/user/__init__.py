"""One road: a user of Acme by a token of theirs."""
