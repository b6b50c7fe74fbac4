"""What is kept, on SQLite by default and on PostgreSQL beyond one machine.

`engine.py` says what a database gives, `sqlite.py` and `postgres.py` give it, `dialect.py` holds every difference of their SQL.
Then one file per noun, composed in `store.py`. The SQL stands beside the method that runs it.
"""
