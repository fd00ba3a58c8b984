"""What agents may do with their tools: a plugin for Jackfield."""
