"""Which paragraphs did an office or a scanner add, above or below the writer's text?

Confidentiality notices, virus-scanner lines, mailing-list footers, and "this message comes from outside" banners.
Words alone would take a client's "this is confidential" for a notice: so a notice needs two different legal stems and
some length, stands at the end, and a banner stands at the very top.
"""

from __future__ import annotations

import re

from mailer.message.reading.tables.footers import LEGAL, OUTSIDE, SCANNED

_SHORTEST_NOTICE = 90  # characters
_LONGEST_BANNER = 420
_LOOK_BACK = 12  # closing paragraphs


def _stems(stems: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, set(stems)), key=len, reverse=True)), re.IGNORECASE)


_LEGAL, _SCANNED = _stems(LEGAL), _stems(SCANNED)
_BANNER = [_stems(group) for group in OUTSIDE]
_RULE = re.compile(r"[\s*]*[-_=*~#]{5,}[\s*]*$")
_LINK = re.compile(r"https?://|www\.|\S@\S")
_BRACKETED = re.compile(
    r"\W*\[?\s?(?:external|extern|externe|externo|esterno)\s?(?:e-?mail|sender)?\]?\W*$", re.IGNORECASE
)


def _paragraphs(lines: list[str], start: int, end: int) -> list[tuple[int, int]]:
    """Runs of lines with words; rulers stand alone."""
    found: list[tuple[int, int]] = []
    begun = -1
    for line in range(start, end):
        text = lines[line].strip()
        ruled = bool(text) and _RULE.match(text[:200]) is not None
        if begun >= 0 and (not text or ruled):
            found.append((begun, line))
            begun = -1
        if ruled:
            found.append((line, line + 1))
        elif text and begun < 0:
            begun = line
    return [*found, (begun, end)] if begun >= 0 else found


def notice_start(lines: list[str], *, start: int, end: int) -> int:
    """The first line of closing notices among lines[start:end], or `end`; never all of the text."""
    paragraphs = _paragraphs(lines, max(start, end - 200), end)
    cut = end
    for number in range(len(paragraphs) - 1, max(-1, len(paragraphs) - 1 - _LOOK_BACK), -1):
        first, last = paragraphs[number]
        if number == 0 and first <= start + 1 and not any(line.strip() for line in lines[start:first]):
            break
        text = " ".join(line.strip() for line in lines[first:last])[:4000]
        if _RULE.match(text[:200]):
            cut = first if _closes(lines, last, cut=cut, end=end) else cut
            continue
        if _is_notice(text):
            cut = first
        elif not _between_notices(paragraphs, number, lines):
            break
    return cut


def _closes(lines: list[str], last: int, *, cut: int, end: int) -> bool:
    """Whether a ruler opens nothing but notices: everything from it to `cut` is empty, or a list footer follows."""
    between = [text for line in range(last, cut) if (text := lines[line].strip())]
    if not between:
        return True
    below = [text for line in range(last, end) if (text := lines[line].strip())]
    return len(below) <= 6 and any(_SCANNED.search(text) for text in below)


def _between_notices(paragraphs: list[tuple[int, int]], number: int, lines: list[str]) -> bool:
    """Whether a paragraph may be passed over on the way up: short, under a ruler or with an address, no sentences."""
    first, last = paragraphs[number]
    text = " ".join(line.strip() for line in lines[first:last])
    return last - first <= 5 and len(text) <= 240 and bool(_LINK.search(text)) and number > 0


def _is_notice(text: str) -> bool:
    if _SCANNED.search(text) and len(text) < 400 and _LINK.search(text):
        return True
    if len(text) < _SHORTEST_NOTICE:
        return False
    return len({stem.group().lower() for stem in _LEGAL.finditer(text)}) >= 2


def banner_end(lines: list[str], *, start: int, end: int) -> int:
    """The line after an "external sender" banner at the top of lines[start:end], or `start`; never all of the text."""
    first = start
    while first < end and (not lines[first].strip() or _RULE.match(lines[first].strip()[:200])):
        first += 1
    last = first
    while last < end and last - first < 8 and lines[last].strip():
        last += 1
    text = " ".join(line.strip() for line in lines[first:last])
    if not any(line.strip() for line in lines[last : min(end, last + 50)]):
        return start
    if len(text) > _LONGEST_BANNER or not text:
        return start
    if _BRACKETED.match(text) or all(group.search(text) for group in _BANNER):
        while last < end and _RULE.match(lines[last].strip()[:200]):
            last += 1
        return last
    return start
