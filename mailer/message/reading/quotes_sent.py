"""Which lines are our own letter coming back?

We know what we sent, so no language or mail program can hide it. Both sides are reduced to words; a line is ours when
its words stand in our letter one after the other, in the order in which the letter runs. Wrapping, quote marks,
markup and links do not matter. Lines in between that are not ours are the client's answers, wherever they stand: under
Outlook's unmarked quotes, and even behind a ">" that the program went on writing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, pairwise

from mailer.message.reading.quotes import Label, Labelled
from mailer.message.reading.quotes_page import Page
from mailer.model.incoming import AskedLetter

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[^\W_]+")
_LINK = re.compile(r"<?(?:https?://|mailto:)[^\s<>]*>?|\[[^\]\n]{0,200}\]\(|[*_]+", re.IGNORECASE)
_RULE = re.compile(r"[-–—_=*~ ]+")
_LONGEST_SENT = 20_000  # words
_GAP = 16  # characters of ours that may be missing before a line: a number, a word or two
_MOST_LINES = 20_000  # a reply that quotes us does so before this
_LONGEST_LINE = 20_000  # characters


def words_of(text: str) -> list[str]:
    """Words in lower case, without links and markup."""
    marked = ":" in text or "[" in text or "*" in text or "_" in text
    return _WORD.findall((_LINK.sub(" ", text) if marked else text).lower())


@dataclass(frozen=True, slots=True)
class _Hit:
    """A line's words found in our letter: from `start` up to `end` of its run of words, `length` of them.

    `whole` where no word of the line is left over.
    """

    line: int
    start: int
    end: int
    length: int
    whole: bool


@dataclass(frozen=True, slots=True)
class _Sent:
    """Our letter and its questions as runs of words, each between blanks, so that whole words are searched for."""

    run: str
    words: int
    questions: tuple[str, ...]
    wordless: set[str]  # lines of signs alone, such as the "-- " above our foot


def _run(words: list[str]) -> str:
    return f" {' '.join(words)} "


def _prepare(asked: AskedLetter) -> _Sent:
    words = words_of(asked.text)[:_LONGEST_SENT]
    questions = tuple(_run(said) for question in asked.questions if (said := words_of(question.ask)))
    lines = {line.strip() for line in asked.text.splitlines()}
    return _Sent(_run(words), len(words), questions, {line for line in lines if line and not words_of(line)})


def label_by_sent(labelled: Labelled, asked: AskedLetter) -> float:
    """Labels lines by what we sent; gives the share of our letter found, 0.0 where it is not quoted."""
    sent = _prepare(asked)
    hits = _find(labelled, sent)
    found = sum(hit.length for hit in hits)
    share = min(1.0, found / max(1, sent.words))
    if found < 4 or (share < 0.15 and found < 12 and not _asks(hits, sent)):
        return 0.0
    _relabel(labelled, hits, share, wordless=sent.wordless)
    return share


def _asks(hits: list[_Hit], sent: _Sent) -> bool:
    """Whether one of the lines found is a whole question of ours, with or without its number."""
    spans = (sent.run[hit.start : hit.end + 1] for hit in hits)
    return any(question in span for span in spans for question in sent.questions)


def _find(labelled: Labelled, sent: _Sent) -> list[_Hit]:
    """Lines of the page that are lines of ours, in the order of both."""
    hits: list[_Hit] = []
    reached = 0
    for line, text in enumerate(labelled.page.text[:_MOST_LINES]):
        if not text or len(text) > _LONGEST_LINE:
            continue
        words = words_of(text)
        hit = _place(sent, line, words, reached=reached) if words else None
        if hit is not None:
            hits.append(hit)
            reached = hit.end
    return [hit for at, hit in enumerate(hits) if hit.length >= 3 or _is_near(labelled, hits, at)]


def _is_near(labelled: Labelled, hits: list[_Hit], at: int) -> bool:
    """Whether a line of one or two words stands in one quote with a longer one of ours: "Hello" is anyone's."""
    line = hits[at].line
    depth = labelled.page.depth
    if not depth[line] and labelled.page.text[line].strip(" .)").isdigit():
        return False
    for step in (-1, 1):
        near = at + step
        while 0 <= near < len(hits) and hits[near].length < 3:
            near += step
        if not 0 <= near < len(hits):
            continue
        other = hits[near].line
        between = labelled.labels[min(line, other) : max(line, other)]
        if depth[other] == depth[line] and abs(other - line) <= 6 and Label.MARK not in between:
            return True
    return False


