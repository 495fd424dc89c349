"""Which letters could not be written to a client, for want of a text in the client's language or form of address?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mailer.errors import PermanentFailure
from mailer.flow.office import Office
from mailer.model.people import Client
from mailer.model.plan import PlanClient
from mailer.schedule.book import Prompt, letter_language


def letters_without_text(office: Office, client: Client | PlanClient, schedules: Iterable[str]) -> list[str]:
    """Each prompt of these schedules that a client cannot be sent: "weekly-checkin/week"."""
    found = [office.book.schedules[slug] for slug in sorted(set(schedules)) if slug in office.book.schedules]
    return [
        f"{schedule.slug}/{prompt.id}"
        for schedule in found
        if schedule.enabled
        for prompt in schedule.prompts
        if not _is_written(prompt, client, schedule.fallback)
    ]


def say_without_text(who: Sequence[str], language: str, prompts: Sequence[str]) -> str:
    """What a person should know who gave clients a language."""
    reads = "reads" if len(who) == 1 else "read"
    there = f"there is no text for that in {', '.join(prompts)}"
    return f'{", ".join(who)} {reads} "{language}", but {there}; add it, or a fallback'


def _is_written(prompt: Prompt, client: Client | PlanClient, fallback: str) -> bool:
    try:
        letter_language(prompt, client, fallback=fallback)
    except PermanentFailure:
        return False
    return True
