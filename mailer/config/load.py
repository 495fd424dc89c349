"""From config.toml to Settings; every problem of the file, its references and its secrets at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from mailer.config.accounts import AccountReading
from mailer.config.databases import DatabaseUrls, read_urls
from mailer.config.references import entries, practice_of, reference_problems
from mailer.config.settings import CoachSettings, EngineSettings, Limits, PracticeSettings, Settings
from mailer.config.tables import AccountTable, CoachTable, ConfigFile, KeysTable, StoreTable
from mailer.durations import parse_duration
from mailer.errors import ConfigError, Problem
from mailer.model.places import Account, Secret
from mailer.secrets import SecretSource, load_master_key
from mailer.tomlfile import Document, KeyProblem, path_beside, read_toml, schema_of


def load_config(path: Path, *, env: Mapping[str, str]) -> Settings:
    """The deployment that a config.toml describes; ConfigError with all that is wrong with it."""
    document = read_toml(path, ConfigFile)
    problems = [*document.problems, *reference_problems(document.raw, document.places)]
    accounts = _accounts(document, env=env, problems=problems)
    master = _master_key(document, env=env, problems=problems)
    urls = _urls(document, problems=problems)
    if document.value is None or problems or master is None or urls is None:
        raise ConfigError(list(dict.fromkeys(problems)))
    return _settings(document.value, file=path.absolute(), accounts=accounts, master=master, urls=urls)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of config.toml, for editors."""
    return schema_of(ConfigFile)


def _practice_ids(document: Document[ConfigFile]) -> list[str]:
    return [str(entry.get("id")) for entry in entries(document.raw, "practice")]


def _accounts(
    document: Document[ConfigFile], *, env: Mapping[str, str], problems: list[Problem]
) -> tuple[Account, ...]:
    known = _practice_ids(document)
    accounts = []
    for index, table in document.each("account", AccountTable):
        reading = AccountReading(table, index, document.places, env)
        account = reading.account(practice_of(document.raw["account"][index], known) or "")
        problems += reading.problems
        if account is not None:
            accounts.append(account)
    return tuple(accounts)


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


def _folder(document: Document[ConfigFile]) -> Path:
    return document.places.file.absolute().parent


def _settings(
    config: ConfigFile, *, file: Path, accounts: tuple[Account, ...], master: Secret, urls: DatabaseUrls
) -> Settings:
    return Settings(
        file=file,
        data=path_beside(file.parent, config.data),
        schedules=path_beside(file.parent, config.schedules),
        templates=path_beside(file.parent, config.templates),
        rehearse=config.rehearse,
        practices=tuple(PracticeSettings(slug=table.id, title=table.title) for table in config.practice),
        coaches=tuple(_coach(table, only=config.practice[0].id) for table in config.coach),
        accounts=accounts,
        store_url=urls.store,
        keys_url=urls.keys,
        master_key=master,
        limits=Limits(
            client_letters_per_day=config.limits.client_letters_per_day,
            max_late=parse_duration(config.limits.max_late),
        ),
        engine=EngineSettings(
            poll_seconds=config.imap.poll_seconds,
            idle_seconds=config.imap.idle_seconds,
            plan_seconds=config.engine.plan_seconds,
            send_timeout_seconds=config.engine.send_timeout_seconds,
            shutdown_grace_seconds=config.engine.shutdown_grace_seconds,
        ),
    )


def _coach(table: CoachTable, *, only: str) -> CoachSettings:
    return CoachSettings(
        slug=table.id,
        practice=table.practice or only,
        name=table.name,
        address=table.email,
        zone=table.zone,
        language=table.language,
        digest_at=time.fromisoformat(table.digest_at),
    )
