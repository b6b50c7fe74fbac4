"""The command line: a client of the server that owns the data folder, or the server itself for as long as it runs.

`program.py` runs a command line, over the `tree.py` of commands in `commands/` and of the networks (`network_commands.py`).
A command is handed a `terminal.py`: the `client.py` that asks the `server.py`, and the `output.py`. What people type becomes
ids in `lookup.py` and `matching.py`, times in `moments.py`, files in `sending.py`; ids become names in `names.py`, messages
lines in `said.py`, and what strangers wrote harmless in `plain.py`. `exits.py` says how a command ends, `wording.py` why.
"""
