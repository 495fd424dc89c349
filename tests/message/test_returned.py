"""Whose word about senders counts for an account, and what an operator is told of SPF, DKIM and DMARC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer.message.reading.authentication import read_stamp
from mailer.message.returned.letter import returned
from mailer.message.returned.stamp import stamp_findings
from mailer.message.token import TokenKeys
from mailer.message.writing.check_letter import check_letter
from mailer.model.checkup import Finding
from mailer.model.places import Account, AccountMode, Security, Server

KEYS = TokenKeys(current=1, secrets={1: bytes(32)})
NOWHERE = Server(host="127.0.0.1", port=1, security=Security.NONE)
PASSES = "mx.example.org; spf=pass smtp.mailfrom=letters@example.org; dkim=pass header.d=example.org; dmarc=pass"
PER_MACHINE = [f"mx{number}.example.org; dmarc=pass" for number in range(4)]


def findings(stamp: str | None, *, configured: str = "", others: list[str] | None = None) -> dict[str, Finding]:
    account = Account(
        slug="main",
        practice="vogl",
        address="letters@example.org",
        mode=AccountMode.DEDICATED,
        smtp=NOWHERE,
        imap=NOWHERE,
        authserv_id=configured,
    )
    sent = check_letter(
        KEYS,
        account=account,
        name="Petra Vogl",
        installation="a1",
        date=datetime(2027, 3, 1, 8, 0, tzinfo=UTC),
        references=(b"0123456789", b"abcdefghij"),
    )
    head = f"Authentication-Results: {stamp}\r\n".encode() if stamp is not None else b""
    it = returned(head + sent.wire.raw, sent=sent, account=account, carrier="the server")
    return {one.about: one for one in stamp_findings(it, others=[read_stamp(one) for one in others or []])}


NOBODY = "none on this letter, as often on letters to oneself: what SPF, DKIM and DMARC say was not to be seen"
NAMELESS = "written by a server that does not give its name, as at Microsoft 365"
SO_THAT = ", so that forged senders are noticed"
WHOSE: list[tuple[str, str | None, str, list[str], tuple[str, str, str]]] = [
    ("nobody's", None, "", [], ("note", NOBODY, "")),
    ("nobody's, and one is set", None, "mx.a", [], ("note", f"{NOBODY}, nor whether authserv_id is right", "")),
    ("two others are too few", None, "", [PASSES] * 2, ("note", NOBODY, "")),
    ("others that differ", None, "", PER_MACHINE, ("note", NOBODY, "")),
    ("named and set", PASSES, "MX.example.org", [], ("good", "written by mx.example.org, as authserv_id says", "")),
    (
        "named and not set",
        PASSES,
        "",
        [],
        ("note", "written by mx.example.org", f'write authserv_id = "mx.example.org"{SO_THAT}'),
    ),
    (
        "another one is set",
        PASSES,
        "mx.example.net",
        [],
        (
            "failed",
            'written by mx.example.org, and authserv_id is "mx.example.net": forged senders are not noticed',
            'write authserv_id = "mx.example.org"',
        ),
    ),
    (
        "on letters from others alone, and set",
        None,
        "mx.example.org",
        [PASSES] * 3,
        ("good", "none on this letter; mx.example.org writes them on others, as authserv_id says", ""),
    ),
    (
        "on letters from others alone, and another one is set",
        None,
        "mx.a",
        [PASSES] * 3,
        (
            "failed",
            'none on this letter; mx.example.org writes them on others, and authserv_id is "mx.a": '
            "forged senders are not noticed",
            'write authserv_id = "mx.example.org"',
        ),
    ),
    ("without a name", "spf=pass; dmarc=pass", "", [], ("note", f"{NAMELESS}; leave authserv_id empty", "")),
    (
        "without a name, and one is set",
        "spf=pass",
        "mx.a",
        [],
        ("failed", f'{NAMELESS}: authserv_id = "mx.a" fits no letter', "take authserv_id out"),
    ),
    (
        "by one machine of many",
        "mx7.example.org; dmarc=pass",
        "",
        PER_MACHINE,
        (
            "note",
            "written by mx7.example.org, and by other names on other letters: authserv_id cannot be used here",
            "",
        ),
    ),
    (
        "by one machine of many, and another is set",
        "mx7.example.org; dmarc=pass",
        "mx1.example.org",
        PER_MACHINE,
        (
            "failed",
            "written by mx7.example.org, and by other names on other letters: authserv_id cannot be used here",
            "take authserv_id out",
        ),
    ),
]


@pytest.mark.parametrize(
    ("stamp", "configured", "others", "told"), [one[1:] for one in WHOSE], ids=[one[0] for one in WHOSE]
)
def test_whose_word_counts(stamp: str | None, configured: str, others: list[str], told: tuple[str, str, str]) -> None:
    found = findings(stamp, configured=configured, others=others)["Authentication-Results"]

    assert (found.grade, found.said, found.remedy) == told


SPF_REMEDY = "whoever keeps the DNS of example.org must add the sending server to its SPF record"
DKIM_REMEDY = "switch on DKIM for example.org at the provider, and put its key into the DNS"
DMARC_REMEDY = "mend SPF or DKIM of example.org: clients' hosts may refuse its letters or file them as junk"
SAID: list[tuple[str, str, tuple[str, str, str]]] = [
    ("spf=pass smtp.mailfrom=letters@example.org", "SPF", ("good", "pass, for example.org", "")),
    ("spf=fail smtp.mailfrom=letters@example.org", "SPF", ("failed", "fail, for example.org", SPF_REMEDY)),
    ("spf=softfail smtp.mailfrom=example.org", "SPF", ("note", "softfail, for example.org", SPF_REMEDY)),
    ("spf=fail; dmarc=pass", "SPF", ("note", "fail, for example.org; DMARC passes all the same", "")),
    ("spf=none", "SPF", ("note", "none: the DNS of example.org does not say which servers send for it", "")),
    ("dmarc=pass", "SPF", ("note", "not mentioned", "")),
    ("dkim=pass header.i=@example.org", "DKIM", ("good", "pass, for example.org", "")),
    ("dkim=fail header.d=x.org; dkim=pass header.d=example.org", "DKIM", ("good", "pass, for example.org", "")),
    ("dkim=fail header.d=example.org", "DKIM", ("failed", "fail, for example.org", DKIM_REMEDY)),
    ("dkim=none", "DKIM", ("note", "none: letters are not signed; large hosts ask for it", "")),
    ("dmarc=fail header.from=example.org", "DMARC", ("failed", "fail, for example.org", DMARC_REMEDY)),
    ("dmarc=permerror", "DMARC", ("failed", "permerror, for example.org", DMARC_REMEDY)),
    ("dmarc=temperror", "DMARC", ("note", "temperror, for example.org", DMARC_REMEDY)),
    ("dmarc=none", "DMARC", ("note", "none: example.org has no DMARC record; large hosts ask for one", "")),
]


@pytest.mark.parametrize(("words", "about", "told"), SAID, ids=[f"{about} {words}" for words, about, _ in SAID])
def test_what_a_host_says_of_letters_is_told_with_what_to_do(
    words: str, about: str, told: tuple[str, str, str]
) -> None:
    found = findings(f"mx.example.org; {words}")[about]

    assert (found.grade, found.said, found.remedy) == told


def test_without_a_stamp_nothing_is_said_of_spf_dkim_and_dmarc() -> None:
    assert findings(None).keys() == {"Authentication-Results"}
