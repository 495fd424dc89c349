"""May the machine's clock be believed? Asked before everything that plans, sends, expires or reports.

A machine that wakes in 1970, or in ten years, would skip what is due, send what is not, or write to everyone at once.
So a date before this program was made stops all of that, and so does one that lies too far from the last sign of life,
until a person says that the date is right. Mail goes on being read. What is measured against is the last date that was
believed: a round that was refused does not move it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from mailer.durations import say_duration
from mailer.flow.office import Office
from mailer.store import clock_ahead, heartbeats

log = logging.getLogger(__name__)

SET_BACK = timedelta(days=1)  # clocks are set right by less than this every day
NOTED_EVERY = timedelta(seconds=30)  # each step asks; not each has to be written down
_UNTIL = "nothing is planned or sent until"
_SAY_SO = "if that is right, say so once: `mailer run --date-is-right` or `mailer once --date-is-right`"


def clock_trouble(now: datetime, *, last_seen: datetime | None, released: datetime, longest_gap: timedelta) -> str:
    """Why a date cannot be believed, and what to do; "" where it can."""
    today = f"the clock of this machine says {now:%Y-%m-%d %H:%MZ}"
    if now < released:
        return f"{today}, before this program was made; set it right, {_UNTIL} then"
    if last_seen is None or last_seen - SET_BACK <= now <= last_seen + longest_gap:
        return ""
    how = "before" if now < last_seen else "after"
    apart = say_duration(timedelta(days=abs(now - last_seen).days))
    return f"{today}, {apart} {how} the last sign of life; {_UNTIL} you have looked: {_SAY_SO}"


async def doubt(office: Office, *, now: datetime) -> str:
    """Why nothing may be planned, sent, expired or reported now; "" where the date is believed, which is noted."""
    last_seen = await office.db.look(heartbeats.date_believed)
    trouble = clock_trouble(now, last_seen=last_seen, released=office.not_before, longest_gap=office.longest_gap)
    if trouble:
        log.error("stopped planning and sending why=%s", trouble)
    elif last_seen is None or abs(now - last_seen) >= NOTED_EVERY:
        await office.db.run(heartbeats.believe_date, now=now)
    return trouble


async def take_date_as_right(office: Office, *, now: datetime) -> None:
    """A person says that the date is right. What was written down while a clock ran ahead is brought back to now."""
    await office.db.run(clock_ahead.bring_back, now=now)
    await office.db.run(heartbeats.believe_date, now=now)
