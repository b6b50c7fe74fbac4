"""The simulated world: its own file, its clock, its people, chats and messages, and the record of all that arrived.

`database.py` is the file, `change.py` one transaction on it, `world.py` the whole; every other module holds one noun.
"""
