"""Between sessions: prompts by e-mail, replies in threads, one digest a day for the coach."""

__version__ = "0.1.0"
