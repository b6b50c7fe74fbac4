"""Slack's own tests: the pure parts by themselves, the rest on somebody else's emulator."""
