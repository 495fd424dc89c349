"""Letters that cannot be written: what is said about them, how long they wait, and when they go after all.

What a person mends may be a template, a schedule, the client, a session or config.toml, so nothing is compared: each
held letter is simply tried again now and then, and leaves its place only once it can be written. A prompt may wait to
the end of its client's day, where it is about no session or promise: mended in the afternoon, the morning's letter
still goes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.errors import PermanentFailure, TemporaryFailure
from mailer.flow.office import Office
from mailer.flow.write import write_letter
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.outgoing import ClaimedLetter, FixedBytes
from mailer.model.people import Client, Coach
from mailer.model.plan import PlanClient
from mailer.schedule.quiet import quiet_of
from mailer.store import clients, held, practice
from mailer.store.correspondents import Correspondents, correspondents

log = logging.getLogger(__name__)

MOST_FAILURES = 200  # tries in vain at a time: a broken layout holds the letters of everybody


@dataclass(frozen=True, slots=True)
class Unwritable:
    """Why a letter cannot be written."""

    detail: str  # in words for a person
    trouble: Exception


async def written(
    office: Office, letter: ClaimedLetter, known: Correspondents, *, now: datetime
) -> FixedBytes | Unwritable:
    """A letter's bytes, or what is in the way; only a database that is away is raised."""
    try:
        return await write_letter(office, letter, known, now=now)
    except TemporaryFailure:
        raise
    except PermanentFailure as trouble:
        return Unwritable(str(trouble), trouble)
    except Exception as trouble:  # what operators and clients wrote meets here; one letter must not stop the others
        return Unwritable(f"writing it failed ({type(trouble).__name__}); the log has the details", trouble)


async def park(office: Office, letter: ClaimedLetter, why: Unwritable, *, owner: str) -> None:
    """Holds a claimed letter; the others go."""
    _say(letter, why)
    until = await _end_of_its_day(office, letter)
    await office.db.run(held.hold, letter.id, owner=owner, detail=why.detail, until=until)


async def retry_held(office: Office, *, now: datetime) -> bool:
    """Queues the held letters that can be written by now; True if there were any.

    1. takes them in any order, so that those that stay broken never stand before the same others
    2. writes each for a trial, and lets it go where that works
    3. notes where the reason has become another one
    """
    waiting = await office.db.look(held.timely, now=now)
    office.random.shuffle(waiting)
    gone = failures = 0
    for letter_id in waiting:
        if failures == MOST_FAILURES:
            break
        letter, reason = await office.db.look(held.held_letter, office.vault, letter_id)
        known = await office.db.look(correspondents, office.vault, [letter])
        found = await written(office, letter, known, now=now)
        if not isinstance(found, Unwritable):
            gone += await office.db.run(held.let_go, letter_id, now=now)
            continue
        failures += 1
        if found.detail[: held.LONGEST_REASON] != reason:
            _say(letter, found)
            await office.db.run(held.say_why, letter_id, found.detail)
    if gone:
        log.info("mended letters=%s still_held=%s", gone, len(waiting) - gone)
    return bool(gone)


async def _end_of_its_day(office: Office, letter: ClaimedLetter) -> datetime | None:
    """Midnight where the client lives, or when a quiet time begins before; None for letters that have their hour."""
    schedule = office.book.schedules.get(letter.schedule)
    if letter.client_id is None or letter.about is not None or schedule is None:
        return None
    prompt = next((one for one in schedule.prompts if letter.prompt in one.names), None)
    if prompt is None:
        return None
    client = await office.db.look(clients.client, office.vault, letter.client_id)
    coach = await office.db.look(practice.coach, office.vault, letter.coach_id)
    zone = ZoneInfo(client.zone)
    midnight = datetime.combine(letter.due_at.astimezone(zone).date() + timedelta(days=1), time.min, zone)
    quiet = quiet_of(schedule, prompt, _as_planned(client, coach), office.rules.quiet, zone)
    return quiet.begins(letter.due_at, stop=midnight) or midnight.astimezone(UTC)


def _as_planned(client: Client, coach: Coach) -> PlanClient:
    return PlanClient(
        id=client.id, zone=client.zone, country=client.country, language=client.language, form=client.form,
        coach=coach.slug, slug=client.slug, tags=client.tags, habits=client.habits,
    )  # fmt: skip


def _say(letter: ClaimedLetter, why: Unwritable) -> None:
    """Ids and the place to mend: what a template made of a client's values stays out of the log."""
    match why.trouble:
        case TemplateTrouble() as told:
            place = f"template={told.template} line={told.line}"
            log.warning("held outgoing=%s client=%s %s", letter.id, letter.client_id, place)
        case PermanentFailure() as told:
            log.warning("held outgoing=%s client=%s why=%s", letter.id, letter.client_id, type(told).__name__)
        case unexpected:
            log.error("held outgoing=%s client=%s", letter.id, letter.client_id, exc_info=unexpected)
