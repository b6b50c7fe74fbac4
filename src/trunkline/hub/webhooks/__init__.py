"""Telling endpoints what happened: each in order, at least once, under one id, and none slowed by another.

`service.py` has a deliverer for each webhook; `deliverer.py` goes round by round through what the journal holds for it;
`lanes.py` posts a round; `writing.py` says how an event is written for an endpoint; `schedule.py` when things are tried again.
"""
