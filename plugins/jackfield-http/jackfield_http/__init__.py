"""REST calls as tools: a plugin for Jackfield."""
