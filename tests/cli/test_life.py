"""Commands while things change: a schedule that is broken, a coach who goes, a machine that was off for long."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from mailer.config import load_config
from mailer.engine.opening import open_office
from mailer.flow.enqueue import take_in_book
from mailer.store import heartbeats
from tests.cli.operator import DANA, Operator, now
from tests.cli.test_once import set_up
from tests.house import to
from tests.servers.dovecot import Box
from tests.servers.smtp import SmtpServer


def was_at_work(operator: Operator, *, days_ago: float = 0) -> None:
    """The program has worked by the schedules as they are, so many days ago."""
    moment = (operator.clock or now)() - timedelta(days=days_ago)
    settings = load_config(operator.folder / "config.toml", env=operator.env)
    with open_office(settings, now=moment) as (office, _):
        asyncio.run(take_in_book(office, now=moment))
        office.db.write(heartbeats.beat, "once", now=moment)
        office.db.write(heartbeats.believe_date, now=moment)


@pytest.fixture
def broken(operator: Operator) -> Operator:
    """Dana is a client, and someone has mistyped a day in the schedule."""
    operator.type(DANA)
    was_at_work(operator)
    operator.change("schedules/weekly-checkin.toml", "every Friday", "every Fryday")
    return operator


OFFICE = [
    "client list", "client show dana", "client pause dana", "client resume dana", "client leave dana weekly-checkin",
    "session add dana 2031-03-04T14:00", "thread dana", "inbox list", "outbox list", "digest --dry-run", "plan",
    "preview weekly-checkin/week --client dana",
]  # fmt: skip


@pytest.mark.parametrize("line", OFFICE)
def test_every_command_works_while_a_schedule_is_broken_and_says_so_in_one_line(broken: Operator, line: str) -> None:
    said = broken.type(line)

    assert said.code == 0
    [told] = [one for one in said.err.splitlines() if "Fryday" in one]
    assert told.startswith(f"mailer: {broken.folder}/schedules/weekly-checkin.toml:")
    assert told.endswith(
        ': prompt.when: "Fryday" is not understood after "every"; the nearest is: every Friday at 08:30 '
        "(what it said before stays in force)"
    )


def test_the_plan_goes_on_by_what_the_file_said_before(broken: Operator) -> None:
    sends = [one for one in broken.type("plan --json").json if one["schedule"] == "weekly-checkin"]

    assert [one["prompt"] for one in sends if one["send"]] != []


def test_status_is_red_and_check_refuses_while_a_schedule_is_broken(broken: Operator) -> None:
    status, check = broken.type("status"), broken.type("check")

    assert status.code == 1
    assert status.out.startswith(f"needs a look:\n  ! {broken.folder}/schedules/weekly-checkin.toml:")
    assert status.err == ""
    assert check.code == 2
    assert '"Fryday" is not understood' in check.err
    broken.change("schedules/weekly-checkin.toml", "every Fryday", "every Friday")
    assert broken.type("status").code == 0


def test_a_coach_who_is_taken_out_leaves_clients_that_status_names(operator: Operator) -> None:
    operator.type(DANA)
    was_at_work(operator)
    operator.change("config.toml", 'id = "petra"', 'id = "paul"')

    status = operator.type("status")

    assert status.code == 1
    assert "  ! dana: their coach petra does not stand in config.toml; letters still go out in that name" in status.out
    operator.change("config.toml", 'id = "paul"', 'id = "petra"')
    assert operator.type("status").code == 0


def test_after_a_long_gap_nothing_goes_until_a_person_says_that_the_date_is_right(
    operator: Operator, box: Box, smtp_server: SmtpServer
) -> None:
    set_up(operator, box, smtp_port=smtp_server.account.port)
    was_at_work(operator, days_ago=45)

    refused, status = operator.start("once"), operator.type("status")
    again = operator.start("once")
    nothing = to(smtp_server.delivered, "dana@example.org")
    told = operator.start("once --date-is-right")

    assert (refused.code, again.code, told.code) == (1, 1, 0)
    assert "45 days after the last sign of life; nothing is planned or sent until you have looked" in refused.err
    assert status.code == 1
    assert "45 days after the last sign of life" in status.out
    assert nothing == []
    assert len(to(smtp_server.delivered, "dana@example.org")) == 1
    assert operator.type("status").code == 0
