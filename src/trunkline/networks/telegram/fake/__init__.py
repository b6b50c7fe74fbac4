"""A server that speaks Telegram's wire, in process, for tests: framing, encryption, acknowledgements, sequences, refusals.

No third-party counterpart exists; this was written by the project from public documentation (core.telegram.org) and stands on
Telethon's own classes for the objects. Tests on it show that the connector and it agree, not that Telegram behaves so.
"""
