"""The ways into the networks: one folder per network, found by a scan (`scan.py`). No network imports another.

A folder whose name begins with `_` is a library that networks share, not a network. docs/add-a-network.md is the tutorial.
"""
