"""One process owns a data folder; every other one finds it.

Standard library alone, and little of it: a pipe must start at once.

`folder.py` what may be a data folder · `lock.py` who owns it · `server_file.py` where the owner listens ·
`proof.py` how it proves itself · `find.py` connect to the owner or become it · `loopback.py` one exchange with it ·
`line.py` a JSON-RPC line and its headers · `courier.py` a line to the owner and its answer back ·
`pipe.py` the stdio process, with `in_flight.py` and `stop.py` · `cannot_start.py` what is said when it cannot be.
"""
