"""What a reader of the HTML part is told, in the form of the plain part: from HTML alone, knowing no Markdown."""

from __future__ import annotations

from html.parser import HTMLParser

UNSEEN = frozenset({"style", "title", "head", "script"})
BLOCKS = frozenset({"p", "li", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "td", "div", "br"})


class PageWords(HTMLParser):
    """Goes through a page; `said` is then every word and mark in order, with list marks and link addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._unseen = 0
        self._lists: list[int | None] = []  # the next number of each open list; None has bullets
        self._link: tuple[str, int] | None = None  # an open link's address, and where its words begin
        self.feed(page)
        self.close()

    @property
    def letters(self) -> str:
        """All of it without blanks: where lines are broken differs between the parts."""
        return "".join("".join(self.said).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        self._unseen += tag in UNSEEN
        if tag in BLOCKS:
            self.said.append("\n")
        match tag:
            case "ul":
                self._lists.append(None)
            case "ol":
                self._lists.append(int(given.get("start") or 1))
            case "li":
                self._mark()
            case "hr":
                self.said.append("\n* * *\n")
            case "a":
                self._link = (given.get("href") or "", len(self.said))

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN
        if tag in ("ul", "ol"):
            self._lists.pop()
        if tag == "a" and self._link is not None:
            address, begin = self._link
            shown = address.removeprefix("mailto:").removeprefix("tel:")
            words = "".join(self.said[begin:])
            self.said += [] if words in (shown, address) else [f" ({shown})"]
            self._link = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(data)

    def _mark(self) -> None:
        number = self._lists[-1]
        self.said.append("- " if number is None else f"{number}. ")
        if number is not None:
            self._lists[-1] = number + 1
