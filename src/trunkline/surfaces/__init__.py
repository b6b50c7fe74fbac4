"""How it is shown: MCP, REST, the command line. They do not import each other; all stand on `door/`."""
