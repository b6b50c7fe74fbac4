"""The backend that acts itself: it holds the sessions, keeps what happened, and sends what is asked.

A call       hub.py finds its handler (handlers.py), which is given what was asked (asked.py) and what the connection can reach
             (reach.py), and makes a plan (plans.py). reads/ answer from the store; writes/ check the bounds (bounds.py), queue
             one command (writes/queue.py) and wait for its outcome (wakes.py).
An account   supervisor.py keeps it alive (lives.py); intake.py and ingest/ store what the network hands up; syncer.py fetches
             history; sender.py takes commands from the outbox to the session (carry.py), facts.py says what follows from them.
A doubt      settle.py finds out what became of a send that nobody answered for; look.py reads the network for it, wished.py
             the store; ingest/settled.py notes that a message of ours turned up.
A login      logins.py, attempt.py (one that is under way), checkpoints.py (its steps on the wire).
The rest     outcomes.py (what a caller is told without an answer), backoff.py, upkeep.py, options.py, administration/.
"""
