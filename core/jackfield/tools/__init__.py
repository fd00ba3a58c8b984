"""What an agent may call: tools, where they come from, and under which names."""
