"""The store of a repair shop, as an MCP server over SQLite."""
