"""Content that no line can end early, and envelopes that no address can break out of."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.edge.smtp_envelope import Envelope, dot_stuffed, envelope
from mailer.model.outgoing import Refused
from tests.edge.letters import a_letter

ALL = {"size": "1000000", "8bitmime": "", "smtputf8": ""}


@given(st.text(alphabet=".\r\na", max_size=60).map(str.encode))
@example(b"")
@example(b".")
@example(b"\r\n.\r\n")
@example(b"\n.\n")
def test_no_line_of_the_content_is_a_lone_dot_and_unstuffing_gives_the_letter_back(raw: bytes) -> None:
    stuffed = dot_stuffed(raw)

    lines = stuffed.split(b"\r\n")
    assert lines[-1] == b""
    assert b"." not in lines
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", stuffed)
    plain = b"\r\n".join(line.removeprefix(b".") for line in lines)
    assert plain.replace(b"\r\n", b"\n") in {
        (normal := raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")),
        normal + b"\n",
    }


@pytest.mark.parametrize(
    "address",
    [
        "dana@example.com> SIZE=1",
        "dana@example.com\r\nDATA",
        "dana@example.com\nDATA",
        "dana@exam\x00ple.com",
        "<dana@example.com>",
        "Dana <dana@example.com>",
        "dana@ex ample.com",
        "dana\u2028@example.com",
        '"a\r\n"@example.com',
        '"a>"@example.com',
        "dana\ud800@example.com",
        "a@b@example.com",
        "dana",
        "@example.com",
        "",
    ],
)
def test_an_address_that_adds_words_to_a_command_is_refused_and_not_called_dead(address: str) -> None:
    outcome = envelope(a_letter(recipient=address), offers=ALL)

    assert isinstance(outcome, Refused)
    assert not outcome.address_dead
    assert address not in outcome.reply or not address


@pytest.mark.parametrize("sender", ["petra@example.org> AUTH=<>", "petra", "petra@example.org\n"])
def test_a_sender_that_adds_words_to_a_command_is_refused(sender: str) -> None:
    assert isinstance(envelope(a_letter(envelope_from=sender), offers=ALL), Refused)


@pytest.mark.parametrize(
    "address", ["dana+week.3@example.com", "o'brien&co=x/y@example.com", '"dana reis"@example.com', "dana@[192.0.2.1]"]
)
def test_unusual_but_real_addresses_are_written_as_they_are(address: str) -> None:
    words = envelope(a_letter(recipient=address), offers={})

    assert isinstance(words, Envelope)
    assert words.rcpt == (b"RCPT", f"TO:<{address}>".encode())


def test_the_empty_sender_is_written_as_such() -> None:
    words = envelope(a_letter(envelope_from=""), offers={})

    assert isinstance(words, Envelope)
    assert words.mail == (b"MAIL", b"FROM:<>")


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_at_all_breaks_out_of_its_brackets(sender: str, recipient: str) -> None:
    words = envelope(a_letter(envelope_from=sender, recipient=recipient), offers=ALL)

    if isinstance(words, Envelope):
        for word in (words.mail[1], words.rcpt[1]):
            assert word.count(b"<") == word.count(b">") == 1
            assert word.endswith(b">")
            assert not re.search(rb"[\x00-\x1f\x7f]", word)


@pytest.mark.parametrize("size", ["", "0", "none", "-1", "9" * 40, "1000000 extra"])
def test_a_size_that_is_no_limit_limits_nothing(size: str) -> None:
    assert isinstance(envelope(a_letter(), offers={"size": size}), Envelope)


@pytest.mark.parametrize(
    ("offers", "status"), [({"size": "100"}, "5.3.4"), ({"smtputf8": ""}, "5.6.3"), ({"8bitmime": ""}, "5.6.7")]
)
def test_what_a_server_cannot_carry_is_not_offered_to_it(offers: dict[str, str], status: str) -> None:
    outcome = envelope(a_letter(subject="Grüße", body="Grüße " * 20), offers=offers)

    assert isinstance(outcome, Refused)
    assert outcome.status == status
