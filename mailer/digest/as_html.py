"""How does a digest look as HTML?

Made for a phone of 375 points first. Every style stands on its element, as many mail programs drop style sheets; the
one sheet there is holds the dark colours. No image, no link to anywhere but an answer, nothing loaded. A table only for
Outlook, which knows no max-width. Every block that may hold a client's words has dir="auto" of its own, so a letter in
Arabic keeps its direction and cannot change its neighbours'.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from mailer.digest.as_text import quoted
from mailer.digest.blocks import Answer, Asked, Block, Heading, Letter, Line, Named, Note, Opening, Quote, Who
from mailer.digest.html_page import STYLES, page
from mailer.digest.phrases import Phrases

_BARS = "▁▂▃▄▅▆▇█"


def as_html(blocks: Iterable[Block], *, title: str, words: Phrases) -> str:
    """The blocks as one page, complete and self-contained."""
    found: list[str] = []
    previous: Block | None = None
    for block in blocks:
        found.append(_element(block, words, first=isinstance(previous, Heading)))
        previous = block
    return page("\n".join(found), title=escape(title), language=words.code)


def _element(block: Block, words: Phrases, *, first: bool) -> str:  # noqa: PLR0911 - one line per kind of block
    match block:
        case Opening(lines=lines):
            return "\n".join(_tag("p", "opening", escape(line)) for line in lines)
        case Heading(text=text):
            return _tag("h2", "heading", escape(text))
        case Who():
            return _tag("p", "who-first" if first else "who", _who(block), auto=True)
        case Named(name=name, text=text):
            return _tag("p", "line", f"<b><bdi>{escape(name)}</bdi></b>: {escape(text)}", auto=True)
        case Line(text=text):
            return _tag("p", "line", escape(text), auto=True)
        case Asked(text=text, label=label):
            return _tag("p", "asked", escape(f"{label}: {text}" if label else text), auto=True)
        case Quote(text=text, label=label, cut=cut):
            above = _tag("p", "asked", escape(f"{label}:")) + "\n" if label else ""
            return above + _tag("p", "quote", escape(quoted(text, cut=cut, words=words)), auto=True)
        case Note(text=text):
            return _tag("p", "note", escape(text), auto=True)
        case Answer(label=label, address=address):
            target = f"mailto:{quote(address, safe='@+=')}"
            return _tag(
                "p", "answer", f'<a href="{escape(target)}" class="link" style="{STYLES["link"]}">{escape(label)}</a>'
            )
        case Letter(text=text):
            return _tag("div", "letter", _paragraphs(text))


def _who(who: Who) -> str:
    lead = f"<b>{escape(who.lead)}</b>&ensp;" if who.lead else ""
    name = f"<b><bdi>{escape(who.name)}</bdi></b>" if who.name else ""
    bars = f'<span aria-hidden="true" class="bars" style="{STYLES["bars"]}">{_drawn(who.bars)}</span>&ensp;'
    facts = escape(" · ".join(who.facts))
    told = f'<span class="facts" style="{STYLES["facts"]}">{bars if who.bars else ""}{facts}</span>' if facts else ""
    return f"{lead}{name}{'&ensp;' if name and told else ''}{told}"


def _drawn(values: tuple[float, ...]) -> str:
    """Ratings from 1 to 10 as block letters: Gmail strips SVG, and an image would have to be loaded."""
    steps = len(_BARS) - 1
    return "".join(_BARS[min(max(round((value - 1) / 9 * steps), 0), steps)] for value in values)


def _paragraphs(text: str) -> str:
    """A letter's paragraphs, its own line breaks kept; several empty lines count as one."""
    paragraphs = (part.strip("\n") for part in text.split("\n\n"))
    style = STYLES["paragraph"]
    return "\n".join(
        f'<p dir="auto" style="{style}">{escape(part).replace(chr(10), "<br>")}</p>'
        for part in paragraphs
        if part.strip()
    )


def _tag(tag: str, style: str, inner: str, *, auto: bool = False) -> str:
    direction = ' dir="auto"' if auto else ""
    return f'<{tag}{direction} class="{style}" style="{STYLES[style]}">{inner}</{tag}>'
