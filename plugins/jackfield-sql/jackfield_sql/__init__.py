"""Database queries as tools: a plugin for Jackfield."""
