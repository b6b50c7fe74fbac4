"""The one choke point: key to principal to connection, the judge, cursors, files, idempotency and the audit.

`gate.py` is what surfaces speak to, `answering.py` one call from connection to answer, `administration/` what is answered here
without a backend, `first_run.py` what the first start makes.
"""
