"""The backend that speaks to a Unipile-v1 API: the operations' own routes, run backwards (unipile-v1, the contract).

`backend.py` is the whole. Below it: `line.py` one connection's way to its API, `reach.py` what the connection may touch,
`reading.py` and `writing.py` how a call is answered, `unclear.py` how a send is settled whose answer was lost, `quirks.py`
where the wire demands more than a declaration says, `http.py` sending and repeating, `errors.py` their errors as ours.
"""
