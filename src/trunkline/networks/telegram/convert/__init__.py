"""Telegram's objects to our events. Pure: no I/O, and nothing of the library is imported; its objects are read by name."""
