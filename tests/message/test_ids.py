"""Ids and addresses of our letters: a reply finds its row by any one of them."""

from __future__ import annotations

import pytest

from mailer.errors import PermanentFailure
from mailer.message.token import Purpose, Token, TokenKeys, tokens_in
from mailer.message.writing.ids import conversation_id, envelope_sender, letter_id, reply_address, stop_link
from mailer.model.places import Account, AccountMode, Security, Server

KEYS = TokenKeys(current=1, secrets={1: bytes(32)})
REFERENCE = b"0123456789"
SERVER = Server(host="mail.example.org", port=465, security=Security.TLS)


def an_account(address: str = "practice@example.org", *, plus_addresses: bool = True, verp: bool = False) -> Account:
    return Account(
        slug="main",
        practice="main",
        address=address,
        mode=AccountMode.DEDICATED,
        smtp=SERVER,
        imap=SERVER,
        plus_addresses=plus_addresses,
        verp=verp,
    )


@pytest.mark.parametrize(
    ("made", "purpose"),
    [
        (letter_id(KEYS, reference=REFERENCE, account=an_account()), Purpose.LETTER),
        (conversation_id(KEYS, reference=REFERENCE, account=an_account()), Purpose.CONVERSATION),
        (reply_address(KEYS, reference=REFERENCE, account=an_account()), Purpose.REPLY),
        (stop_link(KEYS, reference=REFERENCE, account=an_account()), Purpose.STOP),
        (stop_link(KEYS, reference=REFERENCE, account=an_account(plus_addresses=False)), Purpose.STOP),
        (envelope_sender(KEYS, reference=REFERENCE, account=an_account(verp=True)), Purpose.BOUNCE),
    ],
)
def test_each_of_them_leads_back_to_its_row(made: str, purpose: Purpose) -> None:
    assert tokens_in(KEYS, made) == [Token(purpose=purpose, reference=REFERENCE)]


def test_a_reply_address_fits_a_local_part() -> None:
    longest = "p" * 27

    address = reply_address(KEYS, reference=REFERENCE, account=an_account(f"{longest}@example.org"))

    assert address.startswith(longest + "+")
    assert len(address.rpartition("@")[0]) == 64


@pytest.mark.parametrize("local", ["p" * 28, '"petra vogl"', "petra vogl"])
def test_a_local_part_with_no_room_for_a_token_is_an_error_that_names_the_account(local: str) -> None:
    with pytest.raises(PermanentFailure, match=r"account main.*plus_addresses = false"):
        reply_address(KEYS, reference=REFERENCE, account=an_account(f"{local}@example.org"))


def test_without_plus_addresses_answers_come_to_the_account_itself() -> None:
    account = an_account("a.practice.with.quite.a.long.name@example.org", plus_addresses=False)

    assert reply_address(KEYS, reference=REFERENCE, account=account) == account.address
    assert stop_link(KEYS, reference=REFERENCE, account=account).startswith(f"mailto:{account.address}?subject=STOP%20")


def test_ids_use_the_ascii_form_of_the_host() -> None:
    account = an_account("praxis@bücher.example")

    assert letter_id(KEYS, reference=REFERENCE, account=account).endswith("@xn--bcher-kva.example")
    assert reply_address(KEYS, reference=REFERENCE, account=account).endswith("@xn--bcher-kva.example")


@pytest.mark.parametrize(("plus_addresses", "verp"), [(True, False), (False, True), (False, False)])
def test_a_report_comes_to_the_plain_address_where_the_host_allows_no_other(plus_addresses: bool, verp: bool) -> None:
    account = an_account(plus_addresses=plus_addresses, verp=verp)

    assert envelope_sender(KEYS, reference=REFERENCE, account=account) == account.address
