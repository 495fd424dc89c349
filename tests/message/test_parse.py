"""Any bytes are a letter: read whole, clean, and in time that grows with their size only."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.message.reading.classify import classify
from mailer.message.reading.parse import parse
from mailer.model.incoming import Letter

LETTERS = sorted((Path(__file__).parent.parent / "letters").glob("*.eml"))
SLOWEST_SECONDS = 5.0  # for rubbish of two megabytes on a busy machine; quadratic readers need minutes
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def a_letter(body: str | bytes, *headers: str) -> Letter:
    content = body.encode() if isinstance(body, str) else body
    return parse("\n".join(["From: Ana <ana@example.org>", *headers]).encode() + b"\n\n" + content)


def texts_of(letter: Letter) -> list[str]:
    """Every text that leaves the parser."""
    return [
        letter.text,
        letter.html,
        letter.subject,
        letter.message_id,
        *letter.in_reply_to,
        *letter.references,
        *letter.recipients,
        *letter.notes,
        *(one for sender in letter.senders for one in (sender.name, sender.address)),
        *(attachment.name for attachment in letter.attachments),
        *(one for pair in letter.headers for one in pair),
    ]


def assert_clean(letter: Letter) -> None:
    for text in texts_of(letter):
        text.encode("utf-8")
        assert "\0" not in text
        assert "\r" not in text
    for _, value in letter.headers:
        assert not set(value) & {*BIDI, "\n"}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_become_storable_text(raw: bytes) -> None:
    letter = parse(raw)
    classify(letter, raw)
    assert_clean(letter)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(LETTERS), st.integers(0, 10_000), st.binary(max_size=40), st.integers(0, 200))
def test_damaged_letters_become_storable_text(path: Path, place: int, rubbish: bytes, lost: int) -> None:
    raw = path.read_bytes()
    place %= len(raw)
    damaged = raw[:place] + rubbish + raw[place + lost :]
    letter = parse(damaged)
    classify(letter, damaged)
    assert_clean(letter)


HEAD = b"From: a@example.org\nContent-Type: "
SIZE = 2_000_000
NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3_000))
RUBBISH = {
    "one line": HEAD + b"text/plain\n\n" + b"a" * SIZE,
    "blanks": HEAD + b"text/plain\n\n" + b" " * SIZE,
    "a hundred thousand headers": b"X-A: b\n" * 100_000 + b"\nhi",
    "folds": b"X-A: b\n" + b" b\n" * (SIZE // 3),
    "nested parts": b"From: a@example.org\n" + NESTED + b"\nhi",
    "false boundaries": HEAD + b'multipart/mixed; boundary="b"\n\n' + b"--bc\n" * (SIZE // 5),
    "too many parts": HEAD + b'multipart/mixed; boundary="b"\n\n' + b"--b\n" * (SIZE // 4),
    "encoded words": b"Subject: " + b"=?utf-8?q?" * (SIZE // 10),
    "quotes in an address": b"From: " + b'"\\' * (SIZE // 2),
    "commas in an address": b"From: " + b"a," * (SIZE // 2),
    "angles in an address": b"From: " + b"<" * SIZE,
    "ids": b"References: " + b"<a@b> " * (SIZE // 6),
    "parameters": HEAD + b"text/plain" + b";a*0*=%41'" * (SIZE // 10),
    "flowed": HEAD + b"text/plain; format=flowed\n\n" + b"> a \n" * (SIZE // 5),
    "base64 that is none": HEAD + b"text/plain\nContent-Transfer-Encoding: base64\n\n" + b"-\n" * (SIZE // 2),
    "uuencode that is none": HEAD + b"text/plain\nContent-Transfer-Encoding: x-uuencode\n\n" + b"\x7f\n" * (SIZE // 2),
    "tnef": HEAD + b"application/ms-tnef\n\n\x78\x9f\x3e\x22ab" + b"\x01\x02\x90\x06\x00\0\0\0\0\0\0" * (SIZE // 11),
    "nothing but NUL": HEAD + b"text/plain\n\n" + b"\0a" * (SIZE // 2),
    "half characters": HEAD + b"text/html\n\n" + b"\xed\xa0\x80&#55357;" * (SIZE // 11),
    "signed without end": HEAD + b"text/plain\n\n" + b"-----BEGIN PGP SIGNED MESSAGE-----\n" * (SIZE // 36),
    "bounce without end": b"Return-Path: <>\nSubject: failure notice\n\n" + b"550 to: " * (SIZE // 8),
    **{
        f"html of {piece.decode()}": HEAD + b"text/html\n\n" + piece * (SIZE // len(piece))
        for piece in (b"<", b"<a ", b"<div>", b"<blockquote>x<br>", b'<a href="', b"<!--", b"<style>", b"<ul><li>x",
                      b"<a href=http://x>b", b"&amp;", b"<pre>\n", b"<td>x", b'<a b="c>')
    },
}  # fmt: skip


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_takes_no_longer_than_its_size(name: str) -> None:
    raw = RUBBISH[name]
    begun = time.process_time()
    letter = parse(raw)
    classify(letter, raw)
    assert time.process_time() - begun < SLOWEST_SECONDS
    assert len(letter.headers) > 0


def test_text_behind_too_many_headers_is_still_read() -> None:
    letter = parse(b"Subject: x\n" + b"X-A: b\n" * 100_000 + b"\nhi")
    assert letter.text == "hi"
    assert letter.notes == ("too many headers: only the first are read",)


def test_parts_nested_too_deep_are_kept_unread() -> None:
    letter = parse(RUBBISH["nested parts"])
    assert letter.notes == ("too many parts inside one another: some are kept unread",)
    assert letter.attachments[0].content.endswith(b"hi")


def test_two_letters_without_id_do_not_look_alike() -> None:
    yes, no = a_letter("yes"), a_letter("no")
    assert yes.message_id == no.message_id == ""
    assert yes != no


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 1 Jan 2035 09:00:00 +0000", datetime(2035, 1, 1, 9, tzinfo=UTC)),
        ("Fri, 5 Mar 2027 08:30:00 +0100 (CET)", datetime(2027, 3, 5, 7, 30, tzinfo=UTC)),
        ("Thu, 1 Jan 1970 00:00:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Fri, 5 Mar 2027 08:30:00 -0000", datetime(2027, 3, 5, 8, 30, tzinfo=UTC)),
        ("Tomorrow", None),
        ("Fri, 5 Mar 2027 08:30:00 +9999", None),
        ("Fri, 31 Dec 9999 23:59:00 -1200", None),
        ("Fri, 99 Mar 2027 99:99:99 +0000", None),
        ("", None),
    ],
)
def test_the_senders_clock_is_a_moment_or_nothing(written: str, read: datetime | None) -> None:
    assert a_letter("x", f"Date: {written}").date == read


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../.config/autostart/x.desktop", "x.desktop"),
        ("C:\\\\Users\\\\a.exe", "a.exe"),
        ("/etc/passwd", "passwd"),
        ("CON.txt", "_CON.txt"),
        ("..", "file"),
        ("a\tb\x01c.txt", "a bc.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("what? <really>.txt", "what_ _really_.txt"),
        ("ä" * 300 + ".pdf", "ä" * 116 + ".pdf"),
        ("字" * 300 + ".pdf", "字" * 78 + ".pdf"),
        ("  . ", "file"),
    ],
)
def test_an_attachments_name_is_never_a_path(said: str, shown: str) -> None:
    letter = a_letter(
        "x", "Content-Type: application/octet-stream", f'Content-Disposition: attachment; filename="{said}"'
    )
    assert [one.name for one in letter.attachments] == [shown]


def test_attachments_of_one_name_are_both_kept() -> None:
    part = "--m\nContent-Type: image/png; name=a.png\n\nx\n"
    letter = a_letter(part + part + "--m--", "Content-Type: multipart/mixed; boundary=m")
    assert [one.name for one in letter.attachments] == ["a.png", "a.png"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<div>One<br></div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("<p class=MsoNormal>One</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Two</p>", "One\n\nTwo"),
        ("<style>p{color:red}</style><script>go()</script><p>Seen</p>", "Seen"),
        ("<!-- unseen --><p>Seen</p><!-- open <p>seen too</p>", "Seen\n\nseen too"),
        ("<style>never closed <p>Seen", "never closed\n\nSeen"),
        ("Above<blockquote type=cite><p>Asked</p><blockquote>Deeper</blockquote></blockquote>Below",
         "Above\n\n> Asked\n>\n>> Deeper\nBelow"),
        ("Me<blockquote style='margin:0 0 0 40px;border:none;padding:0px'>moved to the right</blockquote>",
         "Me\nmoved to the right"),
        ("<ul><li>eggs<li>milk</ul><ol><li>first</li><li>second</li></ol>", "- eggs\n- milk\n\n1. first\n2. second"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("see <a href='https://example.org/x'>this page</a>", "see this page <https://example.org/x>"),
        ("see <a href='https://example.org/x'>https://example.org/x</a>", "see https://example.org/x"),
        ("<a href='mailto:a@example.org'>a@example.org</a> <a href='#top'>up</a>", "a@example.org up"),
        ("<img src='cid:1' alt='my desk'> <img src=x.gif width=1 height=1><img src='/a/smile.png'>",
         "[image: my desk] [image: smile.png]"),
        ("<img data-emoji='😀' alt='😀' src='https://example.org/1.png'> fine", "😀 fine"),
        ("a&nbsp;b &lt;c&gt; &amp; d\u200b\u00ad", "a b <c> & d"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("<a title='x > y' href='https://example.org'>z</a>", "z <https://example.org>"),
        ("<pre>  two\n   three</pre>", "  two\n   three"),
        ("unclosed <b", "unclosed <b"),
        ("<p dir=rtl>مرحبا</p>", "مرحبا"),
    ],
)  # fmt: skip
def test_html_reads_as_a_person_sees_it(html: str, text: str) -> None:
    assert a_letter(html, "Content-Type: text/html; charset=utf-8").text == text


@pytest.mark.parametrize(
    ("lines", "parameters", "text"),
    [
        ("one \ntwo\nthree", "format=flowed", "one two\nthree"),
        ("o \nne\n> a \n> b\n>> c", "format=flowed; delsp=yes", "one\n> ab\n>> c"),
        ("x \n-- \nAna", "format=flowed", "x \n-- \nAna"),
        (" > stuffed\n From here", "format=flowed", "> stuffed\nFrom here"),
        ("> a \nb", "format=flowed", "> a \nb"),
        ("one \ntwo", "format=fixed", "one \ntwo"),
    ],
)
def test_soft_line_breaks_are_undone(lines: str, parameters: str, text: str) -> None:
    assert a_letter(lines, f"Content-Type: text/plain; {parameters}").text == text


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("Ana <ana@EXAMPLE.org>", [("Ana", "ana@example.org")]),
        ("ana@example.org", [("", "ana@example.org")]),
        ("ana@example.org (Ana Lindqvist)", [("", "ana@example.org")]),
        ('"Lindqvist, Ana" <ana@example.org>', [("Lindqvist, Ana", "ana@example.org")]),
        ("Lindqvist, Ana <ana@example.org>", [("Lindqvist, Ana", "ana@example.org")]),
        ("\"'Ana'\" <ana@example.org>", [("Ana", "ana@example.org")]),
        ("=?utf-8?q?Lindqvist=2C_Ana?= <ana@example.org>", [("Lindqvist, Ana", "ana@example.org")]),
        ("a@example.org, B <b@example.org>", [("", "a@example.org"), ("B", "b@example.org")]),
        ("undisclosed-recipients:;", []),
        ("<ana@example.org", [("", "ana@example.org")]),
        ("ana@example.org <ana@example.org>", [("ana@example.org", "ana@example.org")]),
        ("[ana@example.org]", [("", "ana@example.org")]),
        ('"Ana \\"the boss\\" L" <ana@example.org>', [('Ana "the boss" L', "ana@example.org")]),
        ("\u202eAna <ana@example.org>", [("Ana", "ana@example.org")]),
    ],
)
def test_senders_are_read_however_they_are_written(header: str, read: list[tuple[str, str]]) -> None:
    letter = parse(f"From: {header}\n\nx".encode())
    assert [(one.name, one.address) for one in letter.senders] == read


@pytest.mark.parametrize(
    ("header", "ids"),
    [
        ("<a@x> <b@x>", ("a@x", "b@x")),
        ("<a@x>\n <b@\n x>", ("a@x", "b@x")),
        ("<[1]@x> <a@x> <a@x>", ("[1]@x", "a@x")),
        ("a@x b@x", ("a@x", "b@x")),
        ('Message of "Fri" <a@x> from Ana', ("a@x",)),
        ("nothing", ()),
    ],
)
def test_references_are_read_however_they_are_written(header: str, ids: tuple[str, ...]) -> None:
    assert a_letter("x", f"References: {header}").references == ids


@pytest.mark.parametrize(
    ("header", "path"), [("Return-Path: <>", ""), ("Return-Path: <a@example.org>", "a@example.org"), ("X-A: b", None)]
)
def test_an_empty_envelope_sender_is_not_a_missing_one(header: str, path: str | None) -> None:
    assert a_letter("x", header).return_path == path


def test_the_topmost_of_two_headers_is_the_servers() -> None:
    letter = a_letter("x", "Authentication-Results: mx.example.org; dmarc=pass", "Authentication-Results: forged")
    assert letter.header("authentication-results") == "mx.example.org; dmarc=pass"
    assert letter.all("Authentication-Results") == ("mx.example.org; dmarc=pass", "forged")


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit", "7bit", "nonsense", "x-uuencode"])
def test_the_words_survive_whatever_carries_them(encoding: str) -> None:
    carried = {
        "base64": b"R3LDvMOfZSwgZXMgd2lyZC4=",
        "quoted-printable": b"Gr=C3=BC=C3=9Fe,=\n es wird.",
        "x-uuencode": b'begin 644 a\n11W+#O,.?92P@97,@=VER9"X`\n`\nend',
    }
    body = carried.get(encoding, "Grüße, es wird.".encode())
    assert a_letter(body, f"Content-Transfer-Encoding: {encoding}").text == "Grüße, es wird."


def test_a_multipart_that_names_no_boundary_is_read_by_its_first_line() -> None:
    letter = a_letter("--xyz\nContent-Type: text/plain\n\nhello\n--xyz--\n", "Content-Type: multipart/mixed")
    assert letter.text == "hello"


def test_a_multipart_without_parts_shows_what_it_holds() -> None:
    assert a_letter("only words", "Content-Type: multipart/mixed; boundary=none").text == "only words"


def test_a_part_cut_off_by_the_network_is_read_as_far_as_it_came() -> None:
    letter = a_letter("--m\nContent-Type: text/plain\n\nhalf a let", "Content-Type: multipart/mixed; boundary=m")
    assert letter.text == "half a let"


def test_a_letter_sent_as_nothing_but_a_nameless_attachment_has_its_words_there() -> None:
    assert a_letter("in here", "Content-Type: text/plain", "Content-Disposition: attachment").text == "in here"
