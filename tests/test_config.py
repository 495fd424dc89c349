"""config.toml: what it becomes, and everything that can be wrong with it."""

from __future__ import annotations

import dataclasses
import random
import re
import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from mailer.config import Settings, json_schema, load_config
from mailer.config.tables import ConfigFile
from mailer.errors import ConfigError
from mailer.model.places import AccountMode, Secret, Security
from mailer.secrets import write_master_key
from mailer.tomlfile import Table

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
ENV = {"PW": "app password"}

PRACTICE = '[[practice]]\nid = "vogl"\ntitle = "Vogl Coaching"\n'
COACH = '[[coach]]\nid = "petra"\nname = "Petra Vogl"\nemail = "petra@example.org"\nzone = "Europe/Berlin"\n'
GMAIL = '[[account]]\nid = "main"\naddress = "vogl.coaching@gmail.com"\npassword_env = "PW"\n'
OWN = (
    '[[account]]\nid = "main"\naddress = "hello@example.org"\npassword_env = "PW"\n'
    '[account.smtp]\nhost = "smtp.example.org"\n[account.imap]\nhost = "imap.example.org"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds a master key."""
    write_master_key(tmp_path / "master.key", bytes(range(32)))
    return tmp_path


def load(folder: Path, text: str, env: dict[str, str] | None = None) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    return load_config(file, env=ENV if env is None else env)


def problems_of(folder: Path, text: str, env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, env)
    return [str(problem).replace(f"{folder}/config.toml:", "") for problem in caught.value.problems]


def test_a_gmail_user_writes_an_address_and_where_the_password_is(folder: Path) -> None:
    account = load(folder, PRACTICE + COACH + GMAIL).accounts[0]

    assert (account.smtp.host, account.smtp.port, account.smtp.security) == ("smtp.gmail.com", 465, Security.TLS)
    assert (account.imap.host, account.imap.port, account.imap.security) == ("imap.gmail.com", 993, Security.TLS)
    assert account.smtp.user == account.imap.user == "vogl.coaching@gmail.com"
    assert account.smtp.password == account.imap.password == Secret("app password")
    assert (account.practice, account.mode, account.folders) == ("vogl", AccountMode.DEDICATED, ("INBOX",))


PROVIDERS = [
    ("x@googlemail.com", "smtp.gmail.com", 465, "tls", True, 400),
    ("x@fastmail.com", "smtp.fastmail.com", 465, "tls", True, 2_000),
    ("x@ICLOUD.com", "smtp.mail.me.com", 587, "starttls", True, 800),
    ("x@yahoo.com", "smtp.mail.yahoo.com", 465, "tls", False, 400),
]


@pytest.mark.parametrize(("address", "host", "port", "security", "plus", "per_day"), PROVIDERS)
def test_the_servers_of_well_known_providers_are_known(
    folder: Path, *, address: str, host: str, port: int, security: str, plus: bool, per_day: int
) -> None:
    account = load(folder, PRACTICE + COACH + GMAIL.replace("vogl.coaching@gmail.com", address)).accounts[0]

    assert (account.smtp.host, account.smtp.port, account.smtp.security.value) == (host, port, security)
    assert (account.imap.port, account.imap.security) == (993, Security.TLS)
    assert (account.plus_addresses, account.letters_per_day) == (plus, per_day)


@pytest.mark.parametrize(
    ("account", "written", "verp"),
    [
        (OWN, "", True),
        (OWN, "verp = false", False),
        (OWN, "plus_addresses = false", False),
        (GMAIL, "", False),  # Gmail puts the login in the place of the envelope sender
        (GMAIL, "verp = true", True),
    ],
)
def test_reports_come_back_to_an_address_of_their_own_where_the_host_lets_letters_leave_so(
    folder: Path, account: str, written: str, verp: bool
) -> None:
    text = account.replace('id = "main"\n', f'id = "main"\n{written}\n')

    assert load(folder, PRACTICE + COACH + text).accounts[0].verp is verp


PACES = [
    ("x@gmail.com", 400, None, 2),
    ("x@icloud.com", 800, None, 2),
    ("x@fastmail.com", 2_000, None, 2),
    ("x@yahoo.com", 400, None, 1),
]


@pytest.mark.parametrize(("address", "per_day", "per_minute", "connections"), PACES)
def test_letters_leave_no_faster_than_the_provider_takes_them(
    folder: Path, *, address: str, per_day: int, per_minute: int | None, connections: int
) -> None:
    account = load(folder, PRACTICE + COACH + GMAIL.replace("vogl.coaching@gmail.com", address)).accounts[0]

    assert (account.letters_per_day, account.letters_per_minute) == (per_day, per_minute)
    assert account.connections == connections


def test_a_host_of_ones_own_has_no_limit_that_is_known(folder: Path) -> None:
    account = load(folder, PRACTICE + COACH + OWN).accounts[0]

    assert (account.letters_per_day, account.letters_per_minute, account.connections) == (None, None, 4)


def test_the_pace_can_be_written_down(folder: Path) -> None:
    pace = 'id = "main"\nletters_per_day = 30\nletters_per_minute = 5\nconnections = 1\n'

    account = load(folder, PRACTICE + COACH + GMAIL.replace('id = "main"\n', pace)).accounts[0]

    assert (account.letters_per_day, account.letters_per_minute, account.connections) == (30, 5, 1)


def test_what_is_written_goes_before_what_a_provider_usually_has(folder: Path) -> None:
    text = GMAIL + "plus_addresses = false\nletters_per_day = 50\n[account.smtp]\nport = 587\n"
    text += '[account.imap]\nhost = "i.example.org"\n'

    account = load(folder, PRACTICE + COACH + text).accounts[0]

    assert (account.smtp.host, account.smtp.port, account.smtp.security) == ("smtp.gmail.com", 587, Security.STARTTLS)
    assert account.imap.host == "i.example.org"
    assert (account.plus_addresses, account.letters_per_day) == (False, 50)


def test_every_key_reaches_the_settings(folder: Path) -> None:
    (folder / "ca.pem").write_text("PEM")
    text = (
        'data = "store"\nschedules = "/srv/schedules"\ntemplates = "looks"\nrehearse = true\n'
        + PRACTICE
        + COACH
        + 'practice = "vogl"\nlanguage = "de"\ndigest_at = "06:30"\n'
        + OWN.replace(
            "[account.smtp]", 'mode = "shared"\nfolders = ["INBOX", "Spam"]\nsince = 2027-01-31\n[account.smtp]'
        ).replace(
            "[account.imap]", 'port = 2525\nsecurity = "starttls"\nuser = "u"\nca_file = "ca.pem"\n[account.imap]'
        )
        + 'password_env = "IMAP"\n[store]\nurl = "postgres://mailer@db.example.org/mail"\nkeys_url = "sqlite:///keys/k.db"\n'
        + '[keys]\nmaster_env = "MASTER"\n[limits]\nclient_letters_per_day = 2\nmax_late = "20 minutes"\n'
        + 'letters_per_week = 5\nlongest_gap = "2 weeks"\n'
        + "[imap]\npoll_seconds = 60\nidle_seconds = 100\n"
        + "[engine]\nplan_seconds = 10\nsend_timeout_seconds = 30\nshutdown_grace_seconds = 5\n"
    )

    settings = load(folder, text, {"PW": "a", "IMAP": "b", "MASTER": "A" * 43})

    account, coach = settings.accounts[0], settings.coaches[0]
    assert (settings.data, settings.schedules, settings.templates) == (
        folder / "store",
        Path("/srv/schedules"),
        folder / "looks",
    )
    assert settings.rehearse
    assert (coach.practice, coach.language, coach.digest_at, coach.zone) == ("vogl", "de", time(6, 30), "Europe/Berlin")
    assert (account.mode, account.folders, account.since) == (
        AccountMode.SHARED,
        ("INBOX", "Spam"),
        date(2027, 1, 31),
    )
    assert dataclasses.astuple(account.smtp)[:4] == ("smtp.example.org", 2525, Security.STARTTLS, "u")
    assert (account.smtp.password, account.smtp.ca_file) == (Secret("a"), str(folder / "ca.pem"))
    assert (account.imap.password, account.imap.user) == (Secret("b"), "hello@example.org")
    assert settings.store_url == "postgresql+psycopg://mailer@db.example.org/mail"
    assert settings.keys_url == f"sqlite:///{folder}/keys/k.db"
    assert settings.master_key == Secret("A" * 43)
    assert dataclasses.astuple(settings.limits) == (2, timedelta(minutes=20), timedelta(weeks=2))
    assert settings.rules.letters_per_week == 5
    assert settings.operator == "petra"
    assert dataclasses.astuple(settings.engine) == (60, 100, 10, 30, 5)
    assert settings.account_of("vogl") is account


def test_data_and_keys_are_two_files_in_the_data_folder(folder: Path) -> None:
    settings = load(folder, PRACTICE + COACH + GMAIL)

    assert settings.store_url == f"sqlite:///{folder}/data/mailer.db"
    assert settings.keys_url == f"sqlite:///{folder}/data/keys.db"


def test_no_repr_of_the_settings_shows_a_secret(folder: Path) -> None:
    settings = load(folder, PRACTICE + COACH + GMAIL)

    assert "app password" not in repr(settings)
    assert (folder / "master.key").read_text().strip() not in repr(settings)


ONE_PROBLEM = [
    (
        PRACTICE + COACH.replace("zone", "timezon") + GMAIL,
        '8:1: coach.timezon: unknown key "timezon"; did you mean "zone"?',
    ),
    (
        PRACTICE + COACH.replace("Europe/Berlin", "europe/berlin") + GMAIL,
        '8:8: coach.zone: "europe/berlin" is not a time zone; did you mean "Europe/Berlin"?',
    ),
    (
        PRACTICE + COACH.replace("Europe/Berlin", "CET") + GMAIL,
        '8:8: coach.zone: "CET" is an abbreviation, which has no summer time of its own; '
        'write a city, such as "Europe/Berlin"',
    ),
    (
        PRACTICE + COACH + 'digest_at = "8:00 pm"\n' + GMAIL,
        '9:13: coach.digest_at: write the time as HH:MM: "20:00"',
    ),
    (
        PRACTICE + COACH + "digest_at = 07:00\n" + GMAIL,
        '9:13: digest_at: a time stands in quotes; write digest_at = "07:00"',
    ),
    (
        PRACTICE + COACH + 'digest_at = "25:00"\n' + GMAIL,
        '9:13: coach.digest_at: "25:00" is not a time of day; write HH:MM, such as "07:00"',
    ),
    (
        PRACTICE + COACH.replace('"petra"', '"Petra V."') + GMAIL,
        '5:6: coach.id: an id is up to 40 small letters, digits and hyphens, such as "petra-v"',
    ),
    (
        PRACTICE + COACH + 'practice = "vogel"\n' + GMAIL,
        '9:12: coach.practice: there is no practice "vogel"; did you mean "vogl"?',
    ),
    (
        PRACTICE + COACH + GMAIL + '[limits]\nmax_late = "6 hourz"\n',
        '14:12: limits.max_late: "hourz" is not a unit of time here; write a whole number and a unit, '
        'such as "20 minutes", "6 hours", "2 days" or "1 week"',
    ),
    (
        PRACTICE + COACH + GMAIL + '[limits]\nmax_late = "0 hours"\n',
        "14:12: limits.max_late: must be longer than nothing",
    ),
    (
        PRACTICE + COACH + GMAIL + "[imap]\nidle_seconds = 290\n",
        "14:16: imap.idle_seconds: must be less than 290, not 290",
    ),
    (
        PRACTICE + COACH + GMAIL.replace("password_env", "password"),
        "12:1: account.password: a password never stands in this file; name where it is kept: "
        'password_env = "VARIABLE", password_file = "path" or password_keyring = "service/user"',
    ),
    (
        PRACTICE + COACH + GMAIL.replace('password_env = "PW"\n', ""),
        '9:1: account: no password is named for smtp and imap; write password_env = "VARIABLE", '
        'password_file = "path" or password_keyring = "service/user" under this [[account]]',
    ),
    (
        PRACTICE + COACH + GMAIL.replace("PW", "NO_PW"),
        "12:16: account.password_env: the environment variable NO_PW is not set; set it where the program is started",
    ),
    (
        PRACTICE + COACH + GMAIL + 'password_file = "mail.password"\n',
        "13:17: account.password_file: a secret has one source, not 2; keep one of password_env, password_file",
    ),
    (
        PRACTICE + COACH + GMAIL + "port = 465\n",
        "13:1: account.port: port is a key of [account.imap] or [account.smtp], not of [[account]]: "
        "write it below one of these lines",
    ),
    (
        PRACTICE + COACH + OWN + 'security = "none"\n',
        '17:12: account.imap.security: "none" is for this machine only, and imap.example.org is another; '
        'write "tls" or "starttls"',
    ),
    (
        PRACTICE + COACH + OWN + 'port = 143\nsecurity = "tls"\n',
        '17:8: account.imap.port: port 143 speaks starttls, not tls; write security = "starttls" or port = 993',
    ),
    (
        PRACTICE + COACH + OWN + 'security = "ssl"\n',
        '17:12: account.imap.security: must be "tls", "starttls" or "none", not "ssl"',
    ),
    (PRACTICE + COACH + OWN + "port = 0\n", "17:8: account.imap.port: must be 1 or more, not 0"),
    (
        PRACTICE + COACH + GMAIL.replace("vogl.coaching", "a" * 28),
        "11:11: account.address: the part before the @ has 28 characters, and more than 27 leave no room for the token "
        "in reply addresses; use a shorter address or plus_addresses = false",
    ),
    (
        PRACTICE + COACH.replace("petra@example.org", "hello@Example.org") + OWN,
        "7:9: coach.email: the digest would go to the mailbox the program itself reads; write the coach's own address, "
        'or mode = "shared" under the account',
    ),
    (
        PRACTICE + COACH + GMAIL + '[store]\nkeys_url = "sqlite:///data/mailer.db"\n',
        "14:12: store.keys_url: the keys must not stand in the database they protect; name another one",
    ),
    (
        PRACTICE + COACH + GMAIL + '[store]\nurl = "postgresql://mailer:hunter2@db.example.org/mail"\n',
        "14:7: store.url: a password never stands in this file; leave it out of the URL and give it in the variable "
        "PGPASSWORD or in ~/.pgpass",
    ),
    (
        PRACTICE + COACH + GMAIL + '[store]\nurl = "mysql://db.example.org/mail"\n',
        "14:7: store.url: this program keeps its data in SQLite or PostgreSQL; "
        'write "sqlite:///path/to/file.db" or "postgresql://user@host/database"',
    ),
    (
        PRACTICE + COACH + GMAIL + '[store]\nurl = "sqlite://"\n',
        '14:7: store.url: an SQLite database is a file here; write "sqlite:///path/to/file.db"',
    ),
    (
        PRACTICE + COACH + GMAIL + '[keys]\nmaster_env = "MASTER"\n',
        "14:14: keys.master_env: the environment variable MASTER is not set; set it where the program is started",
    ),
    (
        PRACTICE + COACH + GMAIL + '[store]\nurl = "sqlite:///a\\u0000b"\n',
        "14:7: store.url: this is no database URL; "
        'write "sqlite:///path/to/file.db" or "postgresql://user@host/database"',
    ),
    (PRACTICE + COACH, "1:1: account: there is no [[account]]; write one"),
    (
        PRACTICE + COACH + GMAIL + "rehearse = true\n",
        "13:1: account.rehearse: rehearse is a key of the file itself; here it belongs to [[account]] of line 9, "
        "which it stands below: move it above line 1, the first [table]",
    ),
]


ODD_PATHS = ["~nobody-of-this-name/x", "x" * 4000, "..", "/", "a/../../b", "\\u0022"]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_an_odd_path_is_a_problem_of_its_own_key(folder: Path, path: str) -> None:
    text = PRACTICE + COACH + GMAIL.replace("password_env", "password_file").replace("PW", path)
    text += f'[account.imap]\nca_file = "{path}"\n[store]\nurl = "sqlite:///{path}"\n'

    assert [line.split(" ")[1] for line in problems_of(folder, text)] == [
        "account.password_file:",
        "account.imap.ca_file:",
    ]


@pytest.mark.parametrize(("text", "told"), ONE_PROBLEM)
def test_one_mistake_is_one_problem_with_its_place_and_remedy(folder: Path, text: str, told: str) -> None:
    found = problems_of(folder, text)

    assert found == [told]
    assert "hunter2" not in found[0]


def test_an_account_that_cannot_read_the_replies_to_its_own_letters_is_refused(folder: Path) -> None:
    text = PRACTICE + COACH + OWN.split("[account.imap]", maxsplit=1)[0]

    assert problems_of(folder, text) == [
        "9:1: account.imap.host: host is missing, without it replies could not be read; the servers of example.org "
        "are not known by themselves: write [account.imap] with host"
    ]


def test_ids_that_stand_twice_name_both_places(folder: Path) -> None:
    text = PRACTICE + COACH + COACH.replace("petra@", "p@") + GMAIL

    assert problems_of(folder, text) == [
        '10:6: coach.id: the id "petra" is already used by the coach in line 5, column 6; give each its own'
    ]


def test_several_practices_must_be_named_and_have_one_account_each(folder: Path) -> None:
    text = PRACTICE + PRACTICE.replace("vogl", "acme") + COACH + GMAIL + 'practice = "vogl"\n'

    assert problems_of(folder, text) == [
        '5:6: practice.id: the practice "acme" has no account; write an [[account]] with practice = "acme"',
        "7:1: coach.practice: practice is missing; name one of vogl, acme",
    ]


def test_a_practice_has_one_account_and_a_mailbox_one_reader(folder: Path) -> None:
    text = PRACTICE + COACH + GMAIL + GMAIL.replace('"main"', '"second"').replace("@gmail", "@Gmail")

    assert problems_of(folder, text) == [
        '13:1: account: the practice "vogl" already has the account in line 9; a practice has exactly one',
        "15:11: account.address: the account in line 11 already reads this mailbox; give each its own",
    ]


def test_a_coach_may_use_an_own_mailbox_that_is_shared_with_the_program(folder: Path) -> None:
    text = PRACTICE + COACH.replace("petra@example.org", "vogl.coaching@gmail.com") + GMAIL + 'mode = "shared"\n'

    assert load(folder, text).coaches[0].address == load(folder, text).accounts[0].address


def test_a_server_on_this_machine_may_go_without_tls_and_login(folder: Path) -> None:
    text = PRACTICE + COACH + OWN.replace('password_env = "PW"\n', "")
    text = text.replace("smtp.example.org", "127.0.0.1").replace("imap.example.org", "localhost")
    text = (
        text.replace("[account.imap]", 'security = "none"\nport = 2525\n[account.imap]')
        + 'security = "none"\nport = 1143\n'
    )

    account = load(folder, text).accounts[0]

    assert (account.smtp.user, account.smtp.password, account.smtp.port) == ("", None, 2525)
    assert account.imap.security is Security.NONE


def test_every_problem_is_told_at_once_in_the_order_of_the_file(folder: Path) -> None:
    text = (
        "data = 5\nrehearse = yes\n"
        + PRACTICE
        + COACH.replace("Europe/Berlin", "CET")
        + 'practice = "acme"\n'
        + GMAIL.replace("PW", "NO_PW")
        + '[keys]\nmaster_file = "none"\n[store]\nurl = "x"\n[limitz]\n'
    )

    found = problems_of(folder, text)

    assert [line.split(" ")[1] for line in found] == [
        "data:",
        "rehearse:",
        "coach.zone:",
        "coach.practice:",
        "account.password_env:",
        "keys.master_file:",
        "limitz:",
    ]


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: there is no such file; check the path"):
        load_config(tmp_path / "config.toml", env={})


def test_a_file_cut_or_damaged_anywhere_is_answered_with_problems_only(folder: Path) -> None:
    # given
    dice = random.Random(2027)
    whole = EXAMPLE.read_text()
    junk = ["", '"', "[", "]]", "=", "\n", "{", "'''", "\0", "é", "\ufeff", "-1", "true", "#"]

    # when
    outcomes = []
    for _ in range(150):
        start = dice.randrange(len(whole))
        text = whole[:start] + dice.choice(junk) + whole[start + dice.randrange(40) :]
        try:
            outcomes.append(load(folder, text, {"MAILER_PASSWORD": "x"}).file.name)
        except ConfigError as error:
            outcomes += [problem.file.name for problem in error.problems]

    # then
    assert set(outcomes) == {"config.toml"}


# The example file is the reference: what it shows must be what the program does.


def shown(text: str) -> str:
    """The example with every commented-out key and table brought in."""
    return re.sub(r"^# (?=\[{1,2}[a-z._]+\]|[a-z_]+ = )", "", text, flags=re.MULTILINE)


def tables_of(model: type[Table]) -> dict[str, type[Table]]:
    """The tables a model holds, by key."""
    held: dict[str, type[Table]] = {}
    for name, field in model.model_fields.items():
        candidates = [field.annotation, *get_args(field.annotation)]
        for one in candidates:
            if isinstance(one, type) and issubclass(one, Table):
                held[field.alias or name] = one
    return held


def differences(model: type[Table], values: dict[str, Any], *, left_out: dict[str, Any], at: str = "") -> list[str]:
    """Keys the example lacks, and commented-out values that are not the default."""
    keys = {field.alias or name: field for name, field in model.model_fields.items()}
    found = [f"{at}{name} is not shown" for name in keys if name not in values]
    held = tables_of(model)
    for name, field in keys.items():
        value, written = values.get(name), left_out.get(name)
        if name in held and value is not None:
            inner = value[0] if isinstance(value, list) else value
            own = written[0] if isinstance(written, list) else written or {}
            found += differences(held[name], inner, left_out=own, at=f"{at}{name}.")
        elif name not in left_out and field.default is not None and not field.is_required():
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            found += [f"{at}{name} shows {value}, the default is {default}"] if value != default else []
    return found


def test_the_example_shows_every_key_and_its_real_default() -> None:
    text = EXAMPLE.read_text()

    assert differences(ConfigFile, tomllib.loads(shown(text)), left_out=tomllib.loads(text)) == []


def test_the_example_loads_as_it_stands_and_sends_nothing_to_clients(folder: Path) -> None:
    settings = load(folder, EXAMPLE.read_text(), {"MAILER_PASSWORD": "x"})

    assert settings.rehearse
    assert settings.accounts[0].smtp.host == "smtp.gmail.com"


def test_every_value_the_example_shows_is_one_the_program_takes(folder: Path) -> None:
    others = r"^((password|master|client_secret)_(env|keyring)|calendar_(env|file)|password_file) = .*\n"
    text = re.sub(others, "", shown(EXAMPLE.read_text()), flags=re.MULTILINE)
    for name in ("client.secret", "authority.pem"):
        (folder / name).write_text("x")
        (folder / name).chmod(0o600)

    text = text.replace("plus_addresses = true", "plus_addresses = false").replace("verp = true", "verp = false")
    settings = load(folder, text)

    assert settings.accounts[0].smtp.host == "smtp.example.org"
    assert settings.accounts[0].smtp.by_token


def test_the_schema_of_the_file_is_there_for_editors() -> None:
    schema = json_schema()

    assert set(schema["properties"]) == set(ConfigFile.model_fields)
    assert schema["required"] == ["practice", "coach", "account"]


def test_the_operator_is_the_first_coach_and_has_no_command_unless_it_is_said(folder: Path) -> None:
    said = '[operator]\ncoach = "petra"\ncommand = ["tell-me", "--now"]\n'

    usual, told = load(folder, PRACTICE + COACH + GMAIL), load(folder, PRACTICE + COACH + GMAIL + said)

    assert (usual.operator, usual.operator_command) == ("petra", ())
    assert (told.operator, told.operator_command) == ("petra", ("tell-me", "--now"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('[operator]\ncoach = "petar"\n', 'operator.coach: there is no coach "petar"; did you mean "petra"?'),
        ("[operator]\ncommand = []\n", "operator.command: "),
        ('[operator]\ncommand = "tell-me --now"\n', "operator.command: "),
    ],
)
def test_an_operator_who_cannot_be_told_is_refused(folder: Path, said: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(folder, PRACTICE + COACH + GMAIL + said)

    assert told in str(error.value)


def test_an_operator_written_as_a_name_is_told_the_table_to_write(folder: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(folder, 'operator = "petra"\n' + PRACTICE + COACH + GMAIL)

    assert 'write a table [operator] with coach = "petra"' in str(error.value)
