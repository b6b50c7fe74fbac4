"""The road `slack`: a person's own user token."""
