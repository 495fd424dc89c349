"""Is this a country? Codes are ISO 3166-1 alpha-2; the tz database keeps the list of them, with English names."""

from __future__ import annotations

import difflib
import re
from functools import cache
from importlib.resources import files

_OTHERS = {  # what people call them that the list does not
    **dict.fromkeys(("england", "scotland", "wales", "great britain", "united kingdom"), "GB"),
    **dict.fromkeys(("usa", "america"), "US"),
    "deutschland": "DE",
    "österreich": "AT",
    "schweiz": "CH",
    "holland": "NL",
}


def is_country(code: str) -> bool:
    """Whether a code in any capitals is a country's, or a region's of one: "PT", "de-by"."""
    country, dash, region = code.upper().partition("-")
    return country in _names() and (not dash or re.fullmatch(r"[A-Z0-9]{1,3}", region) is not None)


def country_meant(text: str) -> str | None:
    """The code a person probably meant by a name or an abbreviation; None where there is no telling."""
    wanted = text.strip().lower()
    by_name = {name.lower(): code for code, name in _names().items()} | _OTHERS
    inside = [code for code, name in _names().items() if wanted and wanted in re.findall(r"\w+", name.lower())]
    near = difflib.get_close_matches(wanted, by_name, n=1, cutoff=0.8)
    if near:
        return by_name[near[0]]
    return inside[0] if inside and not is_country(text) else None


@cache
def _names() -> dict[str, str]:
    lines = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return {code: name for code, _, name in rows}
