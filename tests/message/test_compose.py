"""Composed letters: three readers see what was meant, and no value can break a line or a character."""

from __future__ import annotations

import email
import email.policy
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mailer.errors import PermanentFailure
from mailer.message.writing.bodies import clean_text, text_part
from mailer.message.writing.compose import compose, wire_letter
from mailer.message.writing.encoded_words import graphemes
from mailer.message.writing.header_lines import BadHeader
from mailer.message.writing.mailbox import needs_smtputf8, wire_address
from mailer.message.writing.own_headers import standard_headers
from mailer.model.outgoing import Address, LetterKind
from tests.message.drafts import a_draft
from tests.message.readers import READERS
from tests.message.wire import as_read, is_sound, line, words_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAG = "\U0001f1f5\U0001f1f9"
WAVE = "\U0001f44b\U0001f3fd"

# What a person may have in a name or subject: no control characters, no line ends, no lone surrogates.
written = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120)
everything = st.text(st.characters(), max_size=400)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "subject",
    [
        "Your week in four lines",
        "Ihre Woche in vier Zeilen: wie läuft's, Frau Müller?",
        "ا\u200fسبوعك في أربعة أسطر، كيف كان هذا الأسبوع يا دانا؟",
        "四行で今週を振り返る。今週はどんな一週間でしたか？よかったことと、じゃまになったことを教えてください。",
        FAMILY * 12 + FLAG * 14 + WAVE * 14,
        "Re: " + "é" * 180,
        "word " * 60 + "end",
        "x" * 300,
        "=?utf-8?q?not=20encoded?= by us",
        "two  spaces and a tab\there",
        "a" * 75 + " " + "b" * 76,
        "100 % = 50 ? 50 _ underscore",
        "",
    ],
)
def test_a_subject_reads_back_as_it_was_written(reader: str, subject: str) -> None:
    raw = compose(a_draft(subject=subject))

    assert is_sound(raw)
    assert READERS[reader](raw).subject == subject
    assert max(map(len, line(raw, b"Subject").split(b"\r\n"))) <= 76


@settings(max_examples=200)
@given(written)
def test_every_encoded_word_of_any_subject_decodes_alone(subject: str) -> None:
    raw = compose(a_draft(subject=subject))

    words = words_of(raw, b"Subject")
    assert is_sound(raw)
    assert not words or "".join(words) == subject.strip()
    assert all(len(each[0]) <= 75 for each in re.finditer(rb"=\?utf-8\?\S*", line(raw, b"Subject")))
    assert max(map(len, line(raw, b"Subject").split(b"\r\n"))) <= 76


