"""Worlds to begin with: `small` (people, chats and files of seven networks), `messages:N` (for load) and `empty`.

The same seed at the same time of the clock gives the same world, byte for byte.
"""
