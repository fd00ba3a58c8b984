"""What time it is, anywhere."""
