"""Where in a letter does somebody else's letter begin?

Three kinds of mark: an attribution ("On ... wrote:"), a header block (From, Sent, To, Subject), and a divider or
announcement ("-----Original Message-----", "Begin forwarded message:", "please reply above this line"). None is
standardised; each is recognised by its build rather than by one program's wording.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from mailer.message.reading.markers_attribution import Attribution, find_attributions
from mailer.message.reading.markers_headers import ROLES, header_block, label_of
from mailer.message.reading.quotes_page import Page
from mailer.message.reading.signature import is_mobile_footer
from mailer.message.reading.tables.markers import ABOVE, FORWARD_SUBJECTS, FORWARDED, LINE, MESSAGE, ORIGINAL, REPLY


class MarkKind(Enum):
    """What shows that a quote begins."""

    ATTRIBUTION = auto()
    HEADERS = auto()
    DIVIDER = auto()
    ABOVE_LINE = auto()  # "please reply above this line": all below is not read


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines `first` to `last`; `own` is the writer's text before the mark on its first line."""

    first: int
    last: int
    kind: MarkKind
    forward: bool = False
    own: str = ""


def _any_of(stems: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, set(stems)), key=len, reverse=True)), re.IGNORECASE)


_MESSAGE, _ORIGINAL, _FORWARDED = map(_any_of, (MESSAGE, ORIGINAL, FORWARDED))
_ABOVE_LINE = [_any_of(stems) for stems in (REPLY, ABOVE, LINE)]
_BETWEEN_RULES = re.compile(r"[*_>\s]{0,4}[-_=~—–]{3,}\s{0,3}([^-_=~—–]{4,60}(?:-[^-_=~—–]{3,40})?)\s{0,3}[-_=~—–]{2,}")
RULER = re.compile(r"[\s*]*[-_=~—–*]{3,}[\s*]*$")
_FENCED = re.compile(r"\W{0,6}(?:-|#|—|=|\*|_)")
_SUBJECT_PREFIX = re.compile(r"\s*([^\s:：\[]{1,12})\s?[:：]")


def says_forward(subject: str) -> bool:
    """Whether a subject announces a forward: "Fwd:", "WG:", "TR:" and so on."""
    prefix = _SUBJECT_PREFIX.match(subject)
    return bool(prefix) and prefix is not None and prefix.group(1).lower() in FORWARD_SUBJECTS


def find_marks(page: Page, *, subject: str = "") -> dict[int, Mark]:
    """Marks by their first line. Weak attributions stand only below a mobile footer or above another mark."""
    attributions = find_attributions(page)
    forward = says_forward(subject)
    marks: dict[int, Mark] = {}
    for line, text in enumerate(page.text):
        if not text or len(text) > 1000:
            continue
        mark = _divider(page, line, text) or _announcement(page, line, text)
        if mark is None and (last := header_block(page, line)) is not None:
            mark = Mark(line, last, MarkKind.HEADERS, forward=forward)
        if mark is not None:
            marks[line] = mark
    for first, hit in attributions.items():
        if first not in marks and (not hit.weak or _has_company(page, hit, marks)):
            marks[first] = Mark(first, hit.last, MarkKind.ATTRIBUTION, own=hit.own)
    return marks


def _has_company(page: Page, hit: Attribution, marks: dict[int, Mark]) -> bool:
    above, below = page.previous_text(hit.first - 1), page.next_text(hit.last + 1)
    dashed = page.text[hit.first].startswith("--") and page.text[hit.last].endswith("--")
    return dashed or below in marks or (above >= 0 and is_mobile_footer(page.text[above]))


def _divider(page: Page, line: int, text: str) -> Mark | None:
    """A line of dashes with "original message", "forwarded message" or "reply above this line" between them."""
    if not _FENCED.match(text):
        return None
    if len(text) < 120 and text[-1] in "-#=*—_" and all(stems.search(text) for stems in _ABOVE_LINE):
        return Mark(line, line, MarkKind.ABOVE_LINE)
    found = _BETWEEN_RULES.match(text)
    if found is None or not _MESSAGE.search(found.group(1)) or len(found.group(1).split()) > 6:
        return None
    forward = _FORWARDED.search(found.group(1)) is not None
    below = page.next_text(line + 1)
    labelled = below < len(page) and label_of(page.words_at(below))[0] in ROLES
    if forward or labelled or _ORIGINAL.search(found.group(1)):
        return Mark(line, line, MarkKind.DIVIDER, forward=forward)
    return None


def _announcement(page: Page, line: int, text: str) -> Mark | None:
    """A line such as "Begin forwarded message:" with headers or a quote right below."""
    if text[-1] not in ":：" or len(text) > 80 or len(text.split()) > 7:
        return None
    below = page.next_text(line + 1)
    if below >= len(page) or not _FORWARDED.search(text) or not _MESSAGE.search(text):
        return None
    if page.depth[below] > page.depth[line] or label_of(page.words_at(below))[0] in ROLES:
        return Mark(line, line, MarkKind.DIVIDER, forward=True)
    return None
