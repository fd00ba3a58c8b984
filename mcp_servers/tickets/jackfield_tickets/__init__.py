"""A repair shop's customers, tickets and parts, as an MCP server over SQLite."""
