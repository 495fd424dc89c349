"""Which lines of a letter are the writer's own?

Every line gets a label. Quote marks (RFC 3676 §4.5) and the marks of markers.py decide: what is quoted with ">" ends
where the ">" ends, so answers between and below stay; what a mark opens without ">" runs to the end of the letter.
Where the letter we sent is known, quotes_sent.py decides before all of this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from mailer.message.reading.markers import RULER, Mark, MarkKind, find_marks
from mailer.message.reading.markers_attribution import VERB
from mailer.message.reading.quotes_page import Page


class Label(Enum):
    """Whose line it is."""

    OWN = "own"
    QUOTED = "quoted"
    FORWARDED = "forwarded"
    MARK = "mark"  # attribution, header block, divider
    CLOSING = "closing"  # signature, footer, notice, banner


@dataclass(slots=True)
class Labelled:
    """A page and what each line is."""

    page: Page
    labels: list[Label]
    shortened: dict[int, str] = field(default_factory=dict)  # own words on a line that also holds something else
    prefix: dict[int, str] = field(default_factory=dict)  # quoted words before the writer's on the same line
    marked: bool = False  # a mark was found: the quote is certain
    forward: bool = False
    cut: int | None = None  # the line from which all is quoted without ">"


_DEBRIS = re.compile(r"\(?<?(?:https?://|www\.|mailto:)|\S*[=&/%_]\S*$")
_SAYS_FORWARD = frozenset({MarkKind.DIVIDER, MarkKind.HEADERS})


def label_lines(page: Page, *, subject: str = "", typed: bool = True) -> Labelled:
    """Labels from quote marks and marks alone; `typed` where no HTML block can stand behind a ">"."""
    result = Labelled(page, [Label.OWN] * len(page))
    marks = find_marks(page, subject=subject)
    line, forwarding, own_above = 0, False, False
    while line < len(page):
        mark = marks.get(line)
        if mark is not None and not (mark.kind is MarkKind.ABOVE_LINE and not own_above):
            forwarding = mark.forward or (forwarding and page.depth[line] > 0)
            line = _apply(result, mark)
            own_above = own_above or bool(mark.own)
            continue
        if page.depth[line] or _is_debris(page, line):
            result.labels[line] = Label.FORWARDED if forwarding else Label.QUOTED
        elif page.text[line]:
            forwarding, own_above = False, True
        line += 1
    if typed:
        _keep_lone_lines(result, marks)
    return result


def _apply(result: Labelled, mark: Mark) -> int:
    """Labels a mark and, where no ">" follows, all below it; gives the next line to look at."""
    page, labels = result.page, result.labels
    result.marked = True
    _take_rulers(result, mark.first)
    for line in range(mark.first, mark.last + 1):
        labels[line] = Label.MARK
    if mark.own:
        labels[mark.first] = Label.OWN
        result.shortened[mark.first] = mark.own
    result.forward = result.forward or (mark.forward and mark.kind in _SAYS_FORWARD)
    below = page.next_text(mark.last + 1)
    quoted = below < len(page) and page.depth[below] > page.depth[mark.first]
    if mark.kind is not MarkKind.ABOVE_LINE and (quoted or page.depth[mark.first]):
        return mark.last + 1
    result.cut = mark.first
    kind = Label.FORWARDED if mark.forward else Label.QUOTED
    labels[mark.last + 1 :] = [kind] * (len(page) - mark.last - 1)
    return len(page)


def _take_rulers(result: Labelled, first: int) -> None:
    """The line of dashes a program draws above its mark belongs to the mark."""
    above = result.page.previous_text(first - 1)
    if above >= 0 and result.labels[above] is Label.OWN and RULER.match(result.page.text[above][:200]):
        result.labels[above] = Label.MARK


def _is_debris(page: Page, line: int) -> bool:
    """A piece of a broken link between two quoted lines: its ">" was lost when the line was wrapped."""
    if not 0 < line < len(page) - 1 or not (page.depth[line - 1] and page.depth[line + 1]):
        return False
    text = page.words_at(line)
    return bool(text) and _DEBRIS.match(text) is not None


def _keep_lone_lines(result: Labelled, marks: dict[int, Mark]) -> None:
    """A single ">" line inside a paragraph, above any mark, is the writer's own ("> 5 km today")."""
    page = result.page
    end = min(marks, default=len(page))
    quoted = [line for line in range(end) if page.depth[line] and page.text[line]]
    if len(quoted) != 1 or VERB.search(page.words_at(quoted[0])):
        return
    line = quoted[0]
    beside = [page.text[near] for near in (line - 1, line + 1) if 0 <= near < end]
    if any(beside) or page.text[line][:1].isdigit():
        result.labels[line] = Label.OWN
