"""The page of a link, where a person connects an account. It needs no key: the link's token is all there is, and all it allows.

docs/hosted-authentication.md says how it is used.
"""
