"""Reach and bounds of the marks: every language and program, every shape, any size."""

from __future__ import annotations

import textwrap
import time
from base64 import encodebytes
from collections.abc import Callable
from quopri import encodestring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.message.reading.extract import extract
from mailer.message.reading.parse import parse
from tests.replies.letters import SENT, asked, letter, quoted
from tests.replies.programs import (
    ADDRESS,
    APPLE,
    BLOCKS,
    DIVIDERS,
    FORWARDS,
    FULL,
    GMAIL,
    NAME,
    OTHER,
    OUTLOOK,
    WITHOUT_DATE,
)

OWN = "It went well.\n\nTwo good mornings, and I called Lee."
BODY = "Good morning Dana,\n\nhow was this week?\n\nPetra"
EVERY_LINE = {
    f"{table}-{name}": line
    for table, lines in (("gmail", GMAIL), ("apple", APPLE), ("other", OTHER), ("bare", WITHOUT_DATE))
    for name, line in lines.items()
}


def wrapped(line: str, width: int) -> str:
    return "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False))


def with_bidi_marks(line: str) -> str:
    return "\u202b" + line.replace("<", "\u202a<").replace(">", ">\u202c") + "\u200f\u202c"


SHAPES: dict[str, Callable[[str], str]] = {
    "as written": lambda line: line,
    "wrapped at 60": lambda line: wrapped(line, 60),
    "wrapped at 40": lambda line: wrapped(line, 40),
    "bidi marks": with_bidi_marks,
    "byte order mark": lambda line: f"\ufeff{line}",
    "hard blanks": lambda line: line.replace(" ", "\u00a0", 3),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", EVERY_LINE)
def test_an_attribution_is_known_in_every_language_program_and_shape(name: str, shape: str) -> None:
    framed = "groupwise" in name and "wrapped" in shape  # never wrapped: its frame needs both ends on one line
    line = EVERY_LINE[name] if framed else SHAPES[shape](EVERY_LINE[name])

    for quote in (BODY, quoted(BODY)):
        for gap in ("\n", "\n\n"):
            new = extract(letter(f"{OWN}{gap}{line}{gap}{quote}\n"))
            assert new.text == OWN


@pytest.mark.parametrize("separator", [": ", ":", " : ", ":\t", "："])
@pytest.mark.parametrize("language", OUTLOOK)
def test_a_header_block_is_known_in_every_language(language: str, separator: str) -> None:
    sender, sent, to, subject, day = OUTLOOK[language]
    usual = [(sender, FULL), (sent, day), (to, "Dana Reis <dana@example.org>"), (subject, "Your week")]
    without_address = [(sender, NAME), (subject, "Your week"), (sent, day), (to, "Dana Reis")]

    for rows in (usual, without_address):
        for head in ("", "________________________________\n", "-----Original Message-----\n"):
            for join in ("\n", "\n\n"):
                block = join.join(f"{label}{separator}{value}" for label, value in rows)
                new = extract(letter(f"{OWN}\n\n{head}{block}\n\n{BODY}"))
                assert new.text == OWN


@pytest.mark.parametrize("language", OUTLOOK)
def test_a_header_block_in_bold_or_behind_quote_marks_is_known(language: str) -> None:
    sender, sent, to, subject, day = OUTLOOK[language]
    rows = [(sender, FULL), (sent, day), (to, "Dana Reis"), (subject, "Your week")]
    bold = "\n".join(f"*{label}:* {value}" for label, value in rows)
    plain = "\n".join(f"{label}: {value}" for label, value in rows)

    assert extract(letter(f"{OWN}\n\n{bold}\n\n{BODY}")).text == OWN
    assert extract(letter(f"{OWN}\n\n{quoted(plain)}\n>\n{quoted(BODY)}")).text == OWN


@pytest.mark.parametrize("name", BLOCKS)
def test_header_blocks_of_many_programs_are_known(name: str) -> None:
    for quote in (BODY, quoted(BODY)):
        assert extract(letter(f"{OWN}\n\n{BLOCKS[name]}\n\n{quote}")).text == OWN


@pytest.mark.parametrize("divider", DIVIDERS)
@pytest.mark.parametrize("quote", [BODY, quoted(BODY)], ids=["bare", "marked"])
def test_a_line_between_dashes_divides(divider: str, quote: str) -> None:
    assert extract(letter(f"{OWN}\n\n{divider}\n{quote}")).text == OWN


@pytest.mark.parametrize("announcement", FORWARDS)
@pytest.mark.parametrize("mark", [str, quoted], ids=["bare", "marked"])
def test_a_forward_is_announced_in_many_languages(announcement: str, mark: Callable[[str], str]) -> None:
    inside = mark(f"From: Rolf <{ADDRESS}>\nSubject: Talk\n\n{BODY}")

    new = extract(letter(f"{OWN}\n\n{announcement}\n\n{inside}", subject="Talk"))

    assert new.text == OWN
    assert "how was this week" in new.forwarded


@pytest.mark.parametrize("line", ["-- Please reply above this line --", "##- Bitte über dieser Linie antworten -##"])
def test_all_below_a_reply_above_line_is_left_out(line: str) -> None:
    assert extract(letter(f"{OWN}\n\n{line}\n\n{BODY}")).text == OWN


def test_a_wrapped_attribution_with_its_address_broken_is_known() -> None:
    line = "2027-03-01 8:00 GMT+01:00 A Very Long Coach Name <\ncoach@example.org>:"

    assert extract(letter(f"{OWN}\n\n{line}\n{quoted(BODY)}")).text == OWN


def test_a_bracket_that_slips_to_the_next_line_is_no_quote_mark() -> None:
    line = f'Am 05.03.2027 08:30 schrieb "{NAME}" <{ADDRESS}\n>:'

    assert extract(letter(f"{OWN}\n\n{line}\n\n{quoted(BODY)}")).text == OWN


def test_an_address_on_lines_of_its_own_belongs_to_the_attribution() -> None:
    line = f"On Fri, 5 Mar 2027 at 08:30 {NAME}\n\n<\nmailto:{FULL}\n> wrote:"

    assert extract(letter(f"{OWN}\n\n{line}\n\n{BODY}")).text == OWN


def test_an_attribution_may_share_the_writers_line() -> None:
    assert extract(letter(f"Fine by me {GMAIL['en-GB']}\n{quoted(BODY)}")).text == "Fine by me"


def test_right_to_left_answers_keep_their_direction_marks() -> None:
    own = "\u200fתודה, Petra, היה טוב."

    assert extract(letter(f"{own}\n\n{GMAIL['he']}\n\n{quoted(BODY)}")).text == own


# one reply in many wrappings

REPLY = f"{OWN}\n\nDanke für alles, liebe Grüße,\nDana\n\n{GMAIL['en-GB']}\n\n{quoted(SENT)}\n"
HEADERS = "From: Dana Reis <dana@example.org>\nTo: coach@example.org\nSubject: Re: Your week\nMIME-Version: 1.0\n"


def raw(body: bytes, encoding: str, content_type: str = "text/plain; charset=utf-8") -> bytes:
    head = f"{HEADERS}Content-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    return head.encode() + body


def squeezed(text: str) -> str:
    return " ".join(text.split())


def as_html(own: str, paragraph: str, end: str) -> bytes:
    said = "".join(f"{paragraph}{part}{end}" for part in own.split("\n\n"))
    sent = "".join(f"{paragraph}{part}{end}" for part in SENT.replace("\n", " ").split("  "))
    line = GMAIL["en-GB"].replace("<", "&lt;").replace(">", "&gt;")
    return f'{said}<div class="gmail_quote">{line}<br><blockquote type="cite">{sent}</blockquote></div>'.encode()


SIGNED = f"{OWN}\n\nDanke für alles, liebe Grüße,\nDana"
HTML = "text/html; charset=utf-8"
FLOWED = REPLY.replace("mornings, and", "mornings, \nand")
WRAPPINGS: dict[str, bytes] = {
    "8bit": raw(REPLY.encode(), "8bit"),
    "quoted-printable": raw(encodestring(REPLY.encode()), "quoted-printable"),
    "base64": raw(encodebytes(REPLY.encode()), "base64"),
    "CRLF": raw(REPLY.encode(), "8bit").replace(b"\n", b"\r\n"),
    "latin-1": raw(REPLY.encode("latin-1"), "8bit", "text/plain; charset=iso-8859-1"),
    "flowed": raw(FLOWED.encode(), "8bit", 'text/plain; charset="utf-8"; format=flowed'),
    "html p": raw(as_html(SIGNED, "<p>", "</p>"), "8bit", HTML),
    "html br": raw(as_html(SIGNED, "", "<br><br>"), "8bit", HTML),
    "html div": raw(as_html(SIGNED, "<div>", "</div>"), "8bit", HTML),
    "html table": raw(as_html(SIGNED, "<table><tr><td>", "</td></tr></table>"), "8bit", HTML),
}


@pytest.mark.parametrize("known", [False, True], ids=["unknown letter", "our letter known"])
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_the_same_words_come_out_of_every_wrapping(wrapping: str, *, known: bool) -> None:
    new = extract(parse(WRAPPINGS[wrapping]), asked=asked() if known else None)

    assert squeezed(new.text) == squeezed(f"{OWN} Danke für alles, liebe Grüße, Dana")


@pytest.mark.parametrize("width", [60, 998])
def test_the_width_of_lines_does_not_matter(width: int) -> None:
    long = " ".join(["Two good mornings, and I called Lee about the plan we made."] * 40)

    new = extract(
        letter(f"{wrapped(long, width)}\n\n{wrapped(GMAIL['en-GB'], width)}\n\n{quoted(wrapped(SENT, width))}")
    )

    assert squeezed(new.text) == long


# size

LONGEST = 20  # seconds; on an idle core none takes two, and anything not linear would take minutes
LARGE: dict[str, str] = {
    "5,000 lines of On": "On\n" * 5000,
    "5,000 lines that end like an attribution": "wrote:\n" * 5000,
    "5,000 attributions": f"{GMAIL['en']}\n" * 5000,
    "50 kB of spaces": "a" + " " * 50_000 + "b",
    "50 kB of spaces and a colon": " " * 50_000 + ":",
    "one line of 500 kB": "word " * 100_000,
    "one word of 500 kB": "x" * 500_000,
    "5 MB": "I walked and thought about the week at 10:30:\n" * 110_000,
    "5 MB of quotes": "> I walked and thought: about\n" * 170_000,
    "3,000 nested quotes": "\n".join(">" * depth + " x" for depth in range(3000)),
    "nothing but quote marks": "> " * 250_000,
    "nothing but dashes": "--\n" * 50_000,
    "5,000 header lines": f"From: {ADDRESS}\n" * 5000,
    "labels between text": "To: x\nx\nx\nx\n" * 5000,
    "many dates on a line": ("On Fri 5 Mar 2027 " * 27 + ":\n") * 3000,
    "at signs": "a@" * 200_000,
    "signatures": ("-- \n" + "x\n" * 5) * 10_000,
    "legal words": ("confidential intended recipient " * 10 + "\n\n") * 5000,
    "our letter a thousand times": SENT * 1000,
    "left quoted-printable": "=E4=\n" * 100_000,
}
LARGE_HTML: dict[str, str] = {
    "open brackets": "<" * 1_000_000,
    "an attribute that never ends": "<div " + "a='" * 300_000,
    "100,000 attributes": "<div " + 'a="b" ' * 100_000,
    "3,000 nested blockquotes": "<blockquote>" * 3000 + "x" + "</blockquote>" * 3000,
    "open comments": "<!--" * 200_000,
    "open styles": "<style>" * 100_000,
}


@pytest.mark.parametrize("known", [False, True], ids=["unknown letter", "our letter known"])
@pytest.mark.parametrize("name", LARGE)
def test_time_is_bounded_for_any_text(name: str, *, known: bool) -> None:
    begun = time.perf_counter()

    new = extract(letter(LARGE[name]), asked=asked() if known else None)

    assert time.perf_counter() - begun < LONGEST
    assert 0 <= new.confidence <= 1


@pytest.mark.parametrize("name", LARGE_HTML)
def test_time_is_bounded_for_any_html(name: str) -> None:
    begun = time.perf_counter()

    new = extract(letter("Hello there, my friend\n", html=LARGE_HTML[name]))

    assert time.perf_counter() - begun < LONGEST
    assert new.text == "Hello there, my friend"


PIECES = st.sampled_from(
    [*GMAIL.values(), *DIVIDERS, *FORWARDS, SENT, quoted(SENT), OWN, "--", "-- ", "> x", ">>", "\ufeff",
     "From: a@b.example", "Sent: 5 March 2027 8:30", "Subject: x", "<", ">:", "wrote:", "\u202b", "\r", "=\n=",
     "Sent from my iPhone", "_____", ""]
)  # fmt: skip


@given(
    text=st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=8).map("\n".join)),
    html=st.one_of(st.just(""), st.text(alphabet="<>/abq blockte='\"-!=&;", max_size=80)),
    subject=st.sampled_from(["", "Re: x", "Fwd: x", ":", "WG:"]),
    known=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_rubbish_never_raises_and_never_invents_words(text: str, html: str, subject: str, *, known: bool) -> None:
    new = extract(letter(text, html=html, subject=subject), asked=asked() if known else None)

    assert 0 <= new.confidence <= 1
    assert "\n\n".join(passage.text for passage in new.passages) == new.text
    assert len("".join(new.text.split())) <= len("".join(text.split()))
