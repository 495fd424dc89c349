"""Does the header block that Outlook and others put above a quote begin here?

    From: Petra Vogl <coach@example.org>
    Sent: Friday, 5 March 2027 08:30
    To: Dana Reis
    Subject: Your week

In some forty languages, bold with asterisks, wrapped, double-spaced or run together on one line. Two roles with an
address, or three with an address or a date, make a block: "From: now on I will" has neither.
"""

from __future__ import annotations

import re
from typing import Final

from mailer.message.reading.markers_attribution import ADDRESS, DATE, TIME
from mailer.message.reading.quotes_page import Page
from mailer.message.reading.tables.headers import HEADERS


def _roles() -> dict[str, frozenset[str]]:
    roles: dict[str, set[str]] = {}
    for language in HEADERS.values():
        for role, labels in language.items():
            for label in labels:
                roles.setdefault(label, set()).add(role)
    return {label: frozenset(kinds) for label, kinds in roles.items()}


ROLES: Final = _roles()
_LINE = re.compile(r"[*_]{0,2}([^:：*\n]{1,26}?)[*_]{0,2}[ \t]{0,3}[*_]{0,2}[:：][ \t]*[*_]{0,2}[ \t]*(.*)$", re.DOTALL)
_LABELS = "|".join(sorted((re.escape(label) for label in ROLES), key=len, reverse=True))
_INLINE = re.compile(rf"(?<![^\W_])[*_]{{0,2}}({_LABELS})[*_]{{0,2}}\s?[:：]", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}|\d{1,2}[./]\d{1,2}[./]\d{2}")
_OPENING: Final = frozenset({"from", "date", "to", "subject"})
_LONGEST_BLOCK = 16  # lines, blank and wrapped ones included
_MOST_STRAY = 3  # lines between two labels: a wrapped list of recipients, a long subject


def label_of(text: str) -> tuple[str, str]:
    """Label (lower case) and value of a "Label: value" line; ("", "") where it is none."""
    if ":" not in text[:34] and "：" not in text[:34]:
        return "", ""
    found = _LINE.match(text)
    return (" ".join(found.group(1).lower().split()), found.group(2)) if found else ("", "")


def header_block(page: Page, first: int) -> int | None:
    """The last line of the header block that begins on `first`, or None."""
    label, value = label_of(page.words_at(first))
    if not ROLES.get(label, frozenset()) & _OPENING:
        return None
    depth = page.depth[first]
    seen: list[tuple[frozenset[str], str]] = [(ROLES[label], value)]
    last, stray = first, 0
    for line in range(first + 1, min(first + _LONGEST_BLOCK, len(page))):
        text = page.words_at(line)
        if not text:
            if page.text[line] or (line + 1 < len(page) and not page.text[line + 1]):
                break
            continue
        if page.depth[line] != depth:
            break
        label, value = label_of(text)
        roles = ROLES.get(label)
        if roles is None:
            stray += 1
            if stray > _MOST_STRAY or not page.text[line - 1]:
                break
            continue
        if "from" in roles and any("from" in earlier for earlier, _ in seen):
            break
        seen.append((roles, value))
        last, stray = line, 0
    if len(seen) == 1:
        return first if _run_together(page.text[first]) else None
    return last if _is_block(seen) else None


def _run_together(text: str) -> bool:
    """Whether one line holds a whole block, as flattened HTML leaves it."""
    spots = list(_INLINE.finditer(text))
    ends = [spot.start() for spot in spots[1:]] + [len(text)]
    seen = [(ROLES[spot.group(1).lower()], text[spot.end() : end]) for spot, end in zip(spots, ends, strict=True)]
    return len(seen) > 1 and _is_block(seen)


def _is_block(seen: list[tuple[frozenset[str], str]]) -> bool:
    """Whether labels and values together prove a program wrote them."""
    kinds = {role for roles, _ in seen for role in roles if role != "other"}
    distinct = {frozenset(roles - {"other"}) for roles, _ in seen} - {frozenset()}
    if "from" not in kinds or len(distinct) < 2:
        return False
    address = any(roles & {"from", "to", "cc"} and ADDRESS.search(value[:300]) for roles, value in seen)
    dated = any("date" in roles and _YEAR.search(value[:100]) for roles, value in seen)
    if len(distinct) == 2:
        return address or (dated and any(TIME.search(value[:100]) and DATE.search(value[:100]) for _, value in seen))
    return address or dated or len(distinct) >= 4
