"""Everything that is found out from a letter that came, in the order in which people meet it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailer.message.reading.authentication import Stamp
from mailer.message.returned import content, routes
from mailer.message.returned.letter import Returned
from mailer.message.returned.stamp import stamp_findings
from mailer.model.checkup import Finding


def compared(it: Returned, *, others: Sequence[Stamp | None]) -> Iterator[Finding]:
    """A finding for each thing; `others` are the topmost stamps of some letters from others."""
    yield from routes.sender(it)
    yield routes.reply_to(it)
    yield from routes.plus_address(it)
    yield routes.message_id(it)
    yield routes.references(it)
    yield from routes.envelope(it)
    yield content.date(it)
    yield content.subject(it)
    yield content.button(it)
    yield content.marks(it)
    yield content.body(it)
    yield from stamp_findings(it, others=others)
