"""Where does the HTML part say that the quote begins?

Asked only when the text shows no mark: an attribution in a language no table knows, a header block without labels, a
quote that lost its ">" on the way to plain text. Programs wrap the quoted letter in elements of their own; the first
words of such an element are looked for in the text. One pass over the tags, no tree: time is linear in the HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from mailer.message.reading.quotes import Label, Labelled
from mailer.message.reading.quotes_page import INVISIBLE

_NAME = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})")
_QUOTE_NAMES = re.compile(
    r"[\"'\s=](?:gmail_quote_container|gmail_attr|gmail_extra|yahoo_quoted|yahoo-quoted|ydp[\w-]{0,40}yahoo_quoted"
    r"|OutlookMessageHeader|moz-cite-prefix|divRplyFwdMsg|appendonsend|mail-editor-reference-message-container"
    r"|protonmail_quote|tutanota_quote|zmail_extra|OLK_SRC_BODY_SECTION|stopSpelling|reply-intro|quote-pre"
    r"|hmmessage-quote|ms-outlook-mobile-reference-message|isForwardContent|history_container)",
    re.IGNORECASE,
)
_CITE = re.compile(r"type\s*=\s*[\"']?cite", re.IGNORECASE)
_CITES = re.compile(r"type\s*=\s*[\"']?cite|gmail_attr", re.IGNORECASE)
_OUTLOOK_RULE = re.compile(r"border-top:\s*(?:solid\s+)?#(?:b5c4df|e1e1e1)", re.IGNORECASE)
_SILENT = frozenset({"style", "script", "head", "title"})
_WORD = re.compile(r"[^\W_]+")
_PROBE = 8  # words of the quote looked for in the text
_LONGEST_ATTRIBUTES = 4000  # characters of one tag looked at
_LARGEST = 4_000_000  # characters of HTML looked at


def label_by_structure(labelled: Labelled, html: str) -> None:
    """Labels all from the quote's first words on as quoted, where the HTML holds a quote and the text shows it."""
    probe, before = _quote_probe(html[:_LARGEST])
    if len(probe) < 2 or not before:
        return
    page = labelled.page
    spots = [(word.lower(), line) for line, text in enumerate(page.text) for word in _WORD.findall(text[:5000])]
    words = [word for word, _ in spots]
    for at in range(min(before, len(words)), len(words) - len(probe) + 1):
        if words[at] == probe[0] and words[at : at + len(probe)] == probe:
            if at == 0 or spots[at - 1][1] == spots[at][1]:
                return
            labelled.cut = spots[at][1]
            labelled.marked = True
            for line in range(labelled.cut, len(page)):
                labelled.labels[line] = Label.QUOTED
            return


def is_indented(html: str) -> bool:
    """Whether the blockquotes are a writer's indentation: Gmail's own class, and nothing that cites a letter."""
    start = html.find("<blockquote")
    return start >= 0 and not _CITES.search(html) and "gmail_quote" in html[start : start + 200]


@dataclass(frozen=True, slots=True)
class _Tag:
    """One tag of the HTML, from `start` up to `end`; the name is "" for comments and declarations."""

    start: int
    end: int
    name: str = ""
    closes: bool = False
    attributes: str = ""


def _tags(html: str) -> Iterator[_Tag]:
    """Tags in order, each character looked at once: what is never closed ends the search."""
    start = html.find("<")
    while start >= 0:
        comment = html.startswith("<!--", start)
        end = html.find("-->" if comment else ">", start + 1)
        if end < 0:
            return
        end += 3 if comment else 1
        named = None if comment else _NAME.match(html, start + 1)
        if named is None:
            yield _Tag(start, end)
        else:
            attributes = html[named.end() : min(end - 1, named.end() + _LONGEST_ATTRIBUTES)]
            yield _Tag(start, end, named.group(2).lower(), bool(named.group(1)), attributes)
        start = html.find("<", end)


def _quote_probe(html: str) -> tuple[list[str], int]:
    """The first words of the first quoting element, and about how many words stand before it."""
    position, before, silent = 0, 0, ""
    probe: list[str] | None = None
    for tag in _tags(html):
        if not silent:
            words = _WORD.findall(INVISIBLE.sub("", unescape(html[position : tag.start])).lower())
            if probe is None:
                before += len(words)
            else:
                probe.extend(words)
                if len(probe) >= _PROBE:
                    return probe[:_PROBE], before
        position = tag.end
        if silent:
            silent = "" if tag.closes and tag.name == silent else silent
        elif tag.name in _SILENT and not tag.closes:
            silent = tag.name
        elif probe is None and not tag.closes and before and _quotes(tag):
            probe = []
    if probe is not None:
        probe.extend(_WORD.findall(unescape(html[position:]).lower()))
    return (probe or [])[:_PROBE], before


def _quotes(tag: _Tag) -> bool:
    """Whether an opening tag is one that mail programs put round a quoted letter."""
    if not tag.attributes:
        return False
    if tag.name == "blockquote" and _CITE.search(tag.attributes):
        return True
    return _QUOTE_NAMES.search(tag.attributes) is not None or _OUTLOOK_RULE.search(tag.attributes) is not None
