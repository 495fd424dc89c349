"""How a client stands, against their own normal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from mailer.digest.signals import Reason, Standing, silent_after, standing, trend, usual_reply_time
from mailer.model.people import Client, ClientState, Delivery
from mailer.model.report import AwayRow, SentRow, TroubleRow
from tests.digest.cast import NOW, ago, client, key, ratings, sent

HOUR = timedelta(hours=1)


def stands(
    who: Client | None = None,
    *,
    prompts: Sequence[SentRow] = (),
    away: Sequence[AwayRow] = (),
    troubles: Sequence[TroubleRow] = (),
    last_letter: datetime | None = None,
) -> Standing:
    """Tom's standing now."""
    return standing(
        who or client("tom"),
        now=NOW,
        today=NOW.date(),
        sent=prompts,
        away=away,
        troubles=troubles,
        last_letter=last_letter,
    )


def replies(count: int, *, took: timedelta) -> list[SentRow]:
    """Answered prompts of the months before."""
    return [sent("tom", ago(days=80 - n), answered_after=took) for n in range(count)]


@pytest.mark.parametrize(
    ("took_hours", "days", "reason"),
    [
        (1, 1.9, Reason.ANSWERING),  # quick people still have two days
        (1, 2.1, Reason.SILENT),
        (48, 3.9, Reason.ANSWERING),  # slow people have twice their usual time
        (48, 4.1, Reason.SILENT),
        (120, 9.9, Reason.ANSWERING),
    ],
)
def test_silence_is_measured_against_the_clients_own_reply_time(took_hours: int, days: float, reason: Reason) -> None:
    prompts = [*replies(4, took=took_hours * HOUR), sent("tom", ago(days=days))]

    assert stands(prompts=prompts).reason is reason


@pytest.mark.parametrize(("days", "reason"), [(4.9, Reason.ANSWERING), (5.1, Reason.SILENT)])
def test_before_four_replies_five_days_are_silence(days: float, reason: Reason) -> None:
    prompts = [*replies(3, took=HOUR), sent("tom", ago(days=days))]

    assert usual_reply_time(prompts) is None
    assert silent_after(prompts) == timedelta(days=5)
    assert stands(prompts=prompts).reason is reason


def test_silence_counts_from_the_oldest_prompt_that_waits() -> None:
    found = stands(prompts=[sent("tom", ago(days=9)), sent("tom", ago(days=2))])

    assert (found.reason, found.since, found.unanswered) == (Reason.SILENT, ago(days=9), 2)


def test_a_prompt_passed_over_is_no_silence_once_a_later_one_was_answered() -> None:
    found = stands(prompts=[sent("tom", ago(days=30)), sent("tom", ago(days=8), answered_after=HOUR)])

    assert (found.reason, found.unanswered) == (Reason.ANSWERING, 0)


def test_whoever_wrote_today_is_not_silent_whatever_they_answered() -> None:
    found = stands(prompts=[sent("tom", ago(days=9))], last_letter=ago(hours=3))

    assert found.reason is Reason.ANSWERING


SILENT_PROMPT = (sent("tom", ago(days=9)),)


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (client("tom", state=ClientState.STOPPED), Reason.STOPPED),
        (client("tom", state=ClientState.PAUSED), Reason.PAUSED),
        (client("tom", delivery=Delivery.DEAD), Reason.DEAD),
        (client("tom", delivery=Delivery.FAILING), Reason.FAILING),
        (client("tom", state=ClientState.STOPPED, delivery=Delivery.DEAD), Reason.STOPPED),
        (client("tom", state=ClientState.PAUSED, delivery=Delivery.DEAD), Reason.DEAD),
    ],
)
def test_a_reason_is_never_called_silence(who: Client, reason: Reason) -> None:
    assert stands(who, prompts=SILENT_PROMPT).reason is reason


def test_a_pause_that_is_over_explains_nothing() -> None:
    who = client("tom", state=ClientState.PAUSED, paused_until=ago(days=1))

    assert stands(who, prompts=SILENT_PROMPT).reason is Reason.SILENT


@pytest.mark.parametrize(
    ("noticed_days", "until_days", "reason"),
    [
        (6, 3, Reason.AWAY),
        (6, 0, Reason.AWAY),  # the named day itself still counts
        (6, -1, Reason.SILENT),
        (6, None, Reason.AWAY),
        (15, None, Reason.SILENT),  # a notice without a day holds two weeks
    ],
)
def test_an_absence_is_a_reason_as_long_as_it_holds(noticed_days: int, until_days: int | None, reason: Reason) -> None:
    until = None if until_days is None else NOW.date() + timedelta(days=until_days)
    notice = AwayRow(client_id=key("tom"), noticed_at=ago(days=noticed_days), until=until)

    assert stands(prompts=SILENT_PROMPT, away=[notice]).reason is reason


def test_a_letter_ends_an_absence_of_unknown_length() -> None:
    notice = AwayRow(client_id=key("tom"), noticed_at=ago(days=6), until=None)

    assert stands(away=[notice], last_letter=ago(days=2)).reason is Reason.ANSWERING


def test_a_client_whom_no_letter_has_reached_is_told_as_that() -> None:
    trouble = TroubleRow(client_id=key("tom"), at=ago(days=1), what="refused", detail="mailbox full")

    found = [stands(prompts=prompts, troubles=[trouble]).reason for prompts in ([], [sent("tom", ago(days=1))])]

    assert found == [Reason.NEVER_DELIVERED, Reason.ANSWERING]


def test_no_trend_is_made_of_two_points() -> None:
    changes = [trend(ratings("tom", *before), value=7, at=NOW).change for before in ((), (6,), (5, 6))]

    assert changes == [None, None, 1]


@pytest.mark.parametrize(
    ("before", "value", "low"),
    [
        ((7, 7, 6, 7, 8), 4, True),
        ((7, 7, 6, 7, 8), 6.5, False),
        ((7, 7, 6, 7), 1, False),  # four values are too few
        ((4, 5, 4, 5, 4), 4, False),  # low for others, usual for this client
        ((1, 1, 1, 1, 7, 7, 7, 7, 7, 7, 7, 7), 6, True),  # only the last eight are remembered
    ],
)
def test_low_means_low_for_this_client(before: tuple[float, ...], value: float, low: bool) -> None:
    assert trend(ratings("tom", *before), value=value, at=NOW).low is low


def test_a_rating_is_not_compared_with_itself_or_with_later_ones() -> None:
    rows = ratings("tom", 5, 6, 9, last=NOW)

    found = trend(rows, value=9, at=NOW)

    assert (*found.before, found.change) == (5, 6, 3)
