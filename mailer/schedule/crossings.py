"""Do the prompts of one file fit together? Ids that clash, prompts that are named and not there, circles, and forms
of `when` that have nothing to hang on here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from mailer.schedule.conditions import Rules, prompts_named
from mailer.schedule.findings import Findings, Ids, Loc
from mailer.schedule.tables import PromptTable
from mailer.schedule.when import AfterAnswer, AfterPrompt, AfterSilence, Span, When


@dataclass(frozen=True, slots=True)
class Entry:
    """One [[prompt]] as far as it could be read."""

    index: int
    table: PromptTable
    when: When | None
    at_latest: When | None
    rules: Rules


def check_crossings(entries: Sequence[Entry], ids: Ids, findings: Findings) -> None:
    """Notes whatever is wrong between prompts; `ids` has those of unreadable prompts too."""
    for entry in entries:
        _check_anchor(entry, entries, ids, findings)
        _check_ceiling(entry, findings)
        _check_superseded(entry, ids, findings)
        check_rules(entry.rules, ids, findings, "prompt", entry.index)
    _check_circles(entries, findings)


def check_rules(rules: Rules, ids: Ids, findings: Findings, *loc: str | int) -> None:
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


def _check_anchor(entry: Entry, entries: Sequence[Entry], ids: Ids, findings: Findings) -> None:
    loc = ("prompt", entry.index, "when")
    match entry.when:
        case AfterPrompt() | AfterAnswer() if entry.when.prompt == entry.table.id:
            findings.add("a prompt cannot follow itself; name the one before it", *loc)
        case AfterPrompt() | AfterAnswer():
            findings.known(entry.when.prompt, ids, *loc)
        case AfterSilence():
            if all(isinstance(other.when, AfterSilence | None) for other in entries) and len(entries) == len(
                set(ids.values())
            ):
                findings.add("silence follows a letter of the same schedule; put this prompt beside another one", *loc)
        case _:
            pass


def _check_ceiling(entry: Entry, findings: Findings) -> None:
    """Notes an at_latest that is no ceiling for the answer its prompt waits for."""
    when, ceiling, loc = entry.when, entry.at_latest, ("prompt", entry.index, "at_latest")
    if entry.table.at_latest is None or when is None:
        return
    if not isinstance(when, AfterAnswer):
        said = f'at_latest ends the waiting for an answer, and "{when}" waits for none; delete this line'
        findings.add_to_key(said, *loc)
    elif ceiling is None:
        return
    elif not isinstance(ceiling, AfterPrompt):
        meant = f'3 days after "{when.prompt}" at 08:30'
        findings.add(f"at_latest counts from the letter whose answer is waited for; write '{meant}'", *loc)
    elif ceiling.prompt != when.prompt:
        said = f'`when` waits for an answer to "{when.prompt}", and this counts from "{ceiling.prompt}"'
        findings.add(f"{said}; write '{replace(ceiling, prompt=when.prompt)}'", *loc)
    elif _length(ceiling.span) < _length(when.span):
        findings.add(f"{ceiling.span} are over before {when.span} after any answer can be; write more", *loc)


def _length(span: Span) -> timedelta:
    return span.clock if span.days is None else timedelta(days=span.days)


def _check_superseded(entry: Entry, ids: Ids, findings: Findings) -> None:
    written, loc = entry.table.supersedes, ("prompt", entry.index, "supersedes")
    for index, name in enumerate([written] if isinstance(written, str) else written):
        findings.known(name, ids, *(loc if isinstance(written, str) else (*loc, index)))


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
