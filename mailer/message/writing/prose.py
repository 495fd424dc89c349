"""How a letter's Markdown becomes its two parts: plain text and the body of the HTML, with the same words.

CommonMark without raw HTML and without images. Both parts come from one list of tokens, so neither can say what the
other does not; only a link's address is written out in the text. Lines of text are at most 68 wide: a program that
quotes them with "> " twice over still leaves them whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailer.message.writing.sealed import BANNER, QUESTION, REPLY_LINE, fill, has_slot

WIDTH = 68

_CLASSES = {QUESTION: "question", REPLY_LINE: "reply", BANNER: "banner"}
_INDENT = {"question": "   "}  # under "1. "
_ALLOWED_LINK = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)

_markdown = MarkdownIt("commonmark", {"html": False})
# Both would change an address after it was checked; an address that the template writes is used as it stands.
_markdown.validateLink = lambda url: True  # type: ignore[method-assign]


class ProseTrouble(ValueError):
    """Markdown that a letter cannot carry; `line` counts from 1 in the source."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Lines of text that belong together."""

    content: str
    first: str = ""  # before the first line: "- "
    rest: str = ""  # before the others
    close: bool = False  # no empty line above
    as_written: bool = False  # code: its own lines, not wrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A converted source: HTML and text blocks, both still with slots for values."""

    html: str
    blocks: tuple[_Block, ...]

    def text(self, values: tuple[str, ...]) -> str:
        """The plain part, with its values, wrapped; ends in a line break."""
        lines: list[str] = []
        for block in self.blocks:
            if lines and not block.close:
                lines.append("")
            lines += _wrapped(block, fill(block.content, values))
        return "\n".join(lines) + "\n"


def convert(source: str) -> Prose:
    """Reads Markdown that holds slots in place of values; raises ProseTrouble."""
    tokens = _markdown.parse(source)
    for token in tokens:
        _refuse(token)
    _mark_paragraphs(tokens)
    blocks = tuple(_blocks(tokens))
    return Prose(html=_markdown.renderer.render(tokens, _markdown.options, {}), blocks=blocks)


def _refuse(token: Token) -> None:
    line = token.map[0] + 1 if token.map else 0
    for child in token.children or ():
        if child.type == "image":
            raise ProseTrouble(line, "pictures are not sent: they would tell that a letter was opened")
        if child.type == "link_open":
            address = str(child.attrs.get("href", ""))
            if has_slot(address) or "%F4%8" in address:
                raise ProseTrouble(line, "a link's address is written in the template; no value can be put into it")
            if not _ALLOWED_LINK.match(address):
                raise ProseTrouble(line, "a link begins with https:, mailto: or tel:")


def _mark_paragraphs(tokens: Sequence[Token]) -> None:
    """Gives the paragraphs of questions and the like their class, and takes the mark out."""
    for opening, inline in pairwise(tokens):
        mark = inline.content[:1]
        if opening.type == "paragraph_open" and mark in _CLASSES and inline.children:
            opening.attrSet("class", _CLASSES[mark])
            inline.children[0].content = inline.children[0].content.removeprefix(mark)


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    flow = _Flow()
    for at, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                flow.numbers.append(int(token.attrs.get("start", 1)) if token.type[0] == "o" else None)
            case "bullet_list_close" | "ordered_list_close":
                flow.numbers.pop()
                flow.tight = bool(flow.numbers)
            case "list_item_open":
                flow.enter(flow.marker())
            case "blockquote_open":
                flow.enter("  ")
            case "list_item_close" | "blockquote_close":
                if flow.first != flow.rest:  # an item with nothing in it: its mark is seen in HTML
                    yield flow.block("")
                flow.leave()
            case "inline":
                yield flow.paragraph(_inline(token.children or ()), tokens[at - 1])
            case "fence" | "code_block":
                yield flow.block(token.content.rstrip("\n"), indent="    ", as_written=True)
            case "hr":
                yield flow.block("* * *")


@dataclass(slots=True)
class _Flow:
    """Where the text stands while tokens go by: what comes before the next line, and in which list."""

    first: str = ""  # before the next block's first line
    rest: str = ""  # before all later ones
    outer: list[str] = field(default_factory=list)
    numbers: list[int | None] = field(default_factory=list)  # the next number of each list; None has bullets
    tight: bool = False  # the line above belongs to a list without empty lines

    def marker(self) -> str:
        number = self.numbers[-1]
        if number is None:
            return "- "
        self.numbers[-1] = number + 1
        return f"{number}. "

    def enter(self, marker: str) -> None:
        self.outer.append(self.rest)
        self.first += marker
        self.rest += " " * len(marker)

    def leave(self) -> None:
        self.rest = self.first = self.outer.pop()

    def paragraph(self, content: str, opening: Token) -> _Block:
        hanging = _INDENT.get(str(opening.attrs.get("class")), "")
        block = _Block(content=content, first=self.first, rest=self.rest + hanging, close=self.tight and opening.hidden)
        self.first, self.tight = self.rest, opening.hidden
        return block

    def block(self, content: str, *, indent: str = "", as_written: bool = False) -> _Block:
        block = _Block(content=content, first=self.first + indent, rest=self.rest + indent, as_written=as_written)
        self.first, self.tight = self.rest, False
        return block


def _inline(children: Sequence[Token]) -> str:
    text = ""
    label_from, address = 0, ""
    for child in children:
        match child.type:
            case "text" | "code_inline":
                text += child.content
            case "softbreak":
                text += " "
            case "hardbreak":
                text += "\n"
            case "link_open":
                label_from, address = len(text), str(child.attrs["href"])
            case "link_close":
                shown = address.removeprefix("mailto:").removeprefix("tel:")
                text += "" if text[label_from:] in (shown, address) else f" ({shown})"
    return text


def _wrapped(block: _Block, content: str) -> Iterator[str]:
    prefix = block.first
    for line in content.split("\n"):
        if block.as_written:
            yield prefix + line
            prefix = block.rest
            continue
        row = prefix
        filled = False
        for word in line.split():
            if filled and len(row) + 1 + len(word) > WIDTH:
                yield row
                row, filled = block.rest, False
            row += f" {word}" if filled else word
            filled = True
        yield row.rstrip()
        prefix = block.rest
