"""How does a digest look as plain text?

At most sixty columns, headings in capitals at the margin, everything else of a person indented, so that no line of a
client's letter can pass for a heading of the mail.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from mailer.digest.blocks import Answer, Asked, Block, Heading, Letter, Line, Named, Note, Opening, Quote, Who
from mailer.digest.phrases import Phrases

WIDTH = 60
_INDENT = "  "


def as_text(blocks: Iterable[Block], *, words: Phrases) -> str:
    """The blocks as lines, ending in a newline."""
    lines: list[str] = []
    previous: Block | None = None
    for block in blocks:
        if _breathes(block, after=previous):
            lines.append("")
        lines += _lines(block, words)
        previous = block
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _breathes(block: Block, *, after: Block | None) -> bool:
    """Whether an empty line stands before the block."""
    if isinstance(block, Heading):
        return True
    if isinstance(after, Heading):
        return False
    return isinstance(block, Who | Letter) or (isinstance(block, Line) and not isinstance(after, Line | Named))


def _lines(block: Block, words: Phrases) -> list[str]:  # noqa: PLR0911 - one line per kind of block
    match block:
        case Opening(lines=paragraphs):
            return [line for paragraph in paragraphs for line in _wrap(paragraph)]
        case Heading(text=text):
            return [text.upper()]
        case Who(name=name, facts=facts, lead=lead):
            return _wrap("  ".join(part for part in (lead, name, " · ".join(facts)) if part), hanging=True)
        case Named(name=name, text=text):
            return _wrap(f"{name}: {text}", hanging=True)
        case Line(text=text):
            return _wrap(text)
        case Asked(text=text, label=label):
            return _wrap(_labelled(label, text), indent=_INDENT)
        case Quote(text=text, label=label, cut=cut):
            return _wrap(_labelled(label, quoted(text, cut=cut, words=words)), indent=_INDENT, hanging=bool(label))
        case Note(text=text):
            return _wrap(text, indent=_INDENT)
        case Answer(label=label, address=address):
            return _wrap(f"{label}: {address}", indent=_INDENT)
        case Letter(text=text):
            return [line for each in text.split("\n") for line in (_wrap(each, indent=_INDENT) or [""])]


def quoted(text: str, *, cut: bool, words: Phrases) -> str:
    """Words of a client between the quotation marks of the coach's language, with an ellipsis where they are cut."""
    before, after = words.quotes
    return f"{before}{text}{' …' if cut else ''}{after}"


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if label else text


def _wrap(text: str, *, indent: str = "", hanging: bool = False) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + (_INDENT if hanging else ""),
        break_long_words=False,
        break_on_hyphens=False,
    )