@pytest.mark.parametrize("emoji", [FAMILY, FLAG, WAVE, "e\u0301", "\u0928\u093f", "\u1112\u1161\u11ab", "\u2764\ufe0f"])
def test_an_emoji_or_accent_is_never_cut_between_two_words(emoji: str) -> None:
    raw = compose(a_draft(subject=emoji * 40, recipient=Address(name=emoji * 20, address="dana@example.net")))

    words = words_of(raw, b"Subject") + words_of(raw, b"To")
    assert len(words) > 3
    assert all(word == emoji * (len(word) // len(emoji)) for word in words)


def test_a_pile_of_accents_longer_than_a_word_is_cut_between_characters() -> None:
    pile = "a" + "\u0301" * 60

    raw = compose(a_draft(subject=pile))

    assert "".join(words_of(raw, b"Subject")) == pile


@given(written)
def test_graphemes_lose_nothing(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "name",
    [
        "Dana Reis",
        "Reis, Dana",
        'Dana "Dee" Reis',
        "Dana \\ Reis",
        "Dr. Dana M. Reis (Lisboa)",
        "Zoë Müller-Lüdenscheidt",
        "Müller, Zoë <zoe@example.net>",
        "دانا ريس",
        "\u05d3\u05e0\u05d4 \u05e8\u05d9\u05d9\u05e1",
        f"Dana {FAMILY}{FLAG}{WAVE}",
        "dana@example.com",
        "Anna-Magdalena Wilhelmina Charlotte Friederike von und zu Hohenstein-Württemberg, geb. Müller",
        "Anna Magdalena Wilhelmina Charlotte Friederike von und zu Hohenstein, at the office of work",
        "=?utf-8?q?x?= Reis",
        "王 小明",
        "",
    ],
)
def test_a_name_reads_back_as_it_was_written(reader: str, name: str) -> None:
    mailbox = Address(name=name, address="dana@example.net")

    raw = compose(a_draft(sender=mailbox, recipient=mailbox, reply_to=mailbox))

    seen = READERS[reader](raw)
    assert is_sound(raw)
    assert as_read(seen.recipient, reader) == as_read((name, "dana@example.net"), reader)
    assert as_read(seen.sender, reader) == as_read((name, "dana@example.net"), reader)


@settings(max_examples=200)
@given(written)
def test_any_name_leaves_one_recipient(name: str) -> None:
    raw = compose(a_draft(recipient=Address(name=name, address="dana@example.net")))

    letter = email.message_from_bytes(raw, policy=email.policy.compat32)
    unfolded = str(letter["To"]).replace("\r\n", "").replace("\n", "")
    assert is_sound(raw)
    assert [address for _, address in email.utils.getaddresses([unfolded])] == ["dana@example.net"]


@pytest.mark.parametrize("broken", ["\n", "\r", "\r\n", "\0", "\v", "\f", "\x85", "\u2028", "\u2029", "\ud800", "\x1b"])
@pytest.mark.parametrize("field", ["subject", "recipient", "sender", "reply_to", "message_id", "references", "headers"])
def test_a_line_break_in_a_value_is_refused_and_names_its_header(field: str, broken: str) -> None:
    value = f"Ana{broken}Bcc: leak@example.net"
    cases: dict[str, tuple[dict[str, Any], str]] = {
        "subject": ({"subject": value}, "Subject"),
        "recipient": ({"recipient": Address(name=value, address="ana@example.net")}, "To"),
        "sender": ({"sender": Address(name="Petra", address=f"a{broken}b@example.net")}, "From"),
        "reply_to": ({"reply_to": Address(name=value, address="ana@example.net")}, "Reply-To"),
        "message_id": ({"message_id": f"a{broken}b@example.org"}, "Message-ID"),
        "references": ({"references": ("a@example.org", f"a{broken}b@example.org")}, "References"),
        "headers": ({"headers": (("X-Note", value),)}, "X-Note"),
    }
    changes, header = cases[field]

    with pytest.raises(BadHeader) as trouble:
        compose(a_draft(**changes))

    assert trouble.value.header == header
    assert "leak" not in str(trouble.value)
    assert isinstance(trouble.value, ValueError)
    assert isinstance(trouble.value, PermanentFailure)


@pytest.mark.parametrize(
    "headers",
    [
        (("Bcc", "leak@example.net"),),
        (("subject", "another"),),
        (("Content-Type", "text/html"),),
        (("X Note", "a"),),
        (("X-Note: a\r\nBcc", "a"),),
        (("", "a"),),
        (("X-Note", "Grüße"),),
    ],
)
def test_further_headers_cannot_stand_in_for_ours_or_break_the_form(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(BadHeader):
        compose(a_draft(headers=headers))


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("dana@example.net", "dana@example.net"),
        ("dana@bücher.example", "dana@xn--bcher-kva.example"),
        ("dana@straße.example", "dana@xn--strae-oqa.example"),  # not strasse: that is somebody else's domain
        ("dana@例え.テスト", "dana@xn--r8jz45g.xn--zckzah"),
        ("o'brien+x@example.net", "o'brien+x@example.net"),
        ("dana reis@example.net", '"dana reis"@example.net'),
        ("dana..reis@example.net", '"dana..reis"@example.net'),
        ('"dana@home"@example.net', '"dana@home"@example.net'),
        ("dana@[192.0.2.1]", "dana@[192.0.2.1]"),
    ],
)
def test_an_address_is_written_as_servers_read_it(address: str, wire: str) -> None:
    assert wire_address(address) == wire
    assert not needs_smtputf8(address)


def test_a_local_part_outside_ascii_needs_smtputf8() -> None:
    assert needs_smtputf8("zoë@example.net")
    assert not needs_smtputf8("zoe@bücher.example")
    assert wire_address("zoë@bücher.example") == "zoë@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "dana",
        "@example.net",
        "dana@",
        "dana@exa mple.net",
        "dana@example.net>",
        "d" * 65 + "@example.net",
        "a@-ü-.com",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadHeader):
        wire_address(address)


def test_a_refused_address_is_not_repeated_in_the_error() -> None:
    with pytest.raises(BadHeader) as trouble:
        compose(a_draft(recipient=Address(address="dana.secret@exa mple.net")))

    assert "dana.secret" not in str(trouble.value)


