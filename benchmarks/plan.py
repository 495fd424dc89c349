"""How long does planning take? 100,000 clients on three schedules over a real SQLite file, reported and never asserted.

    python benchmarks/plan.py [--clients N] [--weeks W] [--folder DIR]

Builds N clients in twenty zones with W weeks of letters behind them and sessions ahead, on a Thursday whose next 24
hours hold the weekly letter of everyone, which is the fullest day there is. Then, each in a process of its own so that
its peak memory is its own:

    first     everyone planned for the first time, as after an import
    day       the next 24 hours of everyone: facts read page by page, sends and non-sends with their reasons
    idle      one look of the planner when nothing is due
    reload    one edited schedule: the file read and noted, and then its clients planned anew
    next      next times of a weekly letter, beside APScheduler's CronTrigger in the same process

DIR keeps the database for another run; without it everything is built anew in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from built import NOW, SCHEDULES, ZONES, build, open_store

from mailer.flow.enqueue import planner
from mailer.model.plan import PlanFacts
from mailer.schedule.book import Book
from mailer.schedule.calendars import hits_from
from mailer.schedule.due import next_due
from mailer.schedule.load import load_book
from mailer.schedule.plan import upcoming
from mailer.schedule.quiet import PlanRules
from mailer.schedule.when import Weekly
from mailer.store import planning, schedules_seen
from mailer.store.schedules_seen import SeenSchedule

RULES = PlanRules()
DAY, LATER, LONG_AGO = timedelta(hours=24), NOW + timedelta(days=30), date(2020, 1, 6)
TICKS, NEXT_TIMES = 200, 20_000


def first(folder: Path) -> dict[str, Any]:
    """Plans everyone: nobody has been looked at."""
    store, book = open_store(folder), load_book(folder / "schedules")
    clients, seconds = _timed(lambda: _plan_all(store, book))
    return {"clients": clients, "seconds": seconds}


def day(folder: Path) -> dict[str, Any]:
    """Shows what the next 24 hours hold."""
    store, book = open_store(folder), load_book(folder / "schedules")

    def look(conn: Any) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        for facts in planning.facts_due_before(conn, store.vault, NOW + DAY, now=NOW):
            found = upcoming(book, RULES, facts, now=NOW, until=NOW + DAY)
            outcomes.update(str(one.skip or "send") for one in found)
            outcomes["clients"] += 1
        return outcomes

    outcomes, seconds = _timed(lambda: store.db.read(look))
    return {"seconds": seconds, **outcomes}


def idle(folder: Path) -> dict[str, Any]:
    """Looks whether anything is due; nothing is."""
    store, book = open_store(folder), load_book(folder / "schedules")
    _plan_all(store, book)
    ticks = [_timed(lambda: _plan_some(store, book))[1] for _ in range(TICKS)]
    return {"milliseconds": statistics.median(ticks) * 1000, "slowest": max(ticks) * 1000}


def reload(folder: Path) -> dict[str, Any]:
    """Moves the weekly letter by half an hour, takes the file in, and plans its clients anew."""
    store, file = open_store(folder), folder / "schedules" / "weekly-checkin.toml"
    text = file.read_text("utf-8")
    later = "09:00" if "08:30" in text else "08:30"
    file.write_text(text.replace("08:30", later).replace("09:00", later), "utf-8")

    def take_in() -> Book:
        book = load_book(folder / "schedules")
        seen = [_seen(book, slug) for slug in book.schedules]
        store.db.write(schedules_seen.note_schedules, "practice", seen, now=NOW)
        return book

    book, noted = _timed(take_in)
    clients, planned = _timed(lambda: _plan_all(store, book))
    return {"noted": noted, "clients": clients, "seconds": planned}


def next_times(folder: Path) -> dict[str, Any]:
    """Asks for the next time of the weekly letter from many moments, here and at APScheduler."""
    book = load_book(folder / "schedules")
    store = open_store(folder)
    every = store.db.read(lambda conn: list(islice(planning.facts_due_before(conn, store.vault, LATER, now=NOW), 2)))
    facts = next(one for one in every if one.client.habits.own_time is None)
    known = next(one for one in facts.enrolments if one.enrolment.schedule == "weekly-checkin")
    fresh = [replace(known, decided=frozenset(), client=replace(known.client, zone=zone)) for zone in ZONES]
    moments = [NOW + timedelta(minutes=37 * n) for n in range(NEXT_TIMES)]
    ours = _timed(lambda: [_next(book, fresh[n % len(ZONES)], at) for n, at in enumerate(moments)])
    weekly = book.schedules["weekly-checkin"].prompts[0].when
    assert isinstance(weekly, Weekly)
    zones = [ZoneInfo(zone) for zone in ZONES]
    alone = _timed(lambda: [_calendar_next(weekly, zones[n % len(zones)], at) for n, at in enumerate(moments)])
    triggers = [CronTrigger(day_of_week="fri", hour=8, minute=30, timezone=zone) for zone in ZONES]
    theirs = _timed(lambda: [triggers[n % len(ZONES)].get_next_fire_time(None, at) for n, at in enumerate(moments)])
    same = sum(a == b for a, b in zip(ours[0], theirs[0], strict=True))
    assert alone[0] == ours[0]
    return {"ours": ours[1], "alone": alone[1], "theirs": theirs[1], "same": same, "of": NEXT_TIMES}


def _calendar_next(when: Weekly, zone: ZoneInfo, at: datetime) -> datetime | None:
    """What a trigger knows: a line of the calendar and a zone, and nothing of a client."""
    hits = hits_from(when, at.astimezone(zone).date(), None, start=LONG_AGO, zone=zone)
    return next((hit.moment.at for hit in hits if hit.moment.at > at), None)


def _next(book: Book, known: PlanFacts, at: datetime) -> datetime | None:
    due = next_due(book.schedules["weekly-checkin"], known, after=at)
    return due.at if due is not None else None


def _plan_all(store: Any, book: Book) -> int:
    done = 0
    while found := _plan_some(store, book):
        done += found
    return done


def _plan_some(store: Any, book: Book) -> int:
    found: int = store.db.write(planning.plan_next, store.vault, planner(book, RULES, now=NOW), now=NOW)
    return found


def _seen(book: Book, slug: str) -> SeenSchedule:
    one = book.schedules[slug]
    timings = {prompt.id: prompt.reason for prompt in one.prompts}
    return SeenSchedule(slug=slug, fingerprint=one.fingerprint, enabled=one.enabled, prompts=timings)


def _timed(step: Callable[[], Any]) -> tuple[Any, float]:
    begun = perf_counter()
    found = step()
    return found, perf_counter() - begun


PARTS = {"first": first, "day": day, "idle": idle, "next": next_times, "reload": reload}  # reload edits a file


def rows(found: dict[str, dict[str, Any]], clients: int) -> Iterator[tuple[str, str, str]]:
    """The table: what was done, how long it took, and the aim."""
    mib = {part: one["peak"] for part, one in found.items()}
    one, skips = found["day"], {"clients", "seconds", "send", "peak"}
    skipped = sum(number for name, number in one.items() if name not in skips)
    yield "plan everyone for the first time", f"{found['first']['seconds']:.1f} s, {mib['first']:.0f} MiB", ""
    yield (
        f"the next 24 hours: {one['send']:,} sends, {skipped:,} non-sends",
        f"{one['seconds']:.1f} s, {mib['day']:.0f} MiB",
        "30 s, 500 MB",
    )
    yield "one idle look", f"{found['idle']['milliseconds']:.2f} ms (slowest {found['idle']['slowest']:.1f})", "5 ms"
    again = found["reload"]
    yield "one edited schedule: read and noted", f"{again['noted']:.2f} s", ""
    yield "  and its clients planned anew", f"{again['seconds']:.1f} s, {mib['reload']:.0f} MiB", ""
    times = found["next"]
    each = {name: times[name] / times["of"] * 1e6 for name in ("ours", "alone", "theirs")}
    yield "next time of a client's prompt, all facts counted", f"{each['ours']:.1f} µs", ""
    yield "next time of the line alone", f"{each['alone']:.1f} µs", ""
    faster = f"{each['theirs'] / each['alone']:.0f} times as long"
    yield "APScheduler's CronTrigger for the same", f"{each['theirs']:.1f} µs, {faster}", "20"
    yield f"  the same answer, of {times['of']:,}", f"{times['same']:,}", ""


def main() -> None:
    """Builds, runs every part in a process of its own, and prints the table."""
    arguments = argparse.ArgumentParser(description="How long does planning take?")
    arguments.add_argument("--clients", type=int, default=100_000)
    arguments.add_argument("--weeks", type=int, default=4, help="of letters that lie behind")
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--part", choices=PARTS)
    chosen = arguments.parse_args()
    if chosen.part:
        found = PARTS[chosen.part](chosen.folder)
        print(json.dumps(found | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        if not (folder / "data.db").exists():
            seconds = _timed(lambda: build(folder, chosen.clients, weeks=chosen.weeks))[1]
            size = (folder / "data.db").stat().st_size / 1e6
            print(f"built {chosen.clients:,} clients on {len(SCHEDULES)} schedules in {seconds:.0f} s, {size:,.0f} MB")
        found = {part: _in_a_process(part, folder) for part in PARTS}
    width = max(len(what) for what, _, _ in rows(found, chosen.clients))
    for what, took, aim in rows(found, chosen.clients):
        print(f"{what:{width}}  {took:28}{f'aim {aim}' if aim else ''}".rstrip())


def _in_a_process(part: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


if __name__ == "__main__":
    assert date(2027, 3, 4).weekday() == NOW.weekday()
    main()
