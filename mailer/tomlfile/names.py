"""What was an unknown key meant to be? A misspelling, or a key that TOML attached to another table than its writer."""

from __future__ import annotations

import difflib

from mailer.tomlfile.places import Loc, Places, dotted
from mailer.tomlfile.shape import Trail, homes, names
from mailer.tomlfile.table import Table


def unknown_key(model: type[Table], trail: Trail, places: Places) -> str:
    """What to say of a key that its table does not know."""
    key = str(trail.loc[-1])
    owner, table = _owner(trail)
    if key in table.advice:
        return table.advice[key]
    if (moved := _belongs_elsewhere(model, trail, key, owner=owner, places=places)) is not None:
        return moved
    if (near := meant(trail)) is not None:
        return f'unknown key "{key}"; did you mean "{near[-1]}"?'
    return f'unknown key "{key}"; {title(owner, places)} knows {", ".join(names(table))}'


def meant(trail: Trail) -> Loc | None:
    """The place of the key an unknown one probably is a misspelling of."""
    owner, table = _owner(trail)
    near = None if trail.loc[-1] in table.advice else nearest(str(trail.loc[-1]), list(names(table)))
    return None if near is None else (*owner, near)


def nearest(word: str, known: list[str]) -> str | None:
    """The known name a word most probably was meant to be, or None."""
    folded = {name.lower().replace("-", "_"): name for name in known}
    wanted = word.lower().replace("-", "_")
    found = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.6)
    if found:
        return folded[found[0]]
    sharing = [name for fold, name in folded.items() if _share_most(fold, wanted)]
    return sharing[0] if len(sharing) == 1 else None


def _share_most(one: str, other: str) -> bool:
    """Whether the shorter word stands nearly whole in the longer: zone and timezon."""
    shared = difflib.SequenceMatcher(None, one, other).find_longest_match().size
    return shared >= 3 and shared >= 0.75 * min(len(one), len(other))


def _belongs_elsewhere(model: type[Table], trail: Trail, key: str, *, owner: Loc, places: Places) -> str | None:
    for loc, table in reversed(trail.tables):
        if len(loc) < len(owner) and key in names(table):
            where = "move it above" if loc else "move it to the top, above the first table"
            return f"{key} stands under {title(owner, places)}; it belongs to {title(loc, places)}: {where}"
    shapes = {(loc, several) for loc, several in homes(model, key) if loc != _named(owner)}
    titles = sorted(f"[[{dotted(loc)}]]" if several else f"[{dotted(loc)}]" for loc, several in shapes)
    if not titles:
        return None
    return f"{key} stands under {title(owner, places)}; it belongs to {' or '.join(titles)}: move it there"


def _owner(trail: Trail) -> tuple[Loc, type[Table]]:
    return next((loc, table) for loc, table in reversed(trail.tables) if len(loc) < len(trail.loc))


def _named(loc: Loc) -> Loc:
    return tuple(part for part in loc if isinstance(part, str))


def title(loc: Loc, places: Places) -> str:
    """A table as its reader sees it in the file."""
    if not loc:
        return "the top of the file"
    name = dotted(loc)
    if loc not in places.headed:
        return f"the {{ … }} of {name}"
    return f"[[{name}]]" if isinstance(loc[-1], int) else f"[{name}]"
