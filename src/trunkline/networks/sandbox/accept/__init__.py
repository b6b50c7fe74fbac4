"""The network's own side: how it takes each command, with its rules, whatever a caller has checked before.

`arrival.py` puts faults and the record around each of them; the others hold one kind of command each.
"""
