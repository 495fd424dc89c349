"""What would a person read in an HTML letter?

Paragraphs and line breaks as plain text has them, quotes (blockquote) as "> ", links with their target where the
text does not say it, images by name; no styles, scripts or comments. Own reader: a tree builder needs minutes for
200,000 nested <div>, and a letter is a stream, not a page. Each tag costs constant time; past MOST_TAGS tags are
only cut out.

Met in the wild: Gmail's indent button writes <blockquote> with "border:none" (no quote), Outlook writes each line as
a paragraph of class MsoNormal and a rule above the letter it answers, tags with ">" inside quotes, comments for Word
only. Left out: display:none (in doubt more text), the look of tables, right-to-left layout.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.message.reading.html_links import image_words, link_target

MOST_TAGS = 60_000

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:]*")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_WHOLE_TAG = re.compile(r"""<(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
_LONGEST_TAG = 4_000  # characters
_CRUDE_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_BLANKS = re.compile(r"[ \t\n\r\f\xa0]+")
_INVISIBLE = re.compile("[\u00ad\u034f\u200b\u2060\ufeff]+")

_SKIPPED = frozenset({"style", "script", "title", "noscript", "xml", "template", "object", "svg", "math"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr",
    "ul",
})  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "figure"})
_DEEPEST = 30  # quote marks in front of a line; nobody counts further
_RULE = "_" * 32  # how Outlook writes a rule in its own plain text


@dataclass(slots=True)
class _Tag:
    name: str
    attributes: str = ""
    closes: bool = False

    def attribute(self, wanted: str) -> str:
        """The value of an attribute, "" where there is none."""
        for match in _ATTRIBUTE.finditer(self.attributes[:_LONGEST_TAG]):
            if match.group(1).lower() == wanted:
                return html.unescape(match.group(2) or match.group(3) or match.group(4) or "")
        return ""


def html_to_text(source: str) -> str:
    """The readable text of an HTML document or fragment, without trailing blanks."""
    page = _Page()
    for piece in _pieces(_without_comments(source)):
        if isinstance(piece, str):
            page.add_text(piece)
        elif piece.closes:
            page.close(piece)
        else:
            page.open(piece)
    return page.finished()


def _without_comments(source: str) -> str:
    """Comments cut out; one without an end is no comment, or the rest of the letter would be lost."""
    end = source.rfind("-->")
    return source if end < 0 else _COMMENT.sub("", source[: end + 3]) + source[end + 3 :]


def _pieces(source: str) -> Iterator[str | _Tag]:
    """Text and tags in order; the content of styles and scripts is passed over."""
    lowered = source.lower() if len(source) == len(source.lower()) else source
    position = 0
    endless: set[str] = set()
    for _ in range(MOST_TAGS):
        at = source.find("<", position)
        end = source.find(">", at) if at >= 0 else -1
        if end < 0:
            break
        name = _TAG_NAME.match(source, at + 1)
        if name is None and source[at + 1 : at + 2] not in ("!", "?"):
            yield source[position : at + 1]
            position = at + 1
            continue
        if at > position:
            yield source[position:at]
        end = _tag_end(source, at, end)
        position = end + 1
        if name is not None:
            tag = _tag(name.group().lower(), source[name.end() : end])
            if tag.name in _SKIPPED and not tag.closes and tag.name not in endless:
                position = _past_skipped(lowered, tag, position, endless=endless)
            yield tag
    yield _CRUDE_TAG.sub(" ", source[position:])


def _tag_end(source: str, start: int, end: int) -> int:
    """The ">" that ends a tag, not one inside a quoted attribute; quotes that never close are ignored."""
    if source.count('"', start, end) % 2 == 0 and source.count("'", start, end) % 2 == 0:
        return end
    whole = _WHOLE_TAG.match(source, start, start + _LONGEST_TAG)
    return whole.end() - 1 if whole is not None else end


def _tag(name: str, attributes: str) -> _Tag:
    return _Tag(name[1:], closes=True) if name[0] == "/" else _Tag(name, attributes)


def _past_skipped(lowered: str, tag: _Tag, position: int, *, endless: set[str]) -> int:
    """Past the end of an element nobody reads; where the end is missing only the tag itself is skipped."""
    if tag.attributes.endswith("/"):
        return position
    end = lowered.find(f"</{tag.name}", position)
    if end < 0:
        endless.add(tag.name)  # not looked for again: a letter may open a style a million times
        return position
    return end


