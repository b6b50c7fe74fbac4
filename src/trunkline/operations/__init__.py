"""What can be asked: every operation declared once, the codec between them and the wire, and what a backend must be.

`declaration.py` is the form, `chats.py`, `messages.py` and `attendees.py` hold the 21, `own.py` ours, `administration.py` what
a person runs the server with, `catalog.py` all of them.
"""
