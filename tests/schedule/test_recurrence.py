"""When a recurrence rule comes, beside dateutil: it walks from the start, ours looks at the window only."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.schedule.recurrence import UnreadRule, occurrences, parse_rule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def some(values: st.SearchStrategy[object], *, most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(lambda found: ",".join(map(str, found)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules as calendars write them, and odder ones that still come within a few years."""
    freq = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = [f"FREQ={freq}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 60))}")
    kind = draw(st.sampled_from(("", "days", "places", "month days", "year days")))
    if kind in ("days", "places") and freq != "DAILY":
        which = st.sampled_from(DAYS)
        if kind == "places" and freq == "MONTHLY":
            which = st.builds("{}{}".format, st.sampled_from((1, 2, 3, 4, -1, -2)), which)
        parts.append(f"BYDAY={draw(some(which))}")
        if draw(st.booleans()):
            parts.append(f"BYSETPOS={draw(st.sampled_from((1, -1)))}")
    elif kind == "month days" and freq == "MONTHLY":
        parts.append(f"BYMONTHDAY={draw(some(st.sampled_from((1, 15, 28, -1, -3))))}")
    elif kind == "year days" and freq == "YEARLY":
        parts.append(f"BYYEARDAY={draw(some(st.sampled_from((1, 100, 365, -1))))}")
    elif freq in ("DAILY", "MONTHLY", "YEARLY") and draw(st.booleans()):
        parts.append(f"BYMONTH={draw(some(st.integers(1, 12)))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    if draw(st.booleans()):
        parts.append("BYHOUR=9,14")
    return ";".join(parts)


STARTS = st.datetimes(datetime(2015, 1, 1), datetime(2027, 9, 1)).map(lambda at: at.replace(day=min(at.day, 28)))


@settings(max_examples=300, deadline=None)
@given(rules(), STARTS, st.integers(0, 700), st.integers(1, 200))
def test_a_rule_comes_when_the_standard_says(text: str, start: datetime, after: int, days: int) -> None:
    start = start.replace(microsecond=0)
    begin = datetime(2026, 1, 1, 3) + timedelta(days=after)
    end = begin + timedelta(days=days)

    found = occurrences(parse_rule(text, start=start), start=start, begin=begin, end=end)

    assert found == sorted(set(rrulestr(text, dtstart=start).between(begin, end, inc=True)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5", "more than 24 times a day"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12", "more than 2000 times"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL of its rule is -1, not a number from 1 on"),
        ("FREQ=DAILY;COUNT=many", "COUNT of its rule is MANY"),
        ("FREQ=WEEKLY;BYDAY=XX", '"XX" in its rule is no day of the week'),
        ("FREQ=MONTHLY;BYDAY=0MO", '"0MO" in its rule is no day of the week'),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY of its rule is 32"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL of its rule is SOON"),
        ("FREQ=DAILY;FREQ=WEEKLY", "malformed"),
        ("FREQ=DAILY;BYWHIM=1", "BYWHIM, which is not read here"),
    ],
)
def test_a_rule_that_is_not_sensible_is_refused_in_words(text: str, said: str) -> None:
    start = datetime(2027, 3, 1, 9)
    with pytest.raises(UnreadRule, match=said):
        occurrences(parse_rule(text, start=start), start=start, begin=start, end=start + timedelta(days=180))