@dataclass(slots=True)
class _Page:
    """The lines so far, and the line being written."""

    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    quotes: list[bool] = field(default_factory=list)  # open blockquotes; False: an indentation
    lists: list[int] = field(default_factory=list)  # open lists: the next number, or -1 for bullets
    depth: int = 0  # how many open blockquotes are quotes
    link: tuple[str, int] = ("", 0)  # target of the open link, and where its words begin
    preformatted: int = 0
    gap: bool = False  # a blank line is due before the next words
    starts_blank: bool = True
    keeps_blank: bool = False  # the line holds a hard blank: editors write one to keep an empty line open

    def add_text(self, source: str) -> None:
        text = html.unescape(source) if "&" in source else source
        if not text.isascii():
            text = _INVISIBLE.sub("", text)
        if self.preformatted:
            first, *others = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")
            self._put(first)
            for line in others:
                self.end_line(even_empty=True)
                self._put(line)
            return
        self.keeps_blank = self.keeps_blank or "\xa0" in text
        text = _BLANKS.sub(" ", text)
        if self.starts_blank:
            text = text.lstrip(" ")
        self._put(text)

    def _put(self, text: str) -> None:
        if text:
            self.words.append(text)
            self.starts_blank = text[-1] == " "

    def end_line(self, *, even_empty: bool = False) -> None:
        """Writes the line; an empty one only where a break asked for it."""
        text = "".join(self.words).rstrip() if self.words else ""
        even_empty = even_empty or self.keeps_blank
        self.words, self.starts_blank, self.keeps_blank = [], True, False
        if not text and not even_empty:
            return
        mark = ">" * min(self.depth, _DEEPEST) + " " if self.depth else ""
        if self.gap and self.lines and self.lines[-1].strip("> "):
            last = self.lines[-1]
            self.lines.append(">" * min(len(last) - len(last.lstrip(">")), self.depth))
        self.gap = False
        self.lines.append((mark + text).rstrip())

    def open(self, tag: _Tag) -> None:
        name = tag.name
        if name in _BLOCKS:
            self._begin_block(tag)
        if name == "br":
            self.end_line(even_empty=True)
        elif name == "blockquote":
            self.quotes.append(not _is_indentation(tag))
            self.depth += self.quotes[-1]
        elif name in ("ul", "ol", "dir", "menu"):
            self.lists.append(1 if name == "ol" else -1)
        elif name == "li":
            self._put(self._bullet())
            self.starts_blank = True
        elif name == "pre":
            self.preformatted += 1
        elif name == "hr":
            self._put(_RULE)
            self.end_line()
        elif name == "a":
            self.link = (link_target(tag.attribute("href")), len(self.words))
        elif name == "img":
            self._put(image_words(tag.attribute))
        elif name in ("td", "th") and not self.starts_blank:
            self._put(" ")

    def close(self, tag: _Tag) -> None:
        name = tag.name
        if name in _BLOCKS:
            self.end_line()
            self.gap = self.gap or name in _SPACED
        if name == "blockquote" and self.quotes:
            self.depth -= self.quotes.pop()
        elif name in ("ul", "ol", "dir", "menu") and self.lists:
            self.lists.pop()
        elif name == "pre" and self.preformatted:
            self.preformatted -= 1
        elif name == "a" and self.link[0]:
            self._close_link()

    def _begin_block(self, tag: _Tag) -> None:
        self.end_line()
        if tag.name in _SPACED and not (tag.name == "p" and "mso" in tag.attributes.lower()) and len(self.lists) < 1:
            self.gap = True

    def _bullet(self) -> str:
        indent = "  " * min(max(len(self.lists) - 1, 0), 8)
        if not self.lists or self.lists[-1] < 0:
            return f"{indent}- "
        self.lists[-1] += 1
        return f"{indent}{self.lists[-1] - 1}. "

    def _close_link(self) -> None:
        target, begun = self.link
        self.link = ("", 0)
        said = "".join(self.words[begun:]).strip()
        if target and said and target.removeprefix("mailto:").rstrip("/") not in said and said not in target:
            self._put(f" <{target}>")

    def finished(self) -> str:
        """The whole text: no blank lines at its ends, never two in a row."""
        self.end_line()
        kept: list[str] = []
        for line in self.lines:
            if line.strip("> ") or (kept and kept[-1].strip("> ")):
                kept.append(line)
        while kept and not kept[-1].strip("> "):
            kept.pop()
        return "\n".join(kept)


def _is_indentation(tag: _Tag) -> bool:
    """Whether a blockquote only moves its text to the right."""
    style = tag.attribute("style").replace(" ", "").lower()
    return "border:none" in style and "cite" not in tag.attributes and "gmail_quote" not in tag.attributes
