"""How does a client stand, measured against their own normal?

Silence is the age of the oldest question that still waits, against twice this client's usual reply time. An absence, a
pause or a dead address explains a missing answer, so none of them is ever called silence. A rating is low only against
the client's own last ones; no word is printed about a mood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import fmean, median, stdev

from mailer.model.people import Client, ClientState, Delivery
from mailer.model.report import AwayRow, RatingRow, SentRow, TroubleRow

REPLIES_FOR_OWN_NORMAL = 4
SILENT_AFTER = timedelta(days=5)  # while too few replies are known
SILENT_AT_LEAST = timedelta(hours=48)
VALUES_FOR_LOW = 5
VALUES_REMEMBERED = 8
POINTS_FOR_TREND = 3
AWAY_WITHOUT_END = timedelta(days=14)  # a notice that names no day counts this long
_NEVER_ARRIVED = frozenset({"refused", "expired", "bounce", "address-dead"})


class Reason(StrEnum):
    """Why nothing came from a client, or that nothing needs explaining."""

    ANSWERING = "answering"  # nothing waits longer than usual
    SILENT = "silent"
    AWAY = "away"  # by their own notice
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILING = "failing"  # letters have come back lately; they are still tried
    DEAD = "dead"  # the address does not exist
    NEVER_DELIVERED = "never-delivered"  # no letter has reached them so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a client stands now."""

    reason: Reason
    since: datetime | None = None  # aware UTC; None where the facts do not say
    until: date | None = None  # the day a notice names
    until_at: datetime | None = None  # the end of a pause
    usual: timedelta | None = None  # this client's median reply time, once it is known
    unanswered: int = 0  # prompts that wait
    last_word: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A rating against those before it."""

    value: float
    change: float | None = None  # against the one before; None while there are too few points
    low: bool = False  # clearly below this client's own last ones
    before: tuple[float, ...] = ()  # the last ones before it, oldest first


def standing(
    client: Client,
    *,
    now: datetime,
    today: date,
    sent: Sequence[SentRow] = (),
    away: Sequence[AwayRow] = (),
    troubles: Sequence[TroubleRow] = (),
    last_letter: datetime | None = None,
) -> Standing:
    """How one client stands at `now`; `last_letter` is the newest reply the other rows do not know of yet.

    All rows are the client's own. The strongest reason wins: a stop before a dead address, a pause before an absence.
    """
    usual = usual_reply_time(sent)
    waiting, since = _waiting(sent, last_letter=last_letter)
    spoke = [row.answered_at for row in sent if row.answered_at] + ([last_letter] if last_letter else [])
    last_word = max(spoke, default=None)
    reason, since, until = _reason(
        client, now=now, today=today, waiting_since=since, away=away, last_word=last_word, limit=silent_after(sent)
    )
    failed = [row.at for row in troubles if row.what in _NEVER_ARRIVED]
    if reason is Reason.ANSWERING and not sent and failed:
        reason, since = Reason.NEVER_DELIVERED, min(failed)
    return Standing(
        reason=reason,
        since=since,
        until=until,
        until_at=client.paused_until if reason is Reason.PAUSED else None,
        usual=usual,
        unanswered=waiting,
        last_word=last_word,
    )


def _reason(
    client: Client,
    *,
    now: datetime,
    today: date,
    waiting_since: datetime | None,
    away: Sequence[AwayRow],
    last_word: datetime | None,
    limit: timedelta,
) -> tuple[Reason, datetime | None, date | None]:
    absence = _absence(away, now=now, today=today, last_word=last_word)
    paused = client.state is ClientState.PAUSED and (client.paused_until is None or client.paused_until > now)
    if client.state is ClientState.STOPPED:
        return Reason.STOPPED, None, None
    if client.delivery is Delivery.DEAD:
        return Reason.DEAD, waiting_since, None
    if paused:
        return Reason.PAUSED, None, None
    if absence:
        return Reason.AWAY, absence.noticed_at, absence.until
    if client.delivery is Delivery.FAILING:
        return Reason.FAILING, waiting_since, None
    silent = waiting_since is not None and now - waiting_since > limit
    return (Reason.SILENT if silent else Reason.ANSWERING), waiting_since, None


def usual_reply_time(sent: Sequence[SentRow]) -> timedelta | None:
    """The client's median reply time, None until enough replies are known."""
    took = [(row.answered_at - row.sent_at).total_seconds() for row in sent if row.answered_at]
    return timedelta(seconds=max(median(took), 0)) if len(took) >= REPLIES_FOR_OWN_NORMAL else None


def silent_after(sent: Sequence[SentRow]) -> timedelta:
    """How old the oldest waiting question may grow before its client counts as silent."""
    usual = usual_reply_time(sent)
    return SILENT_AFTER if usual is None else max(SILENT_AT_LEAST, 2 * usual)


def is_rating(value: float) -> bool:
    """Whether a number lies on the scale; "1000" or a stored nonsense is shown as words and drawn nowhere."""
    return 0 <= value <= 10


def trend(ratings: Sequence[RatingRow], *, value: float, at: datetime) -> Trend:
    """How a rating given at `at` compares with the client's own earlier ones (those before `at`, oldest first)."""
    before = [row.value for row in ratings if row.at < at]
    recent = before[-VALUES_REMEMBERED:]
    low = len(recent) >= VALUES_FOR_LOW and value < fmean(recent) - stdev(recent)
    change = value - before[-1] if len(before) + 1 >= POINTS_FOR_TREND else None
    return Trend(value=value, change=change, low=low, before=tuple(recent))


def _waiting(sent: Sequence[SentRow], *, last_letter: datetime | None) -> tuple[int, datetime | None]:
    """How many prompts wait, and since when the oldest does.

    A prompt passed over counts no longer once a later one was answered. One that was under way when the client last
    wrote has waited since that letter: whoever writes is not silent.
    """
    answered = max((row.sent_at for row in sent if row.answered_at), default=None)
    spoke = [row.answered_at for row in sent if row.answered_at] + ([last_letter] if last_letter else [])
    open_since = [
        max([row.sent_at, *spoke])
        for row in sent
        if not row.answered_at and (answered is None or row.sent_at > answered)
    ]
    return len(open_since), min(open_since, default=None)


def _absence(away: Sequence[AwayRow], *, now: datetime, today: date, last_word: datetime | None) -> AwayRow | None:
    """The newest notice that still holds; a letter written after it ends an absence of unknown length only."""
    for row in sorted(away, key=lambda row: row.noticed_at, reverse=True):
        if row.until is not None and row.until >= today:
            return row
        recent = now - row.noticed_at <= AWAY_WITHOUT_END
        if row.until is None and recent and (last_word is None or last_word <= row.noticed_at):
            return row
    return None
