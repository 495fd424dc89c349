"""To which table does a key belong that TOML gave to another one?

A key belongs to the table whose header stands last above it. Whoever adds a line at the end of a block, or of a file,
does not see that; so the answer names the header that took the key, and the line the key must go above or below.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailer.tomlfile.places import Loc, Places, dotted
from mailer.tomlfile.shape import Trail, homes, names
from mailer.tomlfile.table import Table

_FEW = 8  # keys that are worth telling beside another answer


def homes_above(trail: Trail, key: str) -> list[Loc]:
    """The tables around an unknown key's own that know it, the innermost first."""
    owner = trail.owner[0]
    return [loc for loc, table in reversed(trail.tables) if len(loc) < len(owner) and key in names(table)]


def belongs_above(trail: Trail, key: str, places: Places) -> str | None:
    """What to say of a key that a table around its own knows."""
    owner, above = trail.owner[0], homes_above(trail, key)
    if not above:
        return None
    if _is_header(trail, places):
        right = _header(trail.loc, places, name=dotted((*above[0], key)))
        return f"{_header(trail.loc, places)} is a table of {_named(above[0], places)}; write {right}"
    home = above[0]
    known = " and of ".join(_named(loc, places) for loc in above)
    if owner not in places.headed:
        where = f"move it out of the braces, {_a_line_of(home, places)}"
        return f"{key} is a key of {known}; here it stands inside {title(owner, places)}: {where}"
    line, first = places.key_at(*owner)[0], _first_header_below(home, places)
    where = "that line" if first == line else _spoken(first, home)
    also = f", or above line {places.first_header} for the whole file" if len(above) > 1 else ""
    below = f"here it belongs to {title(owner, places)} of line {line}, which it stands below"
    return f"{key} is a key of {known}; {below}: move it above {where}{also}"


def belongs_outside(loc: Loc, around: Sequence[tuple[Loc, type[Table]]], places: Places) -> str | None:
    """What to say of a key in a table of free names, languages say, that one of the tables around it knows."""
    trail = Trail(loc, (*around, (loc[:-1], Table)), (), None)
    return belongs_above(trail, str(loc[-1]), places)


def belongs_elsewhere(model: type[Table], trail: Trail, key: str, places: Places) -> str | None:
    """What to say of a key that its own table and those around do not know, but another does."""
    owner, table = trail.owner
    plain = _plain(owner)
    found = {(loc, several) for loc, several in homes(model, key) if loc != plain}
    below = {(loc, several) for loc, several in found if loc[: len(plain)] == plain}
    candidates = sorted(below or found)
    if not candidates:
        return None
    titles = [f"[[{dotted(loc)}]]" if several else f"[{dotted(loc)}]" for loc, several in candidates]
    if _is_header(trail, places):
        inside = " or ".join(_header(trail.loc, places, name=f"{dotted(loc)}.{key}") for loc, _ in candidates)
        return f"{_header(trail.loc, places)} is a table of {' or '.join(titles)}; write {inside}"
    where = _below(owner if below else (), [loc for loc, _ in candidates], places)
    few = not below and len(names(table)) <= _FEW
    knows = f"; {title(owner, places)} knows {', '.join(names(table))}" if few else ""
    return f"{key} is a key of {_several('or', titles)}, not of {title(owner, places)}: {where}{knows}"


def title(loc: Loc, places: Places) -> str:
    """A table as its reader sees it in the file."""
    if not loc:
        return "the top of the file"
    name = dotted(loc)
    if loc not in places.headed:
        return f"the {{ … }} of {name}"
    return f"[[{name}]]" if isinstance(loc[-1], int) else f"[{name}]"


def _below(owner: Loc, candidates: list[Loc], places: Places) -> str:
    """Where below its own table a key goes: the lines of the headers that are there."""
    lines = sorted(
        places.key_at(*loc)[0]
        for loc in places.headed
        if _plain(loc) in candidates and loc[: len(owner)] == owner and len(loc) > len(owner)
    )
    if len(candidates) == 1 and (inline := (*owner, candidates[0][-1])) in places.values and not lines:
        return f"move it into {candidates[0][-1]} in line {places.key_at(*inline)[0]}"
    if not lines:
        return f"write it below {'such a line' if len(candidates) == 1 else 'one of these lines'}"
    return f"move it below line {_several('or', [str(line) for line in lines])}"


def _first_header_below(home: Loc, places: Places) -> int:
    """The line that ends the part of the file in which keys belong to a table."""
    return places.header_below(places.key_at(*home)[0]) if home else places.first_header


def _a_line_of(home: Loc, places: Places) -> str:
    if not places.headed:
        return "to a line of its own"
    if not home:
        return f"above {_spoken(places.first_header, ())}"
    return f"to a line of its own below {title(home, places)} of line {places.key_at(*home)[0]}"


def _spoken(line: int, home: Loc) -> str:
    return f"line {line}" if home else f"line {line}, the first [table]"


def _named(loc: Loc, places: Places) -> str:
    return title(loc, places) if loc else "the file itself"


def _is_header(trail: Trail, places: Places) -> bool:
    return trail.loc in places.headed or (*trail.loc, 0) in places.headed


def _header(loc: Loc, places: Places, *, name: str = "") -> str:
    shown = name or dotted(loc)
    return f"[[{shown}]]" if (*loc, 0) in places.headed else f"[{shown}]"


def _several(joined: str, words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joined} {words[-1]}"


def _plain(loc: Loc) -> Loc:
    return tuple(part for part in loc if isinstance(part, str))
