"""Answering what changes something: ids resolved, capabilities checked, one command queued, its outcome waited for."""
