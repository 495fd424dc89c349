"""A client's own time of day: which forms of `when` take it, and what they become."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from functools import lru_cache

from mailer.schedule.when import (
    AfterAnswer,
    AfterPrompt,
    AfterSilence,
    AroundPromise,
    AroundSession,
    BeforeEnd,
    EveryDays,
    EveryWeeks,
    Monthly,
    OnDate,
    ProgrammeDay,
    ProgrammeWeek,
    Weekly,
    When,
)


@lru_cache(maxsize=4096)
def at_own_time(when: When, own: time | None) -> When:
    """The form at the client's own time of day.

    Unchanged where it names no time of day, several (which of them would give way?), or is a cron line.
    """
    match when:
        case _ if own is None:
            return when
        case Weekly() | EveryDays() | EveryWeeks() | Monthly() | OnDate() if len(when.times) == 1:
            return replace(when, times=(own,))
        case ProgrammeDay() | ProgrammeWeek() | AroundPromise() | BeforeEnd():
            return replace(when, at=own)
        case AroundSession() | AfterSilence() | AfterPrompt() | AfterAnswer() if when.at is not None:
            return replace(when, at=own)
        case _:
            return when
