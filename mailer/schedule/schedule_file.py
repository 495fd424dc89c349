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
from mailer.schedule.audience import Audience
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

    audience: Audience | None
    fallback: str
    delay: timedelta
    rules: Rules


def read_schedule(document: Document[ScheduleTable], slug: str, *, max_late: timedelta) -> Schedule:
    """The schedule a document describes; raises ConfigError with all its problems.

    `max_late` is for a schedule that does not say it itself.
    """
    findings = Findings(document.places, list(document.problems))
    findings.name(slug)
    common = _read_top(document.raw, findings, max_late=max_late)
    entries = _read_prompts(document, common, findings)
    prompts = [prompt for entry in entries if (prompt := _build(entry, entries, common, findings)) is not None]
    if findings.problems or document.value is None or common.audience is None:
        raise ConfigError(findings.problems)
    return Schedule(
        slug=slug,
        title=document.value.title,
        practice=document.value.practice,
        enabled=document.value.enabled,
        audience=common.audience,
        fallback=common.fallback,
        prompts=tuple(prompts),
        fingerprint=_fingerprint(document),
    )


def _read_top(top: dict[str, Any], findings: Findings, *, max_late: timedelta) -> _Common:
    text = {key: top[key] for key in ("for", "fallback", "max_late") if isinstance(top.get(key), str)}
    delay = findings.delay(text["max_late"], "max_late") if "max_late" in text else max_late
    return _Common(
        audience=findings.audience(text["for"], "for") if "for" in text else None,
        fallback=read_fallback(text["fallback"], findings, "fallback") if "fallback" in text else "",
        delay=delay or timedelta(),
        rules=findings.rules({key: _statements(top.get(key, ())) for key in _RULES}),
    )


def _read_prompts(document: Document[ScheduleTable], common: _Common, findings: Findings) -> list[Entry]:
    """The sound prompts of a file, and what is wrong with them, between them and with the others."""
    names = _names(document.raw)
    check_ids(names, findings)
    present = {loc[1]: name for loc, name in names if loc[-1] == "id"}
    ids = {name: present.get(loc[1], name) for loc, name in reversed(names)}
    check_rules(common.rules, ids, findings)
    entries = [_read_entry(index, table, findings) for index, table in document.each("prompt", PromptTable)]
    _read_the_rest(document.raw, {entry.index for entry in entries}, findings)
    readers = Readers(None if common.audience is None else common.audience.languages, common.fallback)
    for entry in entries:
        check_languages(entry.table, readers, findings, "prompt", entry.index)
    check_crossings(entries, ids, findings)
    return entries


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


def _build(entry: Entry, entries: list[Entry], common: _Common, findings: Findings) -> Prompt | None:
    table, loc = entry.table, ("prompt", entry.index)
    own = None if table.max_late is None else findings.delay(table.max_late, *loc, "max_late")
    subject = read_subject(table, findings, *loc, "subject")
    questions = [read_question(one, findings, *loc, "questions", i) for i, one in enumerate(table.questions)]
    if entry.when is None:
        return None
    superseded = {table.id, *([table.supersedes] if isinstance(table.supersedes, str) else table.supersedes)}
    return Prompt(
        id=table.id,
        formerly=table.formerly,
        when=entry.when,
        max_late=own or common.delay,
        rules=common.rules.joined(entry.rules),
        at_latest=entry.at_latest if isinstance(entry.at_latest, AfterPrompt) else None,
        if_quiet=table.if_quiet or quiet_by_default(entry.when),
        supersedes=frozenset(
            name
            for other in entries
            if other.table.id in superseded
            for name in (other.table.id, *other.table.formerly)
        ),
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
