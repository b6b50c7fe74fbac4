"""Playing a login: `play.py` goes from step to step, `person.py` asks at a terminal, `program.py` in JSON lines."""
