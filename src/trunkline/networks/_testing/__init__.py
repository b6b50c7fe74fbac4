"""What the tests of several networks share. Nothing that runs for a person imports it."""
