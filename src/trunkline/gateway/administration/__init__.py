"""The operations that the gateway answers itself: keys, connections, the audit. `desk.py` finds the handler."""
