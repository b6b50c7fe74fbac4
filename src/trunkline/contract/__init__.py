"""What a network must be: connectors, sessions, capabilities, logins, commands down and events up.

Nothing here knows a network, the store or a surface. docs/add-a-network.md is the tutorial.
"""
