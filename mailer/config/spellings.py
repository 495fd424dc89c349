"""How is a value written that is text and means more? Ids, times, lengths, addresses, zones.

Each is checked, answered with the right spelling, and stays text, so that defaults read as they are written in the
file. The pattern beside it is for editors, which check while a person types; it refuses nothing the program takes.
"""

from __future__ import annotations

import re
from typing import Annotated

from mailer.addresses import valid_address
from mailer.durations import LENGTH_PATTERN, parse_duration
from mailer.schedule.whose_event import valid_rule
from mailer.tomlfile import AfterValidator, Spelling
from mailer.zones import valid_zone


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", text):
        plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]
        hint = f', such as "{plain}"' if plain else ""
        raise ValueError(f"an id is up to 40 small letters, digits and hyphens{hint}")
    return text


def _clock(text: str) -> str:
    match = re.fullmatch(r"\s*([0-9]{1,2})[:.]([0-9]{2})\s*(?:([ap])\.?m\.?)?\s*", text, re.IGNORECASE)
    if match is None or int(match[2]) > 59 or int(match[1]) > (12 if match[3] else 23):
        raise ValueError(f'"{text[:20]}" is not a time of day; write HH:MM, such as "07:00"')
    hour = int(match[1])
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    right = f"{hour:02d}:{match[2]}"
    if text != right:
        raise ValueError(f'write the time as HH:MM: "{right}"')
    return text


def _length(text: str) -> str:
    if not parse_duration(text):
        raise ValueError("must be longer than nothing")
    return text


def _line(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    if not text.isprintable():
        raise ValueError("must be one line without invisible characters")
    return text


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise ValueError('a language is its code of two or three small letters, such as "en" or "de"')
    return text


Slug = Annotated[str, AfterValidator(_slug), Spelling(r"^[a-z0-9][a-z0-9-]{0,39}$")]
Clock = Annotated[str, AfterValidator(_clock), Spelling(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "07:00", "18:30")]
Length = Annotated[str, AfterValidator(_length), Spelling(LENGTH_PATTERN, "20 minutes", "6 hours", "2 days")]
Line = Annotated[str, AfterValidator(_line), Spelling(r"\S")]
Language = Annotated[str, AfterValidator(_language), Spelling(r"^[a-z]{2,3}$", "en", "de")]
Zone = Annotated[str, AfterValidator(valid_zone), Spelling(r"^([A-Za-z_]+(/[A-Za-z0-9_+-]+)+|UTC)$", "Europe/Berlin")]
MailAddress = Annotated[str, AfterValidator(valid_address), Spelling(r"^[^@\s<>]+@[^@\s<>]+$", "petra@example.org")]
TitleRule = Annotated[str, AfterValidator(valid_rule), Spelling(r"\{(name|first_name|client)\}", "Coaching {name}")]
