"""What may config.toml hold? Every key with its type, default and limits; config.example.toml explains them.

The sentence below each key is what editors show of it, see schemas/.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from mailer.config.oauth import OAuthTable
from mailer.config.quiet import QuietTable, QuietTimesTable
from mailer.config.spellings import Clock, Language, Length, Line, MailAddress, Slug, TitleRule, Zone
from mailer.model.places import AccountMode, Security
from mailer.secrets import three_ways
from mailer.tomlfile import Choice, Field, Table, field_validator

_NO_PASSWORD_HERE = f"a password never stands in this file; name where it is kept: {three_ways('password')}"


class PracticeTable(Table):
    """[[practice]]"""

    id: Slug
    """Your own short name: small letters, digits, hyphens."""
    title: Line
    """As people know it."""


class CoachTable(Table):
    """[[coach]]"""

    id: Slug
    """Your own short name: small letters, digits, hyphens."""
    practice: str | None = None
    """The id of its practice; needed where there are several."""
    name: Line
    """Clients' letters come from this name."""
    email: MailAddress
    """Where the digest goes; with a dedicated mailbox not that mailbox's address."""
    zone: Zone
    """Continent/City, a name of the tz database."""
    language: Language = "en"
    """Of the digest: two small letters."""
    digest_at: Clock = "07:00"
    """HH:MM at the coach's place: when the digest comes."""
    calendar: Line | None = None
    """A calendar file (.ics) with the coach's sessions, read once an hour."""
    calendar_env: Line | None = None
    """An environment variable that holds the private address of the coach's calendar."""
    calendar_file: Line | None = None
    """A file with that address that only its owner can read."""
    calendar_rule: TitleRule | None = None
    """How a session's title says with whom: "Coaching {name}", or {first_name} or {client}, the short name."""


class PasswordTable(Table):
    """The keys that name a password, for an account or for one of its servers."""

    advice: ClassVar[Mapping[str, str]] = {"password": _NO_PASSWORD_HERE, "pass": _NO_PASSWORD_HERE}

    password_env: Line | None = None
    """An environment variable that holds the password."""
    password_file: Line | None = None
    """A file with the password that only its owner can read."""
    password_keyring: Line | None = None
    """Where it is in the system's keyring, "service/user"; needs the package keyring."""


class ServerTable(PasswordTable):
    """[account.smtp] and [account.imap]; what is left out comes from the provider, the account or the protocol."""

    host: Line | None = None
    """Its name."""
    port: int | None = Field(default=None, ge=1, le=65535)
    """Its port: 465 or 993 for "tls", 587 or 143 for "starttls"."""
    security: Choice[Security] | None = None
    """How the connection is secured; "none" only for servers on this machine."""
    user: Line | None = None
    """The name to log in with; the address if not given."""
    ca_file: Line | None = None
    """A private certificate authority to trust besides the system's."""


class AccountTable(PasswordTable):
    """[[account]]"""

    id: Slug
    """Your own short name: small letters, digits, hyphens."""
    practice: str | None = None
    """The id of its practice; needed where there are several."""
    address: MailAddress
    """Letters come from here, and replies arrive here."""
    mode: Choice[AccountMode] = AccountMode.DEDICATED
    """Whose mailbox it is: with "shared", a person's as well, only provable answers are kept."""
    folders: tuple[Line, ...] = Field(default=("INBOX",), min_length=1)
    """Folders to read; add the spam folder if answers land there."""
    since: date | None = None
    """Read letters from this day on at the first start; without it only what comes from then on."""
    plus_addresses: bool = True
    """The host delivers name+anything@… to name@…; Yahoo does not."""
    verp: bool = True
    """Reports about a letter come back to name+token@…; the host must let letters leave under that address."""
    authserv_id: str = ""
    """Whose Authentication-Results header is believed, "mx.google.com" at Gmail; nobody's if empty."""
    letters_per_day: int | None = Field(default=None, ge=1, le=1_000_000)
    """Letters within 24 hours at most; what the provider allows if not given, at a host of your own any number."""
    letters_per_minute: int | None = Field(default=None, ge=1, le=10_000)
    """Letters within a minute at most; what the provider allows if not given."""
    connections: int | None = Field(default=None, ge=1, le=10)
    """Letters under way to the server at once; as suits the provider if not given."""
    smtp: ServerTable = ServerTable()
    """The server that takes letters; the well-known providers need no such table."""
    imap: ServerTable = ServerTable()
    """The server that has the replies; the well-known providers need no such table."""
    oauth: OAuthTable | None = None
    """Log in with tokens instead of a password; Outlook.com and Microsoft 365 need it."""

    @field_validator("oauth", mode="before")
    @classmethod
    def _is_a_table(cls, value: object) -> object:
        if isinstance(value, str):
            said = "a name is not enough: write a table [account.oauth] with provider and client_id"
            raise ValueError(said)  # noqa: TRY004 - what a validator raises to be told
        return value


