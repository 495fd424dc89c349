"""Is a day a public holiday where a client lives? The one home of the package `holidays`.

Countries are ISO 3166-1 codes ("DE"), regions with holidays of their own ISO 3166-2 codes ("DE-BY"). A country or
region that the package does not know has no holidays here; `knows` tells an operator beforehand.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


def public_holiday(country: str, day: date) -> str:
    """The holiday's English name; "" on other days."""
    return _of(country.upper(), day.year).get(day, "")


def knows(country: str) -> bool:
    """Whether the holidays of that country or region are known."""
    land, _, region = country.upper().partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    return land in known and (not region or region in known[land])


@lru_cache(maxsize=512)
def _of(country: str, year: int) -> dict[date, str]:
    land, _, region = country.partition("-")
    if not knows(land):
        return {}
    found = holidays.country_holidays(land, subdiv=region if knows(country) and region else None, years=year)
    english = {one for one in found.supported_languages if one.startswith("en")}
    language = "en_US" if "en_US" in english else min(english, default=None)
    if language is not None:
        found = holidays.country_holidays(
            land, subdiv=region if knows(country) and region else None, years=year, language=language
        )
    return {day: name for day, name in found.items() if day.year == year}
