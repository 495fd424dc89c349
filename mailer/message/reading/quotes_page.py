"""How does a letter's text fall into lines, and how deeply is each quoted?

Sources: RFC 3676 §4.5 (quote depth), RFC 5322 §2.1.1 (lines). Met in the wild and undone here: an address broken
after "<" whose ">" then opens the next line, ">From" as mailbox files escape it, banners such as ">>> click here <<<",
and GroupWise, which frames its attribution the same way. Left out: "|" and "Name>" as quote marks; what stands below
an attribution is quoted without them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from quopri import decodestring

# Direction marks, joiners, byte order mark, soft hyphen: on the page, not in the words.
INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+")
_BLANK = re.compile("[\u00a0\u2000-\u200a\u202f\u3000]")
_PREFIX = re.compile(r"[ \t]*(?:>[ \t]?)+")
_CLOSES_ADDRESS = re.compile(r">[^<>@]{0,40}[:：]$")
_LEFT_ENCODED = re.compile(r"=(?:3D|20|[89A-F][0-9A-F])")  # quoted-printable that lost its header on the way
LONGEST_MARKER_LINE = 1000  # characters; a longer line is somebody's text, never a program's marker


@dataclass(slots=True)
class Page:
    """A text as parallel lists: the lines as they came, their quote depth, and their words without marks or padding."""

    raw: list[str]
    depth: list[int]
    text: list[str]

    def __len__(self) -> int:
        return len(self.raw)

    def next_text(self, line: int) -> int:
        """The first line from `line` on that has words; the number of lines where there is none."""
        while line < len(self.text) and not self.text[line]:
            line += 1
        return line

    def previous_text(self, line: int) -> int:
        """The last line up to `line` that has words; -1 where there is none."""
        while line >= 0 and not self.text[line]:
            line -= 1
        return line

    def words_at(self, line: int) -> str:
        """The words of a line where it is short enough to be a marker, else ""."""
        text = self.text[line]
        return text if len(text) <= LONGEST_MARKER_LINE else ""


def open_page(text: str) -> Page:
    """The lines of a text with their quote depth."""
    page = Page([], [], [])
    if text.count("=\n") > 1 and _LEFT_ENCODED.search(text):
        text = decodestring(text.encode()).decode("utf-8", "replace")
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        shown = _BLANK.sub(" ", INVISIBLE.sub("", raw)) if not raw.isascii() else raw
        words = shown.strip()
        depth = 0
        if words[:1] == ">" and not _is_own(page, shown, words):
            prefix = _PREFIX.match(shown)
            depth = prefix.group().count(">") if prefix else 0
            words = shown[prefix.end() :].strip() if prefix else words
        page.raw.append(raw)
        page.depth.append(depth)
        page.text.append(words)
    return page


def _is_own(page: Page, shown: str, words: str) -> bool:
    """Whether a line that opens with ">" is none the less no quote."""
    if (words.endswith(("<<", ">>>")) and words.strip("<> ")) or (
        shown.startswith(">From ") and not (page.depth and page.depth[-1])
    ):
        return True
    if not _CLOSES_ADDRESS.match(words[:60]) or len(words) > 60:
        return False
    above = page.previous_text(len(page.text) - 1)
    if above < 0 or page.depth[above]:
        return False
    tail = " ".join(page.text[max(0, above - 1) : above + 1])[-300:]
    return tail.count("<") > tail.count(">")
