"""The only translation upwards: what a network hands up becomes rows, idempotently, in any order of arrival.

`apply.py` takes a batch of events, `batch.py` holds what a batch knows while it runs, the others take one kind of event each.
Every event may come twice, late, or before what it speaks of; the end is always the same.
"""
