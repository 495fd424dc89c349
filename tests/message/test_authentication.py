"""What is read out of Authentication-Results, as hosts write it and as nobody should."""

from __future__ import annotations

import time

import pytest

from mailer.message.reading.authentication import Result, Stamp, read_stamp, topmost_stamp
from mailer.message.reading.parse import parse

STAMPS: list[tuple[str, str, str, list[tuple[str, str, str]]]] = [
    (
        "as Gmail writes it",
        "mx.google.com; dkim=pass header.i=@example.org header.s=a1 header.b=Qw/x+1; "
        "spf=pass (google.com: domain of dana@example.org designates 192.0.2.7 as permitted sender) "
        "smtp.mailfrom=dana@example.org; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.org",
        "mx.google.com",
        [("dkim", "pass", "@example.org"), ("spf", "pass", "dana@example.org"), ("dmarc", "pass", "example.org")],
    ),
    (
        "as Exchange Online writes it, without a name",
        "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=example.org; dkim=pass (signature was verified) "
        "header.d=example.org;dmarc=pass action=none header.from=example.org;compauth=pass reason=100",
        "",
        [
            ("spf", "pass", "example.org"),
            ("dkim", "pass", "example.org"),
            ("dmarc", "pass", "example.org"),
            ("compauth", "pass", ""),
        ],
    ),
    (
        "as Yahoo writes it",
        "atlas-1.mail.example.net; dkim=unknown; spf=pass smtp.mailfrom=example.org; dmarc=success(p=REJECT) "
        "header.from=example.org;",
        "atlas-1.mail.example.net",
        [("dkim", "unknown", ""), ("spf", "pass", "example.org"), ("dmarc", "success", "example.org")],
    ),
    ("no result", "mx.example.org; none", "mx.example.org", []),
    ("a version", "mx.example.org 1; spf=none", "mx.example.org", [("spf", "none", "")]),
    ("a version of the method", "mx.example.org; dkim/1=fail header.d=a", "mx.example.org", [("dkim", "fail", "a")]),
    ("a quoted name", '"mx; one.example.org"; spf=pass', "mx; one.example.org", [("spf", "pass", "")]),
    ("capitals", "MX.Example.org; DMARC=Fail Header.From=a", "MX.Example.org", [("dmarc", "fail", "a")]),
    (
        "blanks round the sign",
        "mx.example.org; dmarc = fail header.from = a",
        "mx.example.org",
        [("dmarc", "fail", "a")],
    ),
    (
        "comments with semicolons, brackets and results in them",
        "mx.example.org (x; dmarc=pass); dmarc (by; (us) dmarc=pass) = fail (a \\) b; dmarc=pass) header.from=a",
        "mx.example.org",
        [("dmarc", "fail", "a")],
    ),
    (
        "a reason with a result in it",
        'mx.example.org; spf=fail reason="no; dmarc=pass" smtp.mailfrom=a; dmarc=fail header.from=b',
        "mx.example.org",
        [("spf", "fail", "a"), ("dmarc", "fail", "b")],
    ),
    ("a comment without an end", "mx.example.org; spf=pass (oh; dmarc=pass", "mx.example.org", [("spf", "pass", "")]),
    ("a quote without an end", 'mx.example.org; spf=pass smtp.helo="a', "mx.example.org", [("spf", "pass", "a")]),
    ("nothing", "", "", []),
    ("semicolons only", ";;;", "", []),
    ("signs only", "= ; == ; a= ; =b", "", []),
]


@pytest.mark.parametrize(("value", "name", "said"), [one[1:] for one in STAMPS], ids=[one[0] for one in STAMPS])
def test_a_stamp_is_read(value: str, name: str, said: list[tuple[str, str, str]]) -> None:
    stamp = read_stamp(value)

    about = ("header.from", "header.d", "header.i", "smtp.mailfrom", "smtp.helo")
    assert stamp.authserv_id == name
    assert [(one.method, one.result, one.about(*about)) for one in stamp.results] == said


def test_several_signatures_are_several_results() -> None:
    stamp = read_stamp("mx; dkim=fail header.d=a; dkim=pass header.d=b")

    assert [one.result for one in stamp.of("dkim")] == ["fail", "pass"]
    assert stamp.of("spf") == ()


def test_only_the_topmost_stamp_counts() -> None:
    letter = parse(
        b"Authentication-Results: mx.example.org;\r\n dmarc=fail (p=none)\r\n header.from=example.org\r\n"
        b"Received: from somewhere\r\nAuthentication-Results: mx.example.org; dmarc=pass\r\n\r\nhello\r\n"
    )

    result = Result(method="dmarc", result="fail", properties=(("header.from", "example.org"),))
    assert topmost_stamp(letter) == Stamp(authserv_id="mx.example.org", results=(result,))


def test_a_letter_without_a_stamp() -> None:
    assert topmost_stamp(parse(b"From: a@example.org\r\n\r\nhello\r\n")) is None


@pytest.mark.parametrize(
    "unit", ["(", ")", '"', "\\", ";", "=", "a=b ", '"\\', "(\\", "dkim=pass;", "; ((;", "é\ud800"]
)
def test_any_amount_of_rubbish_is_read_in_no_time(unit: str) -> None:
    began = time.perf_counter()

    read_stamp("mx.example.org; " + unit * 50_000)

    assert time.perf_counter() - began < 1