BODIES = [
    "Plain and short.\n",
    "Grüße aus Lissabon, schöne Woche!\n",
    "四行で今週を振り返る。\n" * 30,
    "From here on\n.dot\n..dots\n-- \nsignature\n",
    "trailing space \nand tab\t\n",
    "x" * 5000,
    "wörter " * 900,
    "= == =3D =?utf-8?q?a?= \n",
    f"{FAMILY} {FLAG}\n" * 50,
    "\n\n\n",
    "--=_0123\n",
    "no newline at the end",
    "a" * 71 + " From me, From you, " + "From " * 40 + "\n",
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_reads_back_as_it_was_written(reader: str, body: str) -> None:
    raw = compose(a_draft(text=body, html=f"<p>{body}</p>"))

    seen = READERS[reader](raw)
    assert is_sound(raw)
    assert seen.text == body.rstrip("\n") + "\n"
    assert seen.html == f"<p>{body}</p>\n"


@settings(max_examples=300)
@given(everything)
def test_any_text_is_carried_in_short_lines(body: str) -> None:
    part = text_part(body)

    raw = b"Content-Transfer-Encoding: " + part.encoding.encode() + b"\r\n\r\n" + part.data
    payload = email.message_from_bytes(raw).get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode() == (clean_text(body).rstrip("\n") + "\n").replace("\n", "\r\n")
    assert part.data.isascii()
    assert max(map(len, part.data.split(b"\r\n"))) <= 78
    assert not re.search(rb"^From ", part.data, re.MULTILINE)


def test_a_short_ascii_body_goes_as_it_is_and_a_japanese_one_in_base64() -> None:
    assert text_part("Hello\n").encoding == "7bit"
    assert text_part("Schöne Woche, liebe Dana, und bis Freitag!\n").encoding == "quoted-printable"
    assert text_part("今週はどんな一週間でしたか？\n" * 9).encoding == "base64"


def test_nothing_in_a_body_can_end_its_part() -> None:
    boundary = re.findall(rb'boundary="([^"]+)"', compose(a_draft()))[0]
    body = f"before\n--{boundary.decode()}--\nafter\n"

    raw = compose(a_draft(text=body))

    assert READERS["classic"](raw).text == body
    assert READERS["rust"](raw).text == body


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert compose(a_draft()) == compose(a_draft())
    assert compose(a_draft()) != compose(a_draft(message_id="other@example.org"))


def test_a_letter_without_html_is_one_plain_part() -> None:
    raw = compose(a_draft(html=""))

    assert email.message_from_bytes(raw).get_content_type() == "text/plain"
    assert READERS["rust"](raw).text == a_draft().text


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 27, 8, 30, tzinfo=UTC), b"Fri, 27 Nov 2026 08:30:00 +0000"),
        (
            datetime(2027, 2, 1, 23, 5, 9, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            b"Mon, 01 Feb 2027 23:05:09 -0330",
        ),
    ],
)
def test_a_date_is_written_in_english_whatever_the_locale(moment: datetime, written: bytes) -> None:
    raw = compose(a_draft(date=moment))

    assert line(raw, b"Date") == b"Date: " + written
    assert email.utils.parsedate_to_datetime(written.decode()) == moment


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(BadHeader, match="Date"):
        compose(a_draft(date=datetime(2026, 11, 27, 8, 30)))


def test_long_references_keep_the_conversation_and_the_newest_letters() -> None:
    ids = tuple(f"letter-number-{number:04}.abcdefghijklmnop@example.org" for number in range(200))

    raw = compose(a_draft(references=ids, in_reply_to=ids[-1]))

    kept = re.findall(r"<([^>]+)>", line(raw, b"References").decode())
    assert kept[0] == ids[0]
    assert kept[1:] == list(ids[-len(kept) + 1 :])
    assert len(kept) > 10
    assert len(" ".join(line(raw, b"References").decode().split())) <= 998
    assert max(map(len, line(raw, b"References").split(b"\r\n"))) <= 76
    assert line(raw, b"In-Reply-To").decode() == f"In-Reply-To: <{ids[-1]}>"


def test_a_foreign_id_that_cannot_be_written_is_left_out() -> None:
    raw = compose(
        a_draft(references=("root@example.org", "with space@example.net", "ümlaut@example.net", "[x]@example.com"))
    )

    assert line(raw, b"References") == b"References: <root@example.org> <[x]@example.com>"


@pytest.mark.parametrize("message_id", ["", "no-at-sign", "a b@example.org", "<a@example.org>", "a@" + "b" * 1000])
def test_our_own_id_has_to_be_right(message_id: str) -> None:
    with pytest.raises(BadHeader, match="Message-ID"):
        compose(a_draft(message_id=message_id))


def test_the_letters_say_that_a_program_wrote_them() -> None:
    headers = standard_headers(
        installation="practice-1", kind=LetterKind.PROMPT, stop="mailto:practice+token@example.org?subject=STOP"
    )

    letter = email.message_from_bytes(compose(a_draft(headers=headers)))

    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "All"
    assert letter["X-Between-Sessions"] == "practice-1"
    assert letter["List-Unsubscribe"] == "<mailto:practice+token@example.org?subject=STOP>"
    assert letter["Feedback-ID"] == "prompt:practice-1:betweensessions"
    assert letter["List-Id"] is None
    assert letter["Precedence"] is None


def test_a_letter_nobody_can_unsubscribe_from_offers_no_button() -> None:
    headers = standard_headers(installation="practice-1", kind=LetterKind.DIGEST)

    assert "List-Unsubscribe" not in dict(headers)


def test_the_envelope_has_the_plain_addresses() -> None:
    letter = wire_letter(
        a_draft(recipient=Address(name="Zoë", address="zoe@bücher.example")), envelope_from="practice@example.org"
    )

    assert letter.recipient == "zoe@xn--bcher-kva.example"
    assert letter.envelope_from == "practice@example.org"
    assert letter.message_id == a_draft().message_id
    assert letter.raw.isascii()


@settings(max_examples=150)
@given(everything, everything, everything)
def test_a_letter_is_sound_or_refused_whatever_is_put_in(subject: str, name: str, body: str) -> None:
    draft = a_draft(subject=subject, recipient=Address(name=name, address="dana@example.net"), text=body, html=body)
    breaks = any(
        unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") and letter != "\t" for letter in subject + name
    )
    assume(not breaks or len(subject + name) < 40)

    if breaks:
        with pytest.raises(BadHeader):
            compose(draft)
    else:
        assert is_sound(compose(draft))
