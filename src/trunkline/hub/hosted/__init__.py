"""Connecting accounts on a page of ours: links, the logins played by them, and what is told when one is done."""
