"""A draft with ordinary values, for tests that care about one of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mailer.model.outgoing import Address, Draft

_ORDINARY = Draft(
    sender=Address(name="Petra Vogl", address="practice@example.org"),
    recipient=Address(name="Dana Reis", address="dana@example.net"),
    reply_to=Address(name="Petra Vogl", address="practice@example.org"),
    subject="Your week in four lines",
    text="Hello Dana,\n\n1. How was this week, 1 to 10?\n",
    html="<p>Hello Dana,</p><p>1. How was this week, 1 to 10?</p>",
    date=datetime(2026, 11, 27, 8, 30, tzinfo=UTC),
    message_id="a2b3c4@example.org",
)


def a_draft(**changes: Any) -> Draft:
    """The ordinary draft with some fields changed."""
    return replace(_ORDINARY, **changes)