class OperatorTable(Table):
    """[operator]"""

    coach: str | None = None
    """The id of the coach who looks after the program, and gets its letters; the first coach if not given."""
    command: tuple[Line, ...] | None = Field(default=None, min_length=1)
    """Run with the text on its standard input where no letter can be sent; the program first, then its arguments."""


class StoreTable(Table):
    """[store]"""

    url: str = ""
    """The database of people and mail, SQLite or PostgreSQL; mailer.db in the data folder if empty."""
    keys_url: str = ""
    """The database of the keys, never the same; keys.db in the data folder if empty."""


class KeysTable(Table):
    """[keys]"""

    master_file: Line = "master.key"
    """A file that only its owner can read, 32 random bytes in base64."""
    master_env: Line | None = None
    """An environment variable that holds the master key."""
    master_keyring: Line | None = None
    """Where it is in the system's keyring, "service/user"."""


class LimitsTable(Table):
    """[limits]"""

    client_letters_per_day: int = Field(default=4, ge=1, le=24)
    """Letters a client gets in a day at most."""
    letters_per_week: int = Field(default=3, ge=1, le=21)
    """Prompts a client gets in a week at most, of all schedules together."""
    max_late: Length = "6 hours"
    """A prompt later than this is not sent any more, if its schedule says nothing else."""
    longest_gap: Length = "30 days"
    """After a longer time without a sign of life nothing is sent until a person says that the date is right."""


class ImapTable(Table):
    """[imap]; AOL drops an idle connection after 300 seconds, so ours is renewed before."""

    poll_seconds: int = Field(default=120, ge=30, le=600)
    """Look for replies this often where the server does not announce them."""
    idle_seconds: int = Field(default=240, ge=30, lt=290)
    """Renew a waiting connection this often."""


class EngineTable(Table):
    """[engine]"""

    plan_seconds: int = Field(default=30, ge=5, le=300)
    """Look for due prompts this often."""
    send_timeout_seconds: int = Field(default=120, ge=10, le=600)
    """Give up on a silent server after this, and try again later."""
    shutdown_grace_seconds: int = Field(default=20, ge=1, le=300)
    """Finish letters under way for this long when asked to stop."""


class ConfigFile(Table):
    """The configuration of one deployment."""

    data: Line = "data"
    """The folder of the two databases, of OAuth tokens and of the lock of the running program."""
    schedules: Line = "schedules"
    """The folder of the schedules: who is asked what, and when."""
    templates: Line = "templates"
    """The folder of the templates: how letters look."""
    rehearse: bool = False
    """true: letters meant for clients go to their coach instead, marked."""
    practice: tuple[PracticeTable, ...] = Field(min_length=1)
    """The organisations; the people and mail of one are never mixed with another's."""
    coach: tuple[CoachTable, ...] = Field(min_length=1)
    """The coaches; each gets a digest once a day."""
    account: tuple[AccountTable, ...] = Field(min_length=1)
    """The mailboxes letters leave from and replies come back to; exactly one for each practice."""
    operator: OperatorTable = OperatorTable()
    """Who is told when the program needs a person: a schedule that cannot be read, a login that is refused."""
    store: StoreTable = StoreTable()
    """Where the databases are; back both up, and never in one place."""
    keys: KeysTable = KeysTable()
    """Where the master key is kept that opens the keys: one of three places."""
    quiet: tuple[QuietTable, ...] = ()
    """Days on which some or all clients get no letters: holidays of the coach, a quiet August."""
    quiet_times: QuietTimesTable = QuietTimesTable()
    """When no letter goes in any week."""
    limits: LimitsTable = LimitsTable()
    """What keeps a mistake in a schedule small."""
    imap: ImapTable = ImapTable()
    """How often the program looks for replies."""
    engine: EngineTable = EngineTable()
    """How often the program looks for work, and how long it waits."""

    @field_validator("operator", mode="before")
    @classmethod
    def _is_a_table(cls, value: object) -> object:
        if isinstance(value, str):
            said = f'write a table [operator] with coach = "{value}"'
            raise ValueError(said)  # noqa: TRY004 - what a validator raises to be told
        return value