def _place(sent: _Sent, line: int, words: list[str], *, reached: int) -> _Hit | None:
    """Where a line stands in our letter, not before what was already reached."""
    wanted = _run(words)
    few = len(words) < 3
    at = sent.run.find(wanted, reached, reached + len(wanted) + _GAP if few else len(sent.run))
    if at >= 0:
        return _Hit(line, at, at + len(wanted) - 1, len(words), whole=True)
    if few:
        return None
    at = sent.run.find(_run(words[:3]), reached)
    return _answered_question(sent, line, wanted, at) if at >= 0 else None


def _answered_question(sent: _Sent, line: int, wanted: str, at: int) -> _Hit | None:
    """A line that begins with our words up to the end of a question, and goes on with others: the answer."""
    for question in sent.questions:
        start = sent.run.find(question, max(0, at - len(question)))
        end = start + len(question)
        ours = sent.run[at:end] if start >= 0 and at < end - 1 else ""
        if ours and at >= start - _GAP and wanted.startswith(ours):
            return _Hit(line, at, end - 1, len(ours.split()), whole=False)
    return None


def _relabel(labelled: Labelled, hits: list[_Hit], share: float, *, wordless: set[str]) -> None:
    """Ours is quoted; all else from the first of our lines to the end is the client's unless something marks it."""
    page, labels = labelled.page, labelled.labels
    first, last = hits[0].line, hits[-1].line
    inside = {hit.line: hit for hit in hits}
    depth = max(page.depth[hit.line] for hit in hits)
    _quote_head(labelled, first)
    later_mark = _later_mark(labelled, last)
    for line in range(first, later_mark):
        hit = inside.get(line)
        if hit is not None:
            labels[line] = Label.QUOTED
            if not hit.whole:
                labels[line] = Label.OWN
                labelled.prefix[line], labelled.shortened[line] = _parted(page, hit)
        elif line < last and page.text[line].strip() in wordless:
            labels[line] = Label.QUOTED
        elif not page.depth[line]:
            if labels[line] is not Label.MARK:
                labels[line] = Label.OWN
        elif page.depth[line] <= depth and _is_answer(page, line, hits, share):
            labels[line] = Label.OWN
            labelled.shortened[line] = page.text[line]
    labelled.marked = True


def _later_mark(labelled: Labelled, last: int) -> int:
    """The first line below ours from which older letters are quoted, or the number of lines."""
    page = labelled.page
    for line in range(last + 1, len(page)):
        if labelled.labels[line] is Label.MARK and not page.depth[line]:
            return line
    return len(page)


def _quote_head(labelled: Labelled, first: int) -> None:
    """The lines between the mark and our first line are quoted; an unknown kind of mark right above is one."""
    page, labels = labelled.page, labelled.labels
    above = page.previous_text(first - 1)
    while above >= 0 and labels[above] in (Label.QUOTED, Label.FORWARDED):
        above = page.previous_text(above - 1)
    if above < 0 or labels[above] is Label.MARK:
        return
    top = above
    while top > 0 and page.text[top - 1] and above - top < 3 and labels[top - 1] is Label.OWN:
        top -= 1
    for line in range(above, top - 1, -1):
        if _heads(page.words_at(line)) and page.text[above][-1] in ":：>":
            for marked in range(line, above + 1):
                labels[marked] = Label.MARK


def _heads(text: str) -> bool:
    """Whether a line right above our letter looks like what a program writes there: an address, or digits of a date."""
    return "@" in text or len(re.findall(r"\d+", text)) >= 3


def _parted(page: Page, hit: _Hit) -> tuple[str, str]:
    """Our words at the start of a line, and what stands behind them."""
    text = page.text[hit.line]
    clean = _LINK.sub(lambda found: " " * len(found.group()), text)
    ours = next(islice(_WORD.finditer(clean), hit.length - 1, None), None)
    end = ours.end() if ours else 0
    return text[:end], text[end:].lstrip("?!.:;,)*_…？：。 \t-–—")


def _is_answer(page: Page, line: int, hits: list[_Hit], share: float) -> bool:
    """Whether a line behind ">" is the client's: our letter is quoted nearly whole round it, and it is no link.

    Nor is it a rule: the "-- " above our own foot has no words to be recognised by.
    """
    text = page.text[line]
    if share < 0.7 or not text or "://" in text or "@" in text or _RULE.fullmatch(text):
        return False
    lines = [hit.line for hit in hits]
    return any(above < line < below for above, below in pairwise(lines)) or lines[-1] < line <= lines[-1] + 8
