"""Addresses: their syntax, without any look-up, and when two are the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mailer.addresses import address_key, client_address, valid_address

KEPT = [
    ("ana@example.org", "ana@example.org"),
    ("Ana@Example.ORG", "Ana@example.org"),
    ("ana+list@example.org", "ana+list@example.org"),
    ("ana@bücher.example.com", "ana@xn--bcher-kva.example.com"),
    ("o'neill@example.org", "o'neill@example.org"),
    (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
]


@pytest.mark.parametrize(("written", "kept"), KEPT)
def test_an_address_keeps_its_local_part_and_lowers_its_domain(written: str, kept: str) -> None:
    assert valid_address(written) == kept


REFUSED = [
    ("", "it needs a name, an @ and a domain"),
    ("ana", "it needs a name, an @ and a domain"),
    ("@example.org", "it needs a name"),
    ("ana@", "it needs a name"),
    (" ana@example.org", "a space before or after"),
    ("ana@example.org\n", "a space before or after"),
    ("Ana <ana@example.org>", "write the address alone"),
    ("jürgen@example.org", "outside ASCII"),
    (f"{'a' * 65}@example.org", "longer than 64"),
    ("ana@localhost", "is no whole domain"),
    ("ana..b@example.org", "two periods"),
    ("ana@exa mple.org", "invalid characters"),
    ("ana@[127.0.0.1]", "bracketed"),
    ("ana@example.org\r\nBcc: b@example.org", "invalid characters"),
    ("a,b@example.org", "invalid characters"),
    ("ana\0@example.org", "invalid characters"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_is_no_address_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="is no e-mail address: ") as caught:
        valid_address(text)

    assert reason in str(caught.value)


def test_a_client_whose_phone_capitalises_is_the_same_person() -> None:
    assert address_key("Ana@Example.org") == address_key("ana@example.ORG ")
    assert address_key("ana@bücher.example.com") == address_key("ana@xn--bcher-kva.example.com")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("jürgen@example.org", "jürgen@example.org"),
        ("zoe\u0308@bücher.example", "zoë@xn--bcher-kva.example"),
        ("пример@example.org", "пример@example.org"),
        ("例え.テスト@example.org", "例え.テスト@example.org"),
        ("dana@example.org", "dana@example.org"),
    ],
)
def test_a_clients_address_may_have_letters_of_any_one_script(written: str, kept: str) -> None:
    assert client_address(written) == kept
    assert address_key(written.upper().replace("XN--", "xn--")) == address_key(kept)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("d\u0430na@example.org", "mixes letters of two alphabets"),  # a Cyrillic а
        ("\u03bfana@example.org", "mixes letters of two alphabets"),  # a Greek omicron
        (f"{'ü' * 33}@example.org", "more than 64 octets"),
        ("dana\u202e@example.org", "unsafe characters"),
        ("dana\ud800@example.org", "is no e-mail address"),
        ("jürgen reis@example.org", "invalid characters"),
    ],
)
def test_a_clients_address_that_only_looks_right_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="is no e-mail address: ") as caught:
        client_address(text)

    assert reason in str(caught.value)


def test_plus_addresses_are_different_mailboxes() -> None:
    assert address_key("ana+x@example.org") != address_key("ana@example.org")


@pytest.mark.parametrize("rubbish", ["", "@", "no address", "\0", "ä@ö@ü", "x" * 5000])
def test_rubbish_has_a_key_of_its_own(rubbish: str) -> None:
    assert address_key(rubbish) == rubbish.lower()


def test_an_address_is_checked_without_a_network() -> None:
    program = (
        "import socket\n"
        "def refuse(*args, **kwargs): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse\n"
        "from mailer.addresses import valid_address\n"
        "print(valid_address('Ana@Gmail.com'), valid_address('ana@bücher.example.com'))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["Ana@gmail.com", "ana@xn--bcher-kva.example.com"]
