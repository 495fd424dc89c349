"""Tokens: what we wrote is found wherever mail programs leave it, and nothing else is."""

from __future__ import annotations

import base64
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.message.token import LENGTH, Purpose, Token, TokenKeys, read_token, tokens_in, write_token

SECRET = bytes(range(32))
KEYS = TokenKeys(current=7, secrets={7: SECRET, 6: b"an older secret of 32 bytes....."})
REFERENCE = b"0123456789"
TOKEN = write_token(KEYS, purpose=Purpose.REPLY, reference=REFERENCE)
READ = Token(purpose=Purpose.REPLY, reference=REFERENCE)

references = st.binary(min_size=10, max_size=10)
purposes = st.sampled_from(Purpose)


@given(purposes, references)
def test_a_token_reads_back_as_what_it_was_written_for(purpose: Purpose, reference: bytes) -> None:
    text = write_token(KEYS, purpose=purpose, reference=reference)

    assert re.fullmatch("[a-z2-7]{36}", text)
    assert read_token(KEYS, text) == Token(purpose=purpose, reference=reference)
    assert read_token(KEYS, text.upper()) == Token(purpose=purpose, reference=reference)


@given(references, st.integers(0, LENGTH - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_token_with_one_character_changed_is_not_ours(reference: bytes, place: int, letter: str) -> None:
    text = write_token(KEYS, purpose=Purpose.LETTER, reference=reference)
    forged = text[:place] + letter + text[place + 1 :]

    assert (read_token(KEYS, forged) is None) == (forged != text)


@given(st.text(max_size=200))
def test_rubbish_holds_no_token(text: str) -> None:
    assert read_token(KEYS, text) is None
    assert tokens_in(KEYS, text) == []


@pytest.mark.parametrize(
    "text",
    [
        TOKEN[:-1],
        TOKEN + "a",
        TOKEN[1:],
        TOKEN.replace(TOKEN[5], "1"),
        " " + TOKEN,
        "",
    ],
)
def test_only_the_whole_token_is_read(text: str) -> None:
    assert read_token(KEYS, text) is None


def test_letters_that_only_look_like_ours_are_not_read() -> None:
    token = next(
        text
        for number in range(100)
        if "k" in (text := write_token(KEYS, purpose=Purpose.REPLY, reference=number.to_bytes(10, "big")))
    )
    kelvin = token.replace("k", "\N{KELVIN SIGN}")  # a k once in lower case

    assert kelvin.lower() == token
    assert read_token(KEYS, kelvin) is None
    assert tokens_in(KEYS, f"<{kelvin}@example.org>") == []


def test_a_token_under_an_unknown_key_is_not_ours() -> None:
    strangers = TokenKeys(current=7, secrets={7: b"x" * 32})
    others = TokenKeys(current=9, secrets={9: SECRET})

    assert read_token(strangers, TOKEN) is None
    assert read_token(others, TOKEN) is None


def test_a_token_cannot_be_given_another_purpose() -> None:
    sealed = bytearray(base64.b32decode(TOKEN.upper() + "===="))
    sealed[1] = Purpose.STOP
    forged = base64.b32encode(bytes(sealed)).decode().rstrip("=").lower()

    assert read_token(KEYS, forged) is None


def test_tokens_of_an_older_key_stay_readable() -> None:
    before = TokenKeys(current=6, secrets={6: KEYS.secrets[6]})
    old = write_token(before, purpose=Purpose.CONVERSATION, reference=REFERENCE)

    assert read_token(KEYS, old) == Token(purpose=Purpose.CONVERSATION, reference=REFERENCE)
    assert old != write_token(KEYS, purpose=Purpose.CONVERSATION, reference=REFERENCE)


@pytest.mark.parametrize(
    "header",
    [
        f"<practice+{TOKEN}@example.org>",
        f"<{TOKEN}@example.org>",
        f"<PRACTICE+{TOKEN.upper()}@EXAMPLE.ORG>",
        f'"Petra Vogl" <practice+{TOKEN}@example.org>, <other@example.com>',
        f"<first@example.com>\r\n\t<{TOKEN}@example.org>\r\n <last@example.net>",
        f"<{TOKEN[:20]}\r\n {TOKEN[20:]}@example.org>",  # folded inside the id
        f"mailto:practice%2B{TOKEN}@example.org?subject=STOP",
        f"SRS0=x2ab=ZZ=example.org=practice+{TOKEN}@relay.example.net",
        f"bounce-practice+{TOKEN}=example.org@lists.example.net",
        f"<{TOKEN.title()}@example.org>",
    ],
)
def test_a_token_is_found_where_relays_and_mail_programs_leave_it(header: str) -> None:
    assert tokens_in(KEYS, header) == [READ]


def test_several_tokens_come_in_order_and_once() -> None:
    letter = write_token(KEYS, purpose=Purpose.LETTER, reference=b"abcdefghij")
    header = f"<{letter}@example.org> <{TOKEN}@example.org> <{letter.upper()}@example.org>"

    assert tokens_in(KEYS, header) == [Token(purpose=Purpose.LETTER, reference=b"abcdefghij"), READ]


def test_a_hostile_header_costs_little() -> None:
    header = (TOKEN[:2] + "q" * 200_000) + TOKEN

    began = time.perf_counter()
    found = tokens_in(KEYS, header)

    assert found == []
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("current", "secrets"),
    [(1, {2: SECRET}), (1, {1: b"short"}), (300, {300: SECRET})],
)
def test_keys_that_cannot_work_are_refused(current: int, secrets: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match="key"):
        TokenKeys(current=current, secrets=secrets)


def test_a_reference_has_ten_bytes() -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        write_token(KEYS, purpose=Purpose.STOP, reference=b"too short")


def test_no_secret_is_shown() -> None:
    assert SECRET.hex() not in repr(KEYS)
    assert repr(SECRET) not in repr(KEYS)
