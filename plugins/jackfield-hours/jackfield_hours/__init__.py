"""When the shop is open: a plugin for Jackfield."""
