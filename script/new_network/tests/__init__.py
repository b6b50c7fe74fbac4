"""What is particular to Acme; the promises of every network are tried by tests/contract_suite."""
