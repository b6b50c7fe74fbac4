"""The backend that acts itself: it holds the sessions, keeps what happened, and sends what is asked.

`hub.py` is the whole; `ingest/` translates what networks hand up, `reads/` and `writes/` answer the operations, `supervisor.py`
keeps one account alive, `sender.py` empties its outbox, `settle.py` finds out what became of unclear sends, `syncer.py` fetches
history.
"""
