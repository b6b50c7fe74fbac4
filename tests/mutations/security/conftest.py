"""A town whose defences are broken one at a time. What is broken is broken for reading alone, so one town serves all."""

from tests.security.test_tenants import town

__all__ = ["town"]
