"""Do the prompts of one file fit together? Ids that clash, prompts that are named and not there, circles, and forms
of `when` that have nothing to hang on here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.schedule.conditions import Rules, prompts_named
from mailer.schedule.findings import Findings, Loc
from mailer.schedule.tables import PromptTable
from mailer.schedule.when import AfterAnswer, AfterPrompt, AfterSilence, AroundPromise, When


@dataclass(frozen=True, slots=True)
class Entry:
    """One [[prompt]] as far as it could be read."""

    index: int
    table: PromptTable
    when: When | None
    rules: Rules


def check_crossings(entries: Sequence[Entry], ids: set[str], findings: Findings) -> None:
    """Notes whatever is wrong between prompts; `ids` are all ids of the file, of unreadable prompts too."""
    for entry in entries:
        _check_anchor(entry, entries, ids, findings)
        check_rules(entry.rules, ids, findings, "prompt", entry.index)
    _check_circles(entries, findings)


def check_rules(rules: Rules, ids: set[str], findings: Findings, *loc: str | int) -> None:
    """Notes every prompt that a condition names and that is not there."""
    for key in ("only_if", "skip_if", "stop_on"):
        for condition in getattr(rules, key):
            for name in prompts_named(condition):
                findings.known(name, ids, *loc, key)


def check_ids(names: Sequence[tuple[Loc, str]], findings: Findings) -> None:
    """Notes every id that stands twice, naming both places; what a prompt was once called counts as well."""
    first: dict[str, Loc] = {}
    for loc, name in names:
        other = first.setdefault(name, loc)
        if other != loc:
            places = findings.places
            kind = "id" if other[-1] == "id" else "former id"
            findings.add(
                f'"{name}" is already the {kind} at {places.file}:{places.at(*other)[0]}; choose another', *loc
            )


def _check_anchor(entry: Entry, entries: Sequence[Entry], ids: set[str], findings: Findings) -> None:
    loc = ("prompt", entry.index, "when")
    match entry.when:
        case AfterPrompt() | AfterAnswer() if entry.when.prompt == entry.table.id:
            findings.add("a prompt cannot follow itself; name the one before it", *loc)
        case AfterPrompt() | AfterAnswer():
            findings.known(entry.when.prompt, ids, *loc)
        case AroundPromise():
            findings.add("not yet available: promises cannot be counted from so far; ask in a weekly prompt", *loc)
        case AfterSilence():
            if all(isinstance(other.when, AfterSilence | None) for other in entries) and len(entries) == len(ids):
                findings.add("silence follows a letter of the same schedule; put this prompt beside another one", *loc)
        case _:
            pass


def _check_circles(entries: Sequence[Entry], findings: Findings) -> None:
    """Prompts that wait for each other would wait for ever."""
    follows = {
        entry.table.id: entry.when.prompt for entry in entries if isinstance(entry.when, AfterPrompt | AfterAnswer)
    }
    for entry in entries:
        trail = [entry.table.id]
        while (before := follows.get(trail[-1])) is not None and before not in trail:
            trail.append(before)
        if before == entry.table.id and len(trail) > 1:
            circle = " after ".join(f'"{name}"' for name in [*trail, before])
            findings.add(f"these prompts wait for each other: {circle}", "prompt", entry.index, "when")
