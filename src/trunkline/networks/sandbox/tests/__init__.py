"""Tests of the sandbox itself; what it promises as a network is tried in tests/contract_suite."""
