"""What a new operator is told when the first people are added: each message to its last letter."""

from __future__ import annotations

import shlex

import pytest

from tests.cli.operator import DANA, Operator

CITY = "which has no summer time of its own; write a city, such as"

ZONES = [
    ("Europe/Berin", '"Europe/Berin" is not a time zone; did you mean "Europe/Berlin"?'),
    ("berlin", '"berlin" is not a time zone; did you mean "Europe/Berlin"?'),
    ("europe/lisbon", '"europe/lisbon" is not a time zone; did you mean "Europe/Lisbon"?'),
    ("New York", '"New York" is not a time zone; did you mean "America/New_York"?'),
    ("CET", f'"CET" is an abbreviation, {CITY} "Europe/Berlin"'),
    ("EST5EDT", f'"EST5EDT" is an abbreviation, {CITY} "America/New_York"'),
    ("BST", f'"BST" is an abbreviation, {CITY} "Europe/London"'),
    ("GMT+2", '"GMT+2" is an offset, without summer time; write a city, such as "Europe/Berlin", or "UTC"'),
    ("+02:00", '"+02:00" is an offset, without summer time; write a city, such as "Europe/Berlin", or "UTC"'),
    ("Etc/GMT-2", '"Etc/GMT-2" is an offset, without summer time; write a city, such as "Europe/Berlin", or "UTC"'),
    (
        "W. Europe Standard Time",
        '"W. Europe Standard Time" is not a name of the tz database; write Continent/City, such as "Europe/Berlin"',
    ),
    ("Utopia", '"Utopia" is not a time zone; write Continent/City, such as "Europe/Berlin"'),
    ("", '"" is not a time zone; write Continent/City, such as "Europe/Berlin"'),
]


@pytest.mark.parametrize(("zone", "told"), ZONES)
def test_a_zone_that_is_none(operator: Operator, zone: str, told: str) -> None:
    said = operator.type(DANA.replace("Europe/Lisbon", shlex.quote(zone)))

    assert (said.code, said.out, said.err) == (2, "", f"mailer: --zone: {told}\n")


def test_a_zone_by_its_old_name_is_kept_by_todays(operator: Operator) -> None:
    operator.type(DANA.replace("Europe/Lisbon", "Asia/Calcutta"))

    assert "zone       Asia/Kolkata\n" in operator.type("client show dana").out


ADDRESSES = [
    ("dana", "it needs a name, an @ and a domain, such as petra@example.org"),
    ("dana@", "it needs a name, an @ and a domain, such as petra@example.org"),
    ("dana@example", '"example" is no whole domain; that has a dot in it, such as example.org'),
    ("Dana Reis <dana@example.org>", "write the address alone, without a name and without < >"),
    (" dana@example.org", "there is a space before or after it"),
    ("dаna@example.org", "the part before the @ mixes letters of two alphabets that look alike; type it again"),
    ("dana@example..org", "an email address cannot have two periods in a row"),
]


@pytest.mark.parametrize(("address", "told"), ADDRESSES)
def test_an_address_that_is_none(operator: Operator, address: str, told: str) -> None:
    said = operator.type(DANA.replace("dana@example.org", shlex.quote(address)))

    assert (said.code, said.out) == (2, "")
    assert said.err == f'mailer: --email: "{address}" is no e-mail address: {told}\n'


