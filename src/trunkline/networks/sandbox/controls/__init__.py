"""Playing the world: what `trunkline sandbox`, the contract suite and tests ask of it.

`arguments.py` says what each control takes, `look.py` shows, `play.py` lets people act, `rule.py` changes time, faults and the
world itself, `table.py` lists them all.
"""
