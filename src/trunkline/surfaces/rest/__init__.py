"""The REST API under /api/v1: every operation at its route (unipile-v1), read off its declaration.

`api.py` answers, `routes.py` finds the operation, `asking.py` reads a request, `forms.py` its form, `multipart.py` takes a body
apart, `streaming.py` sends a file, `uploads.py` takes one.
"""
