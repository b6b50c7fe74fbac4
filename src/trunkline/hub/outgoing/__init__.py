"""The only way out to addresses that people gave: where webhooks and callbacks are posted to (security.md 5.5)."""
