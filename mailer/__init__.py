"""Between sessions: prompts by e-mail, replies in threads, one digest a day for the coach."""

from datetime import UTC, datetime

__version__ = "0.1.0"
RELEASED = datetime(2026, 11, 25, tzinfo=UTC)  # a clock that shows an earlier date is wrong
