"""What was an unknown key meant to be? A misspelling, or a key that TOML attached to another table than its writer."""

from __future__ import annotations

import difflib

from mailer.tomlfile.misplaced import belongs_above, belongs_elsewhere, homes_above, title
from mailer.tomlfile.places import Loc, Places
from mailer.tomlfile.shape import Trail, names
from mailer.tomlfile.table import Table


def unknown_key(model: type[Table], trail: Trail, places: Places) -> str:
    """What to say of a key that its table does not know."""
    key = str(trail.loc[-1])
    owner, table = trail.owner
    if key in table.advice:
        return table.advice[key]
    moved = belongs_above(trail, key, places) or belongs_elsewhere(model, trail, key, places)
    if moved is not None:
        return moved
    if (near := nearest(key, list(names(table)))) is not None:
        return f'unknown key "{key}"; did you mean "{near}"?'
    if (above := _nearest_above(trail)) is not None:
        word = str(above[-1])
        return f'unknown key "{key}"; did you mean "{word}"? {belongs_above(trail, word, places)}'
    return f'unknown key "{key}"; {title(owner, places)} knows {", ".join(names(table))}'


def meant(trail: Trail) -> Loc | None:
    """The place of the key an unknown one was probably meant to be: that one is not also missing."""
    key = str(trail.loc[-1])
    owner, table = trail.owner
    if key in table.advice:
        return None
    if above := homes_above(trail, key):
        return (*above[0], key)
    near = nearest(key, list(names(table)))
    return _nearest_above(trail) if near is None else (*owner, near)


def _nearest_above(trail: Trail) -> Loc | None:
    for loc, table in reversed(trail.tables):
        if len(loc) < len(trail.owner[0]) and (near := nearest(str(trail.loc[-1]), list(names(table)))) is not None:
            return (*loc, near)
    return None


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
