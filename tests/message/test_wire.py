"""Thousands of letters of the worst pieces, sent and read by others: what arrives is what was written."""

from __future__ import annotations

import email
import random
import re

import fast_mail_parser
import pytest

from mailer.edge.smtp_envelope import dot_stuffed
from mailer.message.writing.bodies import clean_text
from mailer.message.writing.compose import compose, wire_letter
from mailer.message.writing.header_lines import BadHeader
from mailer.message.writing.mailbox import wire_address
from mailer.model.outgoing import Address, Draft
from tests.message.drafts import a_draft
from tests.message.invented import an_invented_draft
from tests.message.readers import READERS, Seen
from tests.message.wire import as_read, is_sound, line, words_of


def expected(draft: Draft) -> Seen:
    """What a reader has to see of a draft."""

    def mailbox(one: Address) -> tuple[str, str]:
        return " ".join(one.name.split()), wire_address(one.address)

    def body(text: str) -> str:
        return clean_text(text).rstrip("\n") + "\n"

    return Seen(
        subject=draft.subject.strip(),
        sender=mailbox(draft.sender),
        recipient=mailbox(draft.recipient),
        text=body(draft.text),
        html=body(draft.html) if draft.html else "",
    )


def unstuffed(content: bytes) -> bytes:
    return b"\r\n".join(one.removeprefix(b".") for one in content.split(b"\r\n"))


def arrives(draft: Draft, reader: str) -> None:
    """Composes, carries over the wire, reads, and compares; whatever differs is an AssertionError."""
    raw = compose(draft)
    assert is_sound(raw)
    assert unstuffed(dot_stuffed(raw)) == raw
    seen, wanted = READERS[reader](raw), expected(draft)
    assert seen.subject == wanted.subject
    assert as_read(seen.sender, reader) == as_read(wanted.sender, reader)
    assert as_read(seen.recipient, reader) == as_read(wanted.recipient, reader)
    assert seen.text == wanted.text
    assert seen.html == wanted.html
    words = words_of(raw, b"Subject")
    assert not words or "".join(words) == wanted.subject


def test_what_arrives_is_what_was_written() -> None:
    rng = random.Random(20261127)
    for _ in range(1500):
        draft = an_invented_draft(rng)
        arrives(draft, "classic")
        arrives(draft, "rust")


@pytest.mark.prove
def test_what_arrives_is_what_was_written_fifty_thousand_times() -> None:
    rng = random.Random(20270228)
    for _ in range(50_000):
        draft = an_invented_draft(rng)
        arrives(draft, "classic")
        arrives(draft, "rust")


@pytest.mark.parametrize("reader", READERS)
def test_a_small_part_is_read_by_all_three(reader: str) -> None:
    rng = random.Random(20261224)
    for _ in range(60):
        arrives(an_invented_draft(rng), reader)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "name",
    [
        "x" * 500,
        "Dana " * 100,
        "Zoë, " * 100,
        '"' * 500,
        "(" * 500,
        "@" * 500,
        "👨\u200d👩\u200d👧\u200d👦" * 70,
        "דנה " * 125,
        "   Dana",
        "\u00a0Dana\u3000",
        "",
        "   ",
    ],
    ids=lambda name: f"{name[:4]!a} {len(name)}",
)
def test_a_name_of_any_length_or_shape_is_whole_and_its_lines_are_short(name: str, reader: str) -> None:
    draft = a_draft(recipient=Address(name=name, address="dana@example.net"))

    raw = compose(draft)

    assert as_read(READERS[reader](raw).recipient, reader) == as_read(
        (" ".join(name.split()), "dana@example.net"), reader
    )
    assert max(map(len, line(raw, b"To").split(b"\r\n"))) <= 76


@pytest.mark.parametrize("reader", ["classic", "rust"])
def test_forty_references_of_the_longest_ids_keep_the_first_and_the_newest(reader: str) -> None:
    ids = tuple(f"{number:02}{'x' * 234}@example.org" for number in range(40))
    assert {len(f"<{one}>") for one in ids} == {250}

    raw = compose(a_draft(references=ids, in_reply_to=ids[-1]))

    written = line(raw, b"References").decode()
    by_reader: dict[str, object] = {
        "classic": email.message_from_bytes(raw)["References"],
        "rust": fast_mail_parser.parse_email(raw).headers["References"],
    }
    assert re.findall(r"<([^>]+)>", str(by_reader[reader])) == [ids[0], *ids[-2:]] == re.findall(r"<([^>]+)>", written)
    assert is_sound(raw)
    assert all(len(one) <= 251 for one in written.split("\r\n")[1:])
    assert line(raw, b"In-Reply-To") == f"In-Reply-To: <{ids[-1]}>".encode()


def test_an_address_outside_ascii_is_written_as_it_is_and_only_it() -> None:
    raw = compose(a_draft(recipient=Address(name="Zoë דנה", address="zoë@bücher.example")))

    assert READERS["rust"](raw).recipient == ("Zoë דנה", "zoë@xn--bcher-kva.example")
    assert line(raw, b"To").endswith("<zoë@xn--bcher-kva.example>".encode())
    assert line(raw, b"To").partition(b"<")[0].isascii()
    assert raw.replace(line(raw, b"To"), b"").isascii()


@pytest.mark.parametrize("broken", ["\r", "\n", "\r\n", "\0", "\udcff", "\u2028"])
@pytest.mark.parametrize("name", ["recipient", "envelope sender"])
def test_what_would_end_a_command_is_refused_by_name(name: str, broken: str) -> None:
    bad = f"dana{broken}@example.net"
    draft = a_draft(recipient=Address(address=bad)) if name == "recipient" else a_draft()
    sender = bad if name == "envelope sender" else "practice@example.org"

    with pytest.raises(BadHeader) as trouble:
        wire_letter(draft, envelope_from=sender)

    assert trouble.value.header == {"recipient": "To", "envelope sender": "envelope sender"}[name]
    assert "dana" not in str(trouble.value)


@pytest.mark.parametrize("broken", ["\0", "\x1b", "\x85", "\udcff"])
def test_a_body_is_rid_of_what_no_reader_should_get(broken: str) -> None:
    draft = a_draft(text=f"be{broken}fore\rafter\n", html=f"<p>be{broken}fore</p>")

    raw = compose(draft)

    assert is_sound(raw)
    for reader in READERS.values():
        assert not {"\0", "\x1b", "\udcff"} & set(reader(raw).text + reader(raw).html)
        assert "fore\nafter\n" in reader(raw).text
