"""Which lines at the end of a writer's text are a signature or a mobile footer, not words for the reader?

RFC 3676 §4.3: a line "-- " begins the signature. Many programs drop the blank, others write a dash of their own; so a
bare "--" only counts when what follows is short and no prose. A mobile footer needs both an opening ("Sent from") and
a device or program: "Sent from my desk" is a sentence. Names and closing words ("Warm wishes, Dana") stay: they are
the writer's own.
"""

from __future__ import annotations

import re

from mailer.message.reading.tables.footers import DEVICES, SENT_FROM

_DELIMITER = re.compile(r"(?:--|—|–)\s?$")
_RFC_DELIMITER = "-- "
_MOST_SIGNATURE_LINES = 12
_LONGEST_CONTACT_LINE = 100
_LONGEST_FOOTER = 160
_PROSE = re.compile(r"[.!?…]\s+[^\W\d_]{1,20}\s+[^\W\d_]+\s")
_OPENINGS = sorted({words for language in SENT_FROM.values() for words in language}, key=len, reverse=True)
_SENT = re.compile("|".join(map(re.escape, _OPENINGS)), re.IGNORECASE)
# A device's name may be inflected ("iPhonesta"); "pixels" is no device.
_DEVICE = re.compile(
    rf"(?<![a-zà-ɏа-я])(?:{'|'.join(sorted(map(re.escape, DEVICES), key=len, reverse=True))})(?!s(?![^\W_]))",
    re.IGNORECASE,
)
_FOOTER_START = re.compile(r"[\s*_>(\[\"“-]{0,4}")
_LINKED = re.compile(r"<?\(?https?://[^\s>)]*[>)]?", re.IGNORECASE)
_SENTENCE = re.compile(r"[,;?!]\s+[^\W\d_]+\s+[^\W\d_]+\s+[^\W\d_]+")


def is_mobile_footer(text: str) -> bool:
    """Whether a line is what a phone or program adds: "Sent from my iPhone", "Von meinem iPad gesendet"."""
    if len(text) > _LONGEST_FOOTER + 200:
        return False
    bare = _LINKED.sub("", text)
    if len(bare) > _LONGEST_FOOTER:
        return False
    sent = _SENT.search(bare)
    if sent is None:
        return False
    opens = _FOOTER_START.match(bare)
    starts = sent.start() <= (opens.end() if opens else 0)
    ends = sent.end() >= len(bare.rstrip(" .!*_>")) - 1
    if not (starts or ends or _DEVICE.match(bare.lstrip(" *_"))):
        return False
    return bool(_DEVICE.search(bare) or bare != text) and not _SENTENCE.search(bare) and len(bare.split()) <= 16


def signature_start(lines: list[str], *, start: int, end: int, alone: bool = True) -> int:
    """The first line of the signature among lines[start:end], or `end` where there is none.

    Where these lines are alone, the only ones the writer wrote, nothing is a signature that would leave no words.
    """
    first = start
    while first < end and not lines[first].strip():
        first += 1
    if not alone:
        first -= 1
    cut = end
    below = 0  # lines with words under the one looked at
    for line in range(end - 1, first, -1):
        text = lines[line].strip()
        if not text:
            continue
        if _DELIMITER.match(text):
            if _is_signature(lines, line, end=cut, strong=lines[line].endswith(_RFC_DELIMITER)):
                cut = line
            break
        below += 1
        if below > _MOST_SIGNATURE_LINES:
            break
    return _without_footers(lines, first, cut)


def _is_signature(lines: list[str], delimiter: int, *, end: int, strong: bool) -> bool:
    """Whether what stands under a delimiter is short enough and no prose."""
    below = [text for line in range(delimiter + 1, end) if (text := lines[line].strip())]
    if strong:
        return all(len(text) <= 4 * _LONGEST_CONTACT_LINE for text in below)
    return not any(len(text) > _LONGEST_CONTACT_LINE or _PROSE.search(text) for text in below)


def _without_footers(lines: list[str], first: int, end: int) -> int:
    """Steps up over mobile footers at the end of a text, and the blank lines above them."""
    while end > first:
        last = end - 1
        while last >= max(first, 0) and not lines[last].strip():
            last -= 1
        if last < max(first, 0) or not is_mobile_footer(lines[last].strip()):
            return end
        if last == first:
            return end
        end = last
    return end