# what is typed, exit code, what is said of it
MISTAKES = [
    (
        DANA.replace(" dana ", " Dana "),
        2,
        'mailer: "Dana" is no short name; write up to 40 small letters, digits and hyphens: "dana"',
    ),
    (
        f"{DANA} --coach petar",
        1,
        'mailer: there is no coach "petar"; config.toml has: petra',
    ),
    (
        f"{DANA} --country Portugal",
        2,
        'mailer: --country: "Portugal" is no country code; write its two letters, such as PT, or a region: DE-BY',
    ),
    (
        f"{DANA} --language english",
        1,
        'mailer: --language: letters cannot be written in "english"; they can in de, en, es, fr, it, nl, pt',
    ),
    (
        f"{DANA} --form polite",
        2,
        "mailer client add: --form: 'polite' is not one of 'informal', 'formal'\n"
        "`mailer client add --help` shows what can be written",
    ),
    (
        f"{DANA} --schedule weekly-chekin",
        1,
        'mailer: there is no schedule "weekly-chekin"; did you mean "weekly-checkin"?',
    ),
    (
        "client add dana",
        2,
        "mailer client add: missing option '--name'\n`mailer client add --help` shows what can be written",
    ),
    (
        "client join dana weekly-checkin",
        1,
        'mailer: there is no client "dana"; `mailer client list` shows the short names',
    ),
    (
        "client show",
        2,
        "mailer client show: missing argument 'CLIENT'\n`mailer client show --help` shows what can be written",
    ),
    ("chekc", 2, "mailer: no such command 'chekc'. Did you mean 'check'?\n`mailer --help` shows what can be written"),
    ("plan --days x", 2, "mailer plan: --days: write a whole number\n`mailer plan --help` shows what can be written"),
    ("plan --days 0", 2, "mailer plan: --days: must be at least 1\n`mailer plan --help` shows what can be written"),
    ("plan --client dana", 1, 'mailer: there is no client "dana"; `mailer client list` shows the short names'),
    ("preview weekly-checkin --client dana", 2, "mailer: name the prompt as well: weekly-checkin/week"),
]


@pytest.mark.parametrize(("typed", "code", "told"), MISTAKES, ids=[typed for typed, _, _ in MISTAKES])
def test_what_cannot_be_done_is_said_with_what_can(operator: Operator, typed: str, code: int, told: str) -> None:
    said = operator.type(typed)

    assert (said.code, said.out, said.err) == (code, "", f"{told}\n")


# what is typed once Dana is there
AFTERWARDS = [
    (DANA, 1, 'mailer: client "dana" exists already; choose another short name'),
    (
        DANA.replace(" dana ", " ana ").replace("dana@", "DANA@"),
        1,
        'mailer: client "ana": another client has this address; if two people share it, say --shared-address',
    ),
    ("client join dana welcom", 1, 'mailer: there is no schedule "welcom"; did you mean "welcome"?'),
    (
        "client join dana welcome --from tomorrow",
        2,
        'mailer: --from: "tomorrow" is no day; write YYYY-MM-DD, such as 2027-03-15',
    ),
    (
        "client join dana welcome --from 2099-03-01 --until 2099-02-01",
        2,
        "mailer: --until: 2099-02-01 comes before 2099-03-01, the first day; nothing would ever be sent",
    ),
    (
        "client pause dana --until 2020-01-01",
        1,
        "mailer: --until: 2020-01-01 has begun where dana lives; name a day to come",
    ),
    (
        'session add dana "tomorrow 14:00"',
        2,
        'mailer: "tomorrow 14:00" is no time; write it as "YYYY-MM-DD HH:MM", such as "2027-03-04 14:00"',
    ),
    (
        "preview weekly-checkin/weak --client dana",
        1,
        'mailer: weekly-checkin has no prompt "weak"; it has: weekly-checkin/week',
    ),
    ("preview weekly/week --client dana", 1, 'mailer: there is no schedule "weekly"; did you mean "weekly-checkin"?'),
]


@pytest.mark.parametrize(("typed", "code", "told"), AFTERWARDS, ids=[typed for typed, _, _ in AFTERWARDS])
def test_what_does_not_fit_who_is_there(operator: Operator, typed: str, code: int, told: str) -> None:
    operator.type(DANA)

    said = operator.type(typed)

    assert (said.code, said.out, said.err) == (code, "", f"{told}\n")


# what is typed once Dana is there, and what is said when it is done
DONE = [
    (
        "client join dana welcome",
        "dana joined welcome; it sends nothing while enabled = false stands in welcome.toml\n",
    ),
    ("client join dana weekly-checkin", "dana was on weekly-checkin already; nothing was changed\n"),
    ("client resume dana", "dana was not paused; nothing was changed\n"),
    ("thread dana", "nothing was sent to dana or came from dana yet\n"),
]


@pytest.mark.parametrize(("typed", "told"), DONE, ids=[typed for typed, _ in DONE])
def test_what_was_done_or_was_so_already(operator: Operator, typed: str, told: str) -> None:
    operator.type(DANA)

    said = operator.type(typed)

    assert (said.code, said.out, said.err) == (0, told, "")
