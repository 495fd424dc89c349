"""From schedule files to a book, or to every problem of every file at once.

A prompt is read even where another part of its file cannot be, so that one run of `check` tells all there is to mend.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from mailer.errors import ConfigError, Problem
from mailer.schedule.book import Book, Prompt, Schedule, quiet_by_default
from mailer.schedule.conditions import Rules
from mailer.schedule.crossings import Entry, check_crossings, check_ids, check_rules
from mailer.schedule.findings import Findings, Loc
from mailer.schedule.tables import PromptTable, ScheduleTable
from mailer.schedule.wording import check_languages, read_question, read_subject
from mailer.tomlfile import Document, read_toml

_RULES = ("only_if", "skip_if", "stop_on")
USUAL_DELAY = timedelta(hours=6)  # how late a letter may go where nobody says anything else


def load_book(folder: Path, *, max_late: timedelta = USUAL_DELAY) -> Book:
    """Every schedule of a folder; raises ConfigError with the problems of all its files.

    `max_late` is for schedules that do not say it themselves.
    """
    if not folder.is_dir():
        raise ConfigError([Problem(folder, 0, 0, "", "there is no such folder; create it or change the path")])
    paths = sorted(path for path in folder.glob("*.toml") if not path.name.startswith("."))
    problems = _same_names(paths)
    schedules = {}
    for path in paths:
        try:
            schedules[path.stem] = load_schedule(path, max_late=max_late)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return Book(schedules=schedules)


def load_schedule(path: Path, *, max_late: timedelta = USUAL_DELAY) -> Schedule:
    """The schedule in a file; raises ConfigError with all its problems."""
    document = read_toml(path, ScheduleTable)
    findings = Findings(document.places, list(document.problems))
    findings.name(path.stem)
    top = document.raw
    audience = findings.audience(top["for"], "for") if isinstance(top.get("for"), str) else None
    written = top.get("max_late")
    delay = (findings.delay(written, "max_late") or timedelta()) if isinstance(written, str) else max_late
    rules = findings.rules({key: _statements(top.get(key, ())) for key in _RULES})
    names = _names(top)
    check_ids(names, findings)
    ids = {name for loc, name in names if loc[-1] == "id"}
    check_rules(rules, ids, findings)
    entries = [_read_entry(index, table, findings) for index, table in document.each("prompt", PromptTable)]
    _read_the_rest(top, {entry.index for entry in entries}, findings)
    check_crossings(entries, ids, findings)
    prompts = [prompt for entry in entries if (prompt := _build(entry, findings, delay=delay, rules=rules)) is not None]
    if findings.problems or document.value is None or audience is None:
        raise ConfigError(findings.problems)
    return Schedule(
        slug=path.stem,
        title=document.value.title,
        practice=document.value.practice,
        enabled=document.value.enabled,
        audience=audience,
        prompts=tuple(prompts),
        fingerprint=_fingerprint(document),
    )


def _read_entry(index: int, table: PromptTable, findings: Findings) -> Entry:
    loc = ("prompt", index)
    findings.name(table.id, *loc, "id")
    for number, name in enumerate(table.formerly):
        findings.name(name, *loc, "formerly", number)
    if table.template is not None:
        findings.name(table.template, *loc, "template")
    elif not table.questions:
        findings.add("this prompt neither asks nor says anything; give it questions or a template", *loc)
    when = findings.when(table.when, *loc, "when")
    rules = findings.rules({key: getattr(table, key) for key in _RULES}, *loc)
    check_languages(table, findings, *loc)
    return Entry(index, table, when, rules)


def _read_the_rest(top: dict[str, Any], sound: set[int], findings: Findings) -> None:
    """Tells of a wrong `when` even where another key spoils its prompt."""
    for index, table in _prompts(top):
        if index not in sound and isinstance(table.get("when"), str):
            findings.when(table["when"], "prompt", index, "when")


def _build(entry: Entry, findings: Findings, *, delay: timedelta, rules: Rules) -> Prompt | None:
    table, loc = entry.table, ("prompt", entry.index)
    own = None if table.max_late is None else findings.delay(table.max_late, *loc, "max_late")
    subject = read_subject(table, findings, *loc, "subject")
    questions = [read_question(one, findings, *loc, "questions", i) for i, one in enumerate(table.questions)]
    if entry.when is None:
        return None
    return Prompt(
        id=table.id,
        formerly=table.formerly,
        when=entry.when,
        max_late=own or delay,
        rules=rules.joined(entry.rules),
        if_quiet=table.if_quiet or quiet_by_default(entry.when),
        subject=subject,
        template=table.template,
        questions=tuple(questions),
    )


def _same_names(paths: Sequence[Path]) -> list[Problem]:
    """Files that would be one on a file system that does not tell capitals apart."""
    first: dict[str, Path] = {}
    problems = []
    for path in paths:
        if (other := first.setdefault(path.stem.casefold(), path)) is not path:
            said = f'"{path.stem}" and "{other.stem}" in {other} are the same id; rename one of the two files'
            problems.append(Problem(path, 0, 0, "", said))
    return problems


def _fingerprint(document: Document[ScheduleTable]) -> str:
    """Of what the file says, not of how it is laid out: a comment changes nothing."""
    content = json.dumps(document.raw, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _prompts(top: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    found = top.get("prompt")
    return [(i, one) for i, one in enumerate(found) if isinstance(one, dict)] if isinstance(found, tuple) else []


def _names(top: dict[str, Any]) -> list[tuple[Loc, str]]:
    """Every id and former id in the file and where it stands, of unsound prompts too."""
    names: list[tuple[Loc, object]] = []
    for index, table in _prompts(top):
        former = table.get("formerly")
        names.append((("prompt", index, "id"), table.get("id")))
        names += [
            (("prompt", index, "formerly", i), name)
            for i, name in enumerate(former if isinstance(former, tuple) else ())
        ]
    return [(loc, name) for loc, name in names if isinstance(name, str)]


def _statements(written: object) -> str | tuple[str, ...]:
    if isinstance(written, tuple):
        return tuple(one for one in written if isinstance(one, str))
    return written if isinstance(written, str) else ()
