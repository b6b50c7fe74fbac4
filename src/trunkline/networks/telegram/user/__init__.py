"""The road `telegram`: a person's own account."""
