"""With which client is an event of a coach's calendar a session?

With the one whose address stands among the attendees; else with the one whose name the title says in the way the
operator wrote down. An event that fits nobody is no session, one that fits several is told: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from mailer.addresses import address_key
from mailer.model.calendar import Attendee, CalendarEvent
from mailer.model.people import Client

PLACEHOLDERS = ("name", "first_name", "client")
_HOW = 'write the title as it stands in the calendar with {name}, {first_name} or {client}, such as "Coaching {name}"'


class Ambiguous(ValueError):
    """An event that fits several clients; the message says which, by their short names."""


def valid_rule(text: str) -> str:
    """The rule as it was written; ValueError says what is wrong with it."""
    found = re.findall(r"\{([^{}]*)\}", text)
    wrong = [name for name in found if name not in PLACEHOLDERS]
    if wrong:
        raise ValueError(f'"{{{wrong[0][:20]}}}" stands for nothing here; {_HOW}')
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        raise ValueError(f"a brace is left over; {_HOW}")
    if not found:
        raise ValueError(f"it is the same for every client; {_HOW}")
    return text


def whose(event: CalendarEvent, people: Sequence[Attendee], *, rule: str) -> Client | None:
    """The client, None where it is a session with nobody; Ambiguous where it could be several."""
    if event.all_day:
        return None
    there = {address_key(address) for address in event.attendees}
    invited = [one.client for one in people if one.addresses & there]
    if len(invited) == 1:
        return invited[0]
    meant = [one for one in (invited or [each.client for each in people]) if rule and _says(event.summary, rule, one)]
    if len(meant) == 1:
        return meant[0]
    if invited or meant:
        among = "its attendees are" if invited else "its title fits"
        names = ", ".join(sorted(one.slug for one in meant or invited))
        raise Ambiguous(f"{among} {names}; a session is with one client")
    return None


def _says(title: str, rule: str, client: Client) -> bool:
    words = {"{name}": client.name, "{first_name}": client.first_name, "{client}": client.slug}
    expected = re.sub(r"\{[a-z_]+\}", lambda match: words[match[0]], rule)
    return _plain(title) == _plain(expected)


def _plain(text: str) -> str:
    """Equal for titles that people would read as the same: case, blanks and ways to write an accent do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
