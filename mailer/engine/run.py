"""The engine: workers, their bells, and a quiet end when SIGTERM or SIGINT comes.

On the first signal no new work is begun; a letter that is going out is finished, within the grace. What is cut off
after that is found again by its lease.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import datetime

from mailer import RELEASED
from mailer.config import EngineSettings, Settings
from mailer.edge.calendar import fetch_calendar
from mailer.engine.alarm import Alarm
from mailer.engine.bells import ringing
from mailer.engine.calendars import RING_SECONDS, Calendars
from mailer.engine.lock import data_folder_lock
from mailer.engine.opening import open_office
from mailer.engine.planning import Planning
from mailer.engine.post import Watch, sender_of, transport_of
from mailer.engine.shelf import Shelf, settled
from mailer.engine.worker import Step, Worker
from mailer.flow.alert import tell_of_troubles
from mailer.flow.clock_sense import doubt, take_date_as_right
from mailer.flow.deliver import Sender, deliver_some
from mailer.flow.ingest import ingest_one
from mailer.flow.office import Clock, Office
from mailer.flow.report import report_some
from mailer.flow.tidy import put_right
from mailer.model.outgoing import Transport

log = logging.getLogger(__name__)

DELIVER_SECONDS, REPORT_SECONDS, TIDY_SECONDS, ALERT_SECONDS = 15, 60, 60, 60


async def run_engine(
    settings: Settings, *, clock: Clock, released: datetime = RELEASED, date_is_right: bool = False
) -> None:
    """Runs until a signal comes. ConfigError and PermanentFailure come before anything was begun."""
    lock = data_folder_lock(settings.data) if settings.store_url.startswith("sqlite") else nullcontext()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock:
        await settled(settings.schedules, settings.templates, clock=clock)
        with open_office(settings, now=clock(), released=released) as (office, shelf):
            stopping = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stopping.set)
            if date_is_right:
                await take_date_as_right(office, now=clock())
            log.info("started practices=%s rehearse=%s", len(office.practices), office.rehearse)
            await _work(office, shelf, settings.engine, clock=clock, stopping=stopping)
            log.info("stopped")


async def _work(office: Office, shelf: Shelf, pace: EngineSettings, *, clock: Clock, stopping: asyncio.Event) -> None:
    seconds = pace.send_timeout_seconds
    transports = {one.slug: transport_of(one, timeout_seconds=seconds) for one in office.accounts.values()}
    workers = _workers(office, shelf, transports, pace, clock=clock, stopping=stopping)
    ingest = next(one for one in workers if one.name == "ingest")
    with ringing({one.name: (one.bell, one.seconds) for one in workers}):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one.run(), name=one.name) for one in workers]
            watches = [
                group.create_task(_watch(office, account_slug, pace, clock=clock, bell=ingest.bell).run())
                for account_slug in office.accounts
            ]
            group.create_task(_stop(tasks, watches, workers, pace, stopping=stopping))
    for transport in transports.values():
        await transport.close()


def _workers(
    office: Office,
    shelf: Shelf,
    transports: dict[str, Transport],
    pace: EngineSettings,
    *,
    clock: Clock,
    stopping: asyncio.Event,
) -> list[Worker]:
    def worker(name: str, step: Step, seconds: float) -> Worker:
        return Worker(name, step, office=office, clock=clock, stopping=stopping, seconds=seconds)

    def dated(step: Callable[[datetime], Awaitable[bool]]) -> Step:
        """The step at the present time, where that can be believed."""

        async def believing() -> bool:
            now = clock()
            return not await doubt(office, now=now) and await step(now)

        return believing

    def sending(sender: Sender) -> Callable[[datetime], Awaitable[bool]]:
        return lambda _: deliver_some(office, sender)

    planning, alarm = Planning(office, shelf), Alarm(command=office.operator_command)
    senders = [
        sender_of(account, transport=transports[account.slug], clock=clock, stopping=stopping.is_set)
        for account in office.accounts.values()
    ]
    deliver = [worker(f"deliver {one.account.slug}", dated(sending(one)), DELIVER_SECONDS) for one in senders]
    others = [
        worker("plan", dated(lambda now: planning.step(now=now)), pace.plan_seconds),
        worker("ingest", lambda: ingest_one(office, now=clock()), pace.poll_seconds),
        worker("report", dated(lambda now: report_some(office, now=now)), REPORT_SECONDS),
        worker("alert", dated(lambda now: tell_of_troubles(office, alarm, now=now)), ALERT_SECONDS),
        worker("tidy", dated(lambda now: put_right(office, now=now)), TIDY_SECONDS),
    ]
    for one in others:
        one.then = [each.bell for each in deliver]
    if office.calendars:
        calendars = Calendars(office, fetch_calendar)
        reading = worker("calendars", dated(lambda now: calendars.step(now=now)), RING_SECONDS)
        reading.then = [others[0].bell]  # the planner's: a moved session moves its letters
        others.append(reading)
    return [*others, *deliver]


def _watch(office: Office, practice: str, pace: EngineSettings, *, clock: Clock, bell: asyncio.Event) -> Watch:
    return Watch(
        office=office,
        account=office.accounts[practice],
        clock=clock,
        idle_seconds=pace.idle_seconds,
        poll_seconds=pace.poll_seconds,
        bell=bell,
    )


async def _stop(
    tasks: list[asyncio.Task[None]],
    watches: list[asyncio.Task[None]],
    workers: list[Worker],
    pace: EngineSettings,
    *,
    stopping: asyncio.Event,
) -> None:
    """Waits for the signal, lets the workers finish their step, and ends what does not within the grace."""
    await stopping.wait()
    log.info("stopping grace=%s", pace.shutdown_grace_seconds)
    for watch in watches:
        watch.cancel()
    for worker in workers:
        worker.bell.set()
    _, unfinished = await asyncio.wait(tasks, timeout=pace.shutdown_grace_seconds)
    for task in unfinished:
        task.cancel()
