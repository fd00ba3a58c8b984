"""Minds: `rules` needs nothing, `script` is for tests, `chat` asks a language model of yours."""
