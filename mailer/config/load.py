"""From config.toml to Settings; every problem of the file, its references and its secrets at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from mailer.config.accounts import AccountReading
from mailer.config.calendars import read_calendar_place
from mailer.config.databases import DatabaseUrls, read_urls
from mailer.config.quiet import QuietReading, QuietTable, QuietTimesTable
from mailer.config.references import entries, practice_of, reference_problems
from mailer.config.settings import CoachSettings, EngineSettings, Limits, PracticeSettings, Settings
from mailer.config.tables import AccountTable, CoachTable, ConfigFile, KeysTable, StoreTable
from mailer.durations import parse_duration
from mailer.errors import ConfigError, Problem
from mailer.model.calendar import CalendarPlace
from mailer.model.places import Account, Secret
from mailer.schedule.quiet import PlanRules, QuietTimes
from mailer.secrets import SecretSource, load_master_key
from mailer.tomlfile import Document, KeyProblem, path_beside, read_toml, schema_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What is made of a file's tables, beside the plain values."""

    accounts: tuple[Account, ...]
    closed: Mapping[str, Problem]
    master: Secret
    urls: DatabaseUrls
    quiet: QuietTimes
    calendars: Mapping[str, CalendarPlace]  # by the coach's id


def load_config(path: Path, *, env: Mapping[str, str], connects: bool = True) -> Settings:
    """The deployment that a config.toml describes; ConfigError with all that is wrong with it.

    For a caller who connects to no server, a password that is not found closes its account and is no problem.
    """
    document = read_toml(path, ConfigFile)
    problems = [*document.problems, *reference_problems(document.raw, document.places)]
    accounts, closed = _accounts(document, env=env, connects=connects, problems=problems)
    master = _master_key(document, env=env, problems=problems)
    urls = _urls(document, problems=problems)
    quiet = _quiet(document, problems=problems)
    calendars = _calendars(document, env=env, connects=connects, problems=problems)
    if document.value is None or problems or master is None or urls is None:
        raise ConfigError(list(dict.fromkeys(problems)))
    parts = _Parts(accounts=accounts, closed=closed, master=master, urls=urls, quiet=quiet, calendars=calendars)
    return _settings(document.value, parts, file=path.absolute())


def json_schema() -> dict[str, Any]:
    """The JSON Schema of config.toml, for editors."""
    return schema_of(ConfigFile)


def _practice_ids(document: Document[ConfigFile]) -> list[str]:
    return [str(entry.get("id")) for entry in entries(document.raw, "practice")]


def _accounts(
    document: Document[ConfigFile], *, env: Mapping[str, str], connects: bool, problems: list[Problem]
) -> tuple[tuple[Account, ...], Mapping[str, Problem]]:
    """The sound accounts, and why some of them cannot connect."""
    known, data = _practice_ids(document), document.raw.get("data", "data")
    folder = path_beside(_folder(document), data if isinstance(data, str) else "data")
    accounts, closed = [], {}
    for index, table in document.each("account", AccountTable):
        reading = AccountReading(table, index, document.places, env, folder, connects)
        account = reading.account(practice_of(document.raw["account"][index], known) or "")
        problems += reading.problems
        if account is not None:
            accounts.append(account)
        if reading.unfound:
            closed[table.id] = reading.unfound[0]
    return tuple(accounts), closed


def _calendars(
    document: Document[ConfigFile], *, env: Mapping[str, str], connects: bool, problems: list[Problem]
) -> Mapping[str, CalendarPlace]:
    found: dict[str, CalendarPlace] = {}
    for index, table in document.each("coach", CoachTable):
        place = read_calendar_place(table, index, places=document.places, env=env, connects=connects)
        if isinstance(place, Problem):
            problems.append(place)
        elif place is not None:
            found[table.id] = place
    return found


def _master_key(document: Document[ConfigFile], *, env: Mapping[str, str], problems: list[Problem]) -> Secret | None:
    table = document.part("keys", KeysTable)
    if table is None or not document.raw:
        return None
    other = table.master_env is not None or table.master_keyring is not None
    file = table.master_file if "master_file" in table.model_fields_set or not other else None
    source = SecretSource(name="master", env=table.master_env, file=file, keyring=table.master_keyring)
    try:
        return load_master_key(source, folder=_folder(document), env=env)
    except KeyProblem as problem:
        problems.append(document.places.problem(str(problem), "keys", problem.key))
        return None


def _urls(document: Document[ConfigFile], *, problems: list[Problem]) -> DatabaseUrls | None:
    table, data = document.part("store", StoreTable), document.raw.get("data", "data")
    if table is None or not isinstance(data, str):
        return None
    folder = _folder(document)
    found = read_urls(table, folder=folder, data=path_beside(folder, data), places=document.places)
    if isinstance(found, DatabaseUrls):
        return found
    problems += found
    return None


def _quiet(document: Document[ConfigFile], *, problems: list[Problem]) -> QuietTimes:
    folder = document.raw.get("schedules", "schedules")
    files = path_beside(_folder(document), folder).glob("*.toml") if isinstance(folder, str) else ()
    reading = QuietReading(document.places, {file.stem for file in files})
    usual = document.part("quiet_times", QuietTimesTable) or QuietTimesTable()
    times = reading.times(document.each("quiet", QuietTable), usual)
    problems += reading.problems
    return times


def _folder(document: Document[ConfigFile]) -> Path:
    return document.places.file.absolute().parent


def _settings(config: ConfigFile, parts: _Parts, *, file: Path) -> Settings:
    return Settings(
        file=file,
        data=path_beside(file.parent, config.data),
        schedules=path_beside(file.parent, config.schedules),
        templates=path_beside(file.parent, config.templates),
        rehearse=config.rehearse,
        operator=config.operator.coach or config.coach[0].id,
        operator_command=config.operator.command or (),
        practices=tuple(PracticeSettings(slug=table.id, title=table.title) for table in config.practice),
        coaches=tuple(_coach(table, parts, only=config.practice[0].id) for table in config.coach),
        accounts=parts.accounts,
        closed=parts.closed,
        store_url=parts.urls.store,
        keys_url=parts.urls.keys,
        master_key=parts.master,
        limits=Limits(
            client_letters_per_day=config.limits.client_letters_per_day,
            max_late=parse_duration(config.limits.max_late),
            longest_gap=parse_duration(config.limits.longest_gap),
        ),
        rules=PlanRules(quiet=parts.quiet, letters_per_week=config.limits.letters_per_week),
        engine=EngineSettings(
            poll_seconds=config.imap.poll_seconds,
            idle_seconds=config.imap.idle_seconds,
            plan_seconds=config.engine.plan_seconds,
            send_timeout_seconds=config.engine.send_timeout_seconds,
            shutdown_grace_seconds=config.engine.shutdown_grace_seconds,
        ),
    )


def _coach(table: CoachTable, parts: _Parts, *, only: str) -> CoachSettings:
    return CoachSettings(
        slug=table.id,
        practice=table.practice or only,
        name=table.name,
        address=table.email,
        zone=table.zone,
        language=table.language,
        digest_at=time.fromisoformat(table.digest_at),
        calendar=parts.calendars.get(table.id),
    )
