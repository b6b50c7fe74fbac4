"""MCP over HTTP, for both protocol eras; stdio processes are pipes to it (owner/pipe.py).

`server.py` builds the SDK's server from a set of tools, `endpoint.py` stands it behind a path. `tools.py` shows operations
as tools, `calls.py` answers a call, `files.py` a call whose result is a file. `exchange.py` and `splice.py` carry a ready
result past the SDK's encoder.
"""
