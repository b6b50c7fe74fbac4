"""What every HTTP surface stands on: who may come in, how large a body may be, and how an error looks.

`door.py` is the outermost app, `routing.py` routes of one method, `gate.py` what is asked of the gateway.
`hosts.py`, `headers.py`, `body.py` and `json_depth.py` judge a request before anybody reads it; `credentials.py`
and `crowd.py` who asks and how much at once. `answers.py` and `errors.py` write what goes
out, `delivery.py` knows when it has left. `health.py`
and `token.py` are the small routes of the door's own.
"""
