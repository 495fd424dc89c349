"""From one schedule file to a schedule, or to every problem it has.

A prompt is read even where another part of the file cannot be, so that one run of `check` tells all there is to mend.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mailer.errors import ConfigError
from mailer.schedule.book import Prompt, Schedule, quiet_by_default
from mailer.schedule.conditions import Rules
from mailer.schedule.crossings import Entry, check_crossings, check_ids, check_rules
from mailer.schedule.findings import Findings, Loc
from mailer.schedule.tables import PromptTable, ScheduleTable
from mailer.schedule.when import AfterPrompt
from mailer.schedule.wording import Readers, check_languages, read_fallback, read_question, read_subject
from mailer.tomlfile import Document

_RULES = ("only_if", "skip_if", "stop_on")


@dataclass(frozen=True, slots=True)
class _Common:
    """What the top of a file says for all its prompts."""

    delay: timedelta
    rules: Rules
    names: dict[str, frozenset[str]]  # every present and former id of each prompt, by its present one


def read_schedule(document: Document[ScheduleTable], slug: str, *, max_late: timedelta) -> Schedule:
    """The schedule a document describes; raises ConfigError with all its problems.

    `max_late` is for a schedule that does not say it itself.
    """
    findings = Findings(document.places, list(document.problems))
    findings.name(slug)
    top = document.raw
    audience = findings.audience(top["for"], "for") if isinstance(top.get("for"), str) else None
    fallback = read_fallback(top["fallback"], findings, "fallback") if isinstance(top.get("fallback"), str) else ""
    written = top.get("max_late")
    delay = (findings.delay(written, "max_late") or timedelta()) if isinstance(written, str) else max_late
    rules = findings.rules({key: _statements(top.get(key, ())) for key in _RULES})
    names = _names(top)
    check_ids(names, findings)
    ids = {name for loc, name in names if loc[-1] == "id"}
    check_rules(rules, ids, findings)
    entries = [_read_entry(index, table, findings) for index, table in document.each("prompt", PromptTable)]
    _read_the_rest(top, {entry.index for entry in entries}, findings)
    readers = Readers(audience.languages if audience is not None else None, fallback)
    for entry in entries:
        check_languages(entry.table, readers, findings, "prompt", entry.index)
    check_crossings(entries, ids, findings)
    common = _Common(delay, rules, {one.table.id: frozenset({one.table.id, *one.table.formerly}) for one in entries})
    prompts = [prompt for entry in entries if (prompt := _build(entry, common, findings)) is not None]
    if findings.problems or document.value is None or audience is None:
        raise ConfigError(findings.problems)
    return Schedule(
        slug=slug,
        title=document.value.title,
        practice=document.value.practice,
        enabled=document.value.enabled,
        audience=audience,
        fallback=fallback,
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
    at_latest = None if table.at_latest is None else findings.when(table.at_latest, *loc, "at_latest")
    rules = findings.rules({key: getattr(table, key) for key in _RULES}, *loc)
    return Entry(index, table, when, at_latest, rules)


def _read_the_rest(top: dict[str, Any], sound: set[int], findings: Findings) -> None:
    """Tells of a wrong `when` even where another key spoils its prompt."""
    for index, table in _prompts(top):
        if index not in sound:
            for key in ("when", "at_latest"):
                if isinstance(table.get(key), str):
                    findings.when(table[key], "prompt", index, key)


def _build(entry: Entry, common: _Common, findings: Findings) -> Prompt | None:
    table, loc = entry.table, ("prompt", entry.index)
    own = None if table.max_late is None else findings.delay(table.max_late, *loc, "max_late")
    subject = read_subject(table, findings, *loc, "subject")
    questions = [read_question(one, findings, *loc, "questions", i) for i, one in enumerate(table.questions)]
    if entry.when is None:
        return None
    superseded = (table.id, *((table.supersedes,) if isinstance(table.supersedes, str) else table.supersedes))
    return Prompt(
        id=table.id,
        formerly=table.formerly,
        when=entry.when,
        max_late=own or common.delay,
        rules=common.rules.joined(entry.rules),
        at_latest=entry.at_latest if isinstance(entry.at_latest, AfterPrompt) else None,
        if_quiet=table.if_quiet or quiet_by_default(entry.when),
        supersedes=frozenset().union(*(common.names.get(name, frozenset()) for name in superseded)),
        subject=subject,
        template=table.template,
        questions=tuple(questions),
    )


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
