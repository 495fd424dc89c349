"""What did the client newly write?

Called with a parsed letter and, where it answers one, the letter we sent. In order of trust: the words of our own
letter (quotes_sent.py), quote marks and what programs write above a quote (quotes.py), the structure of the HTML part
(quotes_html.py). Then signatures, footers and notices go. In doubt the text stays and the confidence says so: a coach
who reads a line too many loses a second, one who misses a line may lose a client.
"""

from __future__ import annotations

from mailer.message.reading.quotes import Label, Labelled, label_lines
from mailer.message.reading.quotes_html import is_indented, label_by_structure
from mailer.message.reading.quotes_page import open_page
from mailer.message.reading.quotes_sent import label_by_sent
from mailer.message.reading.signature import signature_start
from mailer.message.reading.signature_footers import banner_end, notice_start
from mailer.model.incoming import AskedLetter, Letter, NewText, Passage

_CERTAIN, _MARKED, _PLAIN, _DOUBTFUL, _WHOLE = 0.99, 0.95, 0.9, 0.6, 0.3


def extract(letter: Letter, *, asked: AskedLetter | None = None) -> NewText:
    """The writer's new words, with the quoted lines right above each passage, and how sure that is.

    A letter that is nothing but a forward, or nothing but a quote nobody marked, is given whole at low confidence.
    """
    typed = "<blockquote" not in letter.html
    labelled = label_lines(open_page(letter.text), subject=letter.subject, typed=typed)
    matched = label_by_sent(labelled, asked) if asked is not None else 0.0
    if not labelled.marked and not matched and letter.html:
        if is_indented(letter.html):
            _take_back(labelled)
        label_by_structure(labelled, letter.html)
    _label_closings(labelled)
    passages = _passages(labelled)
    text = "\n\n".join(passage.text for passage in passages)
    forwarded = _joined(labelled, Label.FORWARDED)
    if not text and (forwarded or not _is_plainly_quote(labelled, matched)):
        whole = (letter.text if typed else "\n".join(labelled.page.text)).strip()
        return NewText(text=whole, passages=(Passage(text=whole),) if whole else (), confidence=_WHOLE,
                       forwarded=forwarded)  # fmt: skip
    return NewText(text=text, passages=passages, confidence=_confidence(labelled, letter, matched), forwarded=forwarded)


def _take_back(labelled: Labelled) -> None:
    """What stands behind ">" only because it was indented is the writer's own."""
    for line, depth in enumerate(labelled.page.depth):
        if depth and labelled.labels[line] is Label.QUOTED:
            labelled.labels[line] = Label.OWN
            labelled.shortened[line] = labelled.page.text[line]


def _is_plainly_quote(labelled: Labelled, matched: float) -> bool:
    """Whether a letter without new words is surely only a quote: ours, or quoted line by line below a mark."""
    page = labelled.page
    if matched > 0.5:
        return True
    first = page.next_text(0)
    if first == len(page) or labelled.cut is not None:
        return False
    return labelled.marked or page.text[first][-1:] in ":：" or labelled.labels[first] is Label.MARK


def _confidence(labelled: Labelled, letter: Letter, matched: float) -> float:
    if matched >= 0.5:
        return _CERTAIN
    if labelled.marked:
        return _MARKED
    if matched or any(labelled.page.depth):
        return 0.8
    return _PLAIN if not (letter.in_reply_to or letter.references) or not labelled.forward else _DOUBTFUL


def _label_closings(labelled: Labelled) -> None:
    """Takes banners off the top of the letter, and signatures and notices off the end of each run of own lines."""
    lines, labels = labelled.page.raw, labelled.labels
    runs = [(start, end) for start, end in _own_runs(labelled) if any(labelled.page.text[start:end])]
    for start, end in runs:
        top = banner_end(lines, start=start, end=end) if start == 0 else start
        cut = notice_start(lines, start=top, end=end)
        cut = signature_start(lines, start=top, end=cut, alone=len(runs) == 1)
        cut = min(cut, notice_start(lines, start=top, end=cut))
        for line in (*range(start, top), *range(cut, end)):
            labels[line] = Label.CLOSING


def _own_runs(labelled: Labelled) -> list[tuple[int, int]]:
    """Runs of own lines; a line that begins with quoted words begins a run."""
    runs: list[tuple[int, int]] = []
    begun = -1
    for line, label in enumerate(labelled.labels):
        own = label is Label.OWN
        if begun >= 0 and (not own or line in labelled.prefix):
            runs.append((begun, line))
            begun = -1
        if own and begun < 0:
            begun = line
    return [*runs, (begun, len(labelled.labels))] if begun >= 0 else runs


def _passages(labelled: Labelled) -> tuple[Passage, ...]:
    """Runs of own lines, each with the quoted run right above it."""
    page = labelled.page
    found: list[Passage] = []
    for start, end in _own_runs(labelled):
        text = "\n".join(labelled.shortened.get(line, page.raw[line]) for line in range(start, end)).strip("\n\r")
        if text.strip():
            found.append(Passage(text=text.rstrip(), quoted="\n".join(_quoted_above(labelled, start))))
    return tuple(found)


def _quoted_above(labelled: Labelled, line: int) -> list[str]:
    """The quoted lines between the passage at `line` and the own words before it, without quote marks."""
    page, labels = labelled.page, labelled.labels
    lines = [labelled.prefix[line]] if line in labelled.prefix else []
    line -= 1
    while line >= 0 and not (labels[line] is Label.OWN and page.text[line]):
        if labels[line] in (Label.QUOTED, Label.FORWARDED) and page.text[line]:
            lines.append(page.text[line])
        line -= 1
    return lines[::-1]


def _joined(labelled: Labelled, label: Label) -> str:
    page = labelled.page
    return "\n".join(
        page.text[line] if page.depth[line] else page.raw[line].rstrip()
        for line, kind in enumerate(labelled.labels)
        if kind is label
    ).strip()
