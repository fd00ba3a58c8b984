"""Tokens for MCP servers at an address: got, kept, renewed, and never told to anybody else."""
