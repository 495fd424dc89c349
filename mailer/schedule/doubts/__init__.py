"""What do people write in a `when` that could mean two things, or that nothing here can mean?

Asked only of lines the grammar does not take. Each answer says where, what the doubt is, and the line that was probably
meant; when_parse.py reads that line before it offers it. Left out: mere misspellings, which mending finds by itself.

    rewriting.py   what a doubt is, and how a line is put right
    calendar.py    days, weeks and months: "every second Tuesday", "biweekly", "on 3/12/2026"
    clock.py       times of day: "at 8", "midnight", "in the evening", "08:30 CET"
    anchors.py     what is counted from: "after start", "2 months before session"
"""

from __future__ import annotations

from mailer.schedule.doubts.anchors import ANCHOR_DOUBTS
from mailer.schedule.doubts.calendar import CALENDAR_DOUBTS
from mailer.schedule.doubts.clock import BARE_HOUR, CLOCK_DOUBTS
from mailer.schedule.doubts.rewriting import Doubt

__all__ = ["Doubt", "doubt_of"]

_DOUBTS = (*CLOCK_DOUBTS, *ANCHOR_DOUBTS, *CALENDAR_DOUBTS, BARE_HOUR)


def doubt_of(text: str) -> Doubt | None:
    """What is known to be unclear in a line; None where it is wrong in no way that is known."""
    for pattern, answer in _DOUBTS:
        if (found := pattern.search(text)) is not None:
            message, instead = answer(found)
            return Doubt(found.start("here"), message, instead)
    return None
