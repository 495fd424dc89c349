"""How are the soft line breaks of format=flowed taken out?

Sources: RFC 3676 §4.1 (a line that ends in a space goes on), §4.3 ("-- " never does), §4.4 (one stuffed space in
front), §4.5 (quote marks count, depth by depth), §4.1 with DelSp=yes (the space goes too).
"""

from __future__ import annotations

import re

_MARKS = re.compile(">*")


def unflowed(text: str, *, delete_space: bool) -> str:
    """The paragraphs as one line each; quoted lines come out as ">> text"."""
    lines: list[str] = []
    open_pieces: list[str] = []
    open_depth = 0

    def finish() -> None:
        if open_pieces:
            mark = ">" * open_depth + " " if open_depth else ""
            lines.append(mark + "".join(open_pieces))
            open_pieces.clear()

    for raw in text.split("\n"):
        depth = _MARKS.match(raw).end()  # type: ignore[union-attr]  # matches everywhere
        line = raw[depth:]
        line = line[1:] if line[:1] == " " else line
        if open_pieces and (depth != open_depth or line == "-- "):
            finish()
        open_depth = depth
        goes_on = line[-1:] == " " and line != "-- "
        open_pieces.append(line[:-1] if goes_on and delete_space else line)
        if not goes_on:
            finish()
    finish()
    return "\n".join(lines)
