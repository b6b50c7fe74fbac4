"""Tests of Telegram's road against the fake at its wire."""
