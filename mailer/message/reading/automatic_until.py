"""Until which day does an out-of-office notice say its writer is away?

A day behind a word for "until" or "back on", in the notations of the languages the program writes and a few more. It
is the day as stated: the last day away in one letter, the day of return in another; a day more or less of patience
does no harm. A day whose order cannot be told (3/4 in English) is left out, a year that is missing is the one that
makes the day the next to come.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from mailer.message.reading.phrases import phrases

_READ = 3_000  # characters
_LATEST = timedelta(days=550)  # parental leave; beyond it the day was misread

_MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "january jan januar janvier janv enero ene gennaio gen janeiro januari tammikuu jänner",
        "february feb februar février févr febrero febbraio febbr fevereiro fev februari helmikuu",
        "march mar märz mrz mars marzo março maart mrt marts maaliskuu",
        "april apr avril avr abril abr aprile huhtikuu",
        "may mai mayo maggio mag maio mei maj toukokuu",
        "june jun juni juin junio giugno giu junho kesäkuu",
        "july jul juli juillet juil julio luglio lug julho heinäkuu",
        "august aug août agosto ago augustus augusti elokuu",
        "september sep sept septembre septiembre settembre set setembro syyskuu",
        "october oct oktober okt octobre octubre ottobre ott outubro out lokakuu",
        "november nov novembre noviembre novembro marraskuu",
        "december dec dezember dez décembre déc diciembre dic dicembre dezembro joulukuu desember des",
    ),
    start=1,
):
    _MONTHS.update(dict.fromkeys(_names.split(), _number))

_UNTIL = phrases(
    """until; till; til; through; thru; back; back on; back in the office on; return on; returning on
    returning to the office on; returning; return to the office on; return from; as of; from; available again on""",
    """bis; bis zum; bis einschließlich; bis und mit; wieder ab; wieder am; wieder ab dem; zurück am; zurück ab
    erreichbar ab; ab dem; ab; im büro ab; jusqu au; jusqu à; jusqu; de retour le; de retour; à partir du; dès le
    hasta; hasta el; de vuelta el; a partir del; fino al; fino a; rientrerò il; rientro il; di nuovo dal; tot
    tot en met; t m; terug op; vanaf; weer bereikbaar op; até; até ao; até o; até dia; de volta em; till och med
    tillbaka den; til og med; tilbake; tilbage; do dnia; do; asti""",
    """до; по""",
)
_BETWEEN = re.compile(
    r"[\s:,.]*(?:(?:and including|including|inclusive|and with|el|il|le|den|dem|de|the|on|am|dia|day)\s+)?"
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lu|ma|me|je|ve|lun|mar|mié|jue|vie|mer|gio|ven|seg|ter|qua|qui|sex"
    r"|\w{3,10}(?:day|tag|dag|di|feira)|mittwoch|lunes|martes|miércoles|jueves|viernes|luned\w|marted\w|mercoled\w|gioved\w|venerd\w"
    r"|segunda|terça|quarta|quinta|sexta)\b[.,]*\s*)?(?:(?:el|il|le|den|dem|de|the|am)\s+)?"
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\b")
_NUMBERS = re.compile(r"(\d{1,2})([./-])[ ]?(\d{1,2})(?:\2[ ]?(\d{4}|\d{2})\b|\2?(?=[\s,;!)]|$|\.))")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|\u00ba|:?e)?[ ]+(?:of |de |d')?([^\W\d_]{3,12})\.?(?:,?[ ]+(?:de |del )?(\d{4}))?"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?[ ]+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?[ ]+(\d{4}))?")


def away_until(text: str, *, written: date | None) -> date | None:
    """The last such day in the opening of a notice; `written` is the day the notice was made."""
    found: list[date] = []
    said = text[:_READ].lower()
    for match in _UNTIL.finditer(said):
        between = _BETWEEN.match(said, match.end())
        day = _day_at(said, between.end() if between is not None else match.end(), written)
        if day is not None and (written is None or written - timedelta(days=1) <= day <= written + _LATEST):
            found.append(day)
    return max(found) if found else None


def _day_at(text: str, position: int, written: date | None) -> date | None:
    iso = _ISO.match(text, position)
    if iso is not None:
        return _made(int(iso.group(1)), int(iso.group(2)), int(iso.group(3)))
    numbers = _NUMBERS.match(text, position)
    if numbers is not None:
        return _from_numbers(*numbers.groups(), written=written)
    named = _DAY_MONTH.match(text, position)
    if named is not None and named.group(2).lower() in _MONTHS:
        return _dated(int(named.group(1)), _MONTHS[named.group(2).lower()], named.group(3), written)
    named = _MONTH_DAY.match(text, position)
    if named is not None and named.group(1).lower() in _MONTHS:
        return _dated(int(named.group(2)), _MONTHS[named.group(1).lower()], named.group(3), written)
    return None


def _from_numbers(first: str, separator: str, second: str, year: str | None, *, written: date | None) -> date | None:
    """15.03. is a day and a month everywhere; 3/15 and 15/3 tell themselves; 3/4 does not."""
    day, month = int(first), int(second)
    if separator != ".":
        if day <= 12 and month <= 12 and day != month:
            return None
        if month > 12:
            day, month = month, day
    return _dated(day, month, year, written)


def _dated(day: int, month: int, year: str | None, written: date | None) -> date | None:
    if year is not None:
        return _made(int(year) + (2000 if len(year) == 2 else 0), month, day)
    if written is None:
        return None
    this = _made(written.year, month, day)
    return this if this is not None and this >= written - timedelta(days=1) else _made(written.year + 1, month, day)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
