"""What a calendar changes about sessions: a table of how the two can differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from mailer.model.calendar import Changes, KnownSession, Wanted
from mailer.model.people import Session, SessionState
from mailer.schedule.reconcile import Told, reconcile

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DANA, ENZO = UUID(int=1), UUID(int=2)
TUESDAY = NOW + DAY + 6 * HOUR


def known(
    number: int,
    starts_at: datetime = TUESDAY,
    *,
    source: str = "",
    sequence: int | None = 0,
    client: UUID = DANA,
    cancelled: bool = False,
    minutes: int = 60,
) -> KnownSession:
    """A session as stored; from a calendar where it has a source."""
    session = Session(
        id=UUID(int=100 + number),
        client_id=client,
        coach_id=UUID(int=9),
        number=0 if cancelled else number,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        state=SessionState.CANCELLED if cancelled else SessionState.PLANNED,
    )
    return KnownSession(
        session=session, source=source.encode() if source else None, sequence=sequence if source else None
    )


def by_hand(number: int, starts_at: datetime = TUESDAY, *, source: str = "", cancelled: bool = False) -> KnownSession:
    """A session that a person noted, or moved or cancelled after it came from a calendar."""
    return known(number, starts_at, source=source, sequence=None, cancelled=cancelled)


def event(
    source: str, starts_at: datetime = TUESDAY, *, sequence: int = 0, client: UUID = DANA, minutes: int = 60
) -> Wanted:
    return Wanted(
        client_id=client,
        source=source.encode(),
        sequence=sequence,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        what=source,
    )


def changes(
    there: Sequence[KnownSession],
    wanted: Sequence[Wanted] = (),
    *,
    cancelled: dict[str, int] | None = None,
    doubtful: Sequence[str] = (),
    whole: bool = True,
    in_doubt: bool = False,
    force: bool = False,
) -> Changes:
    told = Told(
        wanted=wanted,
        cancelled={source.encode(): sequence for source, sequence in (cancelled or {}).items()},
        doubtful={source.encode() for source in doubtful},
        whole=whole,
        until=NOW + 180 * DAY,
        in_doubt=in_doubt,
    )
    return reconcile(there, told, now=NOW, force=force)


def said(found: Changes) -> list[str]:
    """The changes in short: "+a" added, "1>a" moved to, "1=a" noted, "-1" cancelled, "~1" let go of, "?a" left out."""
    return [
        *(f"+{one.source.decode()}" for one in found.added),
        *(f"{one.session.id.int - 100}>{one.wanted.source.decode()}" for one in found.moved),
        *(f"{one.session.id.int - 100}={one.wanted.source.decode()}" for one in found.noted),
        *(f"-{one.id.int - 100}" for one in found.cancelled),
        *(f"~{one.id.int - 100}" for one in found.released),
        *(f"?{what}" for what, _ in found.skipped),
    ]


LATER = TUESDAY + 7 * DAY
YESTERDAY = NOW - DAY

CASES: list[tuple[str, list[KnownSession], list[Wanted], list[str]]] = [
    ("an event that is new", [], [event("a")], ["+a"]),
    ("an event that is there", [known(1, source="a")], [event("a")], []),
    ("a newer revision at the same time", [known(1, source="a")], [event("a", sequence=2)], ["1=a"]),
    ("an event that moved", [known(1, source="a")], [event("a", LATER)], ["1>a"]),
    ("an event that lasts longer", [known(1, source="a")], [event("a", minutes=90)], ["1>a"]),
    ("an older revision", [known(1, source="a", sequence=2)], [event("a", LATER, sequence=1)], ["?a"]),
    ("an event that is planned again", [known(1, source="a", cancelled=True)], [event("a")], ["1>a"]),
    ("an event that is gone", [known(1, source="a"), known(2, LATER, source="b")], [event("b", LATER)], ["-1"]),
    ("a past event that is gone", [known(1, YESTERDAY, source="a")], [], []),
    ("an event beyond the window", [known(1, NOW + 200 * DAY, source="a")], [], []),
    ("a session by hand", [by_hand(1)], [], []),
    ("an event at the time of one by hand", [by_hand(1)], [event("a")], ["1=a"]),
    ("a longer one at the time of one by hand", [by_hand(1)], [event("a", minutes=90)], ["1>a"]),
    ("an event that overlaps one by hand", [by_hand(1)], [event("a", TUESDAY + HOUR / 2)], ["?a"]),
    ("an event that moves onto one by hand", [known(1, LATER, source="a"), by_hand(2)], [event("a")], ["?a"]),
    ("an event whose session was moved by hand", [by_hand(1, LATER, source="a")], [event("a")], ["?a"]),
    ("an event whose session was cancelled by hand", [by_hand(1, source="a", cancelled=True)], [event("a")], ["?a"]),
    ("an event that followed what was done by hand", [by_hand(1, LATER, source="a")], [event("a", LATER)], ["1=a"]),
    ("a vanished event whose session was moved by hand", [by_hand(1, LATER, source="a")], [], []),
    ("two events at one time", [], [event("a"), event("b")], ["+a", "?b"]),
    ("two events that overlap", [], [event("b"), event("a", TUESDAY + HOUR / 2)], ["+b", "?a"]),
    ("two events back to back", [], [event("a"), event("b", TUESDAY + HOUR)], ["+a", "+b"]),
    ("two clients at one time", [], [event("a"), event("b", client=ENZO)], ["+a", "+b"]),
    (
        "two events that change places",
        [known(1, source="a"), known(2, LATER, source="b")],
        [event("a", LATER), event("b")],
        ["2>b", "1>a"],
    ),
    ("an event written anew a day later", [known(1, source="a")], [event("b", TUESDAY + DAY)], ["1>b"]),
    ("an event written anew at the same time", [known(1, source="a")], [event("b")], ["1=b"]),
    ("an event written anew a fortnight later", [known(1, source="a")], [event("b", TUESDAY + 14 * DAY)], ["+b", "-1"]),
    ("an event written anew for somebody else", [known(1, source="a")], [event("b", client=ENZO)], ["+b", "-1"]),
    (
        "a series that moved by a day",
        [known(n, TUESDAY + 7 * n * DAY, source=f"t{n}") for n in range(4)],
        [event(f"w{n}", TUESDAY + (7 * n + 1) * DAY) for n in range(4)],
        ["0>w0", "1>w1", "2>w2", "3>w3"],
    ),
    ("an event that is another client's now", [known(1, source="a")], [event("a", client=ENZO)], ["+a", "-1", "~1"]),
    (
        "a past event that is another client's now",
        [known(1, YESTERDAY, source="a")],
        [event("a", client=ENZO)],
        ["+a", "~1"],
    ),
    ("an event that was over and comes again", [known(1, YESTERDAY, source="a")], [event("a")], ["+a", "~1"]),
    ("an event that turns out to have been earlier", [known(1, source="a")], [event("a", YESTERDAY)], ["1>a"]),
    (
        "an event written anew onto one by hand",
        [known(1, source="a"), by_hand(2, TUESDAY + DAY)],
        [event("b", TUESDAY + DAY + HOUR / 2)],
        ["-1", "?b"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("there", "wanted", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_calendar_changes_what_it_says_and_no_more(
    there: list[KnownSession], wanted: list[Wanted], expected: list[str]
) -> None:
    assert said(changes(there, wanted)) == expected


@pytest.mark.parametrize(
    ("there", "cancelled", "expected"),
    [
        (known(1, source="a"), {"a": 0}, ["-1"]),
        (known(1, source="a", sequence=2), {"a": 1}, []),
        (known(1, YESTERDAY, source="a"), {"a": 9}, []),
        (by_hand(1, source="a"), {"a": 9}, []),
        (known(1, source="a"), {"b": 0}, []),
    ],
)
def test_a_message_calls_off_what_it_names(there: KnownSession, cancelled: dict[str, int], expected: list[str]) -> None:
    assert said(changes([there], cancelled=cancelled, whole=False)) == expected


def test_a_message_about_one_event_cancels_no_other() -> None:
    assert said(changes([known(1, source="a")], [event("b", LATER)], whole=False)) == ["+b"]


def test_an_event_that_could_be_anybodys_keeps_the_session_it_was() -> None:
    assert said(changes([known(1, source="a"), known(2, LATER, source="b")], doubtful=["a", "b"])) == []


def three() -> list[KnownSession]:
    return [known(n, TUESDAY + 7 * n * DAY, source=f"t{n}") for n in range(3)]


def test_a_calendar_that_is_suddenly_empty_cancels_nothing_unless_it_is_meant() -> None:
    found = changes(three())

    assert said(found) == []
    assert found.refused.startswith(
        "not one session is in the calendar, while 3 that came from there before are ahead; none was cancelled."
    )
    assert said(changes(three(), force=True)) == ["-0", "-1", "-2"]
    assert said(changes(three()[:2])) == ["-0", "-1"]


def test_most_of_a_calendar_may_go_where_some_of_it_stays() -> None:
    assert said(changes(three(), [event("t0")])) == ["-1", "-2"]


def test_a_file_that_may_be_a_single_event_cancels_not_most_of_what_is_ahead() -> None:
    found = changes(three(), [event("new", TUESDAY + 90 * DAY)], in_doubt=True)

    assert said(found) == ["+new"]
    assert found.refused.startswith("only 1 session is in the calendar, while 3 that came from there before are ahead")
    assert said(changes(three(), [event("t0"), event("t1", TUESDAY + 7 * DAY)], in_doubt=True)) == ["-2"]


def test_of_two_thousand_events_at_one_moment_one_is_the_session() -> None:
    found = changes([known(1, source="x")], [event(f"{n:04}", TUESDAY + n * timedelta(seconds=1)) for n in range(2000)])

    assert (len(found.added), len(found.noted), len(found.skipped)) == (0, 1, 1999)
