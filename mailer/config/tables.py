"""What may config.toml hold? Every key with its type, default and limits; config.example.toml explains them.

Values that are written as text and mean more (times, lengths, addresses, zones) are checked here and stay text, so
that the defaults below read as they are written in the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar

from mailer.addresses import valid_address
from mailer.durations import parse_duration
from mailer.model.places import AccountMode, Security
from mailer.secrets import three_ways
from mailer.tomlfile import AfterValidator, Choice, Field, Table
from mailer.zones import valid_zone

_NO_PASSWORD_HERE = f"a password never stands in this file; name where it is kept: {three_ways('password')}"


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", text):
        plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]
        hint = f', such as "{plain}"' if plain else ""
        raise ValueError(f"an id is up to 40 small letters, digits and hyphens{hint}")
    return text


def _clock(text: str) -> str:
    match = re.fullmatch(r"\s*([0-9]{1,2})[:.]([0-9]{2})\s*(?:([ap])\.?m\.?)?\s*", text, re.IGNORECASE)
    if match is None or int(match[2]) > 59 or int(match[1]) > (12 if match[3] else 23):
        raise ValueError(f'"{text[:20]}" is not a time of day; write HH:MM, such as "07:00"')
    hour = int(match[1])
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "p" else 0)
    right = f"{hour:02d}:{match[2]}"
    if text != right:
        raise ValueError(f'write the time as HH:MM: "{right}"')
    return text


def _length(text: str) -> str:
    if not parse_duration(text):
        raise ValueError("must be longer than nothing")
    return text


def _line(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    if not text.isprintable():
        raise ValueError("must be one line without invisible characters")
    return text


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise ValueError('a language is its code of two or three small letters, such as "en" or "de"')
    return text


Slug = Annotated[str, AfterValidator(_slug)]
Clock = Annotated[str, AfterValidator(_clock)]
Length = Annotated[str, AfterValidator(_length)]
Line = Annotated[str, AfterValidator(_line)]
Language = Annotated[str, AfterValidator(_language)]
Zone = Annotated[str, AfterValidator(valid_zone)]
MailAddress = Annotated[str, AfterValidator(valid_address)]


class PracticeTable(Table):
    """[[practice]]"""

    id: Slug
    title: Line


class CoachTable(Table):
    """[[coach]]"""

    id: Slug
    practice: str | None = None
    name: Line
    email: MailAddress
    zone: Zone
    language: Language = "en"
    digest_at: Clock = "07:00"


class PasswordTable(Table):
    """The keys that name a password, for an account or for one of its servers."""

    advice: ClassVar[Mapping[str, str]] = {"password": _NO_PASSWORD_HERE, "pass": _NO_PASSWORD_HERE}

    password_env: Line | None = None
    password_file: Line | None = None
    password_keyring: Line | None = None


class ServerTable(PasswordTable):
    """[account.smtp] and [account.imap]; what is left out comes from the provider, the account or the protocol."""

    host: Line | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Choice[Security] | None = None
    user: Line | None = None
    ca_file: Line | None = None


class AccountTable(PasswordTable):
    """[[account]]"""

    id: Slug
    practice: str | None = None
    address: MailAddress
    mode: Choice[AccountMode] = AccountMode.DEDICATED
    folders: tuple[Line, ...] = Field(default=("INBOX",), min_length=1)
    since: date | None = None
    plus_addresses: bool = True
    authserv_id: str = ""
    letters_per_day: int = Field(default=400, ge=1, le=10_000)
    smtp: ServerTable = ServerTable()
    imap: ServerTable = ServerTable()


class StoreTable(Table):
    """[store]"""

    url: str = ""
    keys_url: str = ""


class KeysTable(Table):
    """[keys]"""

    master_file: Line = "master.key"
    master_env: Line | None = None
    master_keyring: Line | None = None


class LimitsTable(Table):
    """[limits]"""

    client_letters_per_day: int = Field(default=4, ge=1, le=24)
    max_late: Length = "6 hours"


class ImapTable(Table):
    """[imap]; AOL drops an idle connection after 300 seconds, so ours is renewed before."""

    poll_seconds: int = Field(default=120, ge=30, le=600)
    idle_seconds: int = Field(default=240, ge=30, lt=290)


class EngineTable(Table):
    """[engine]"""

    plan_seconds: int = Field(default=30, ge=5, le=300)
    send_timeout_seconds: int = Field(default=120, ge=10, le=600)
    shutdown_grace_seconds: int = Field(default=20, ge=1, le=300)


class ConfigFile(Table):
    """The whole file."""

    data: Line = "data"
    schedules: Line = "schedules"
    templates: Line = "templates"
    rehearse: bool = False
    practice: tuple[PracticeTable, ...] = Field(min_length=1)
    coach: tuple[CoachTable, ...] = Field(min_length=1)
    account: tuple[AccountTable, ...] = Field(min_length=1)
    store: StoreTable = StoreTable()
    keys: KeysTable = KeysTable()
    limits: LimitsTable = LimitsTable()
    imap: ImapTable = ImapTable()
    engine: EngineTable = EngineTable()
