"""Answering what only reads: everything comes from the store, save the bytes of a file that was not fetched yet."""
