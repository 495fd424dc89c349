"""What of a large letter is fetched, and the hollow letter made of it."""

from __future__ import annotations

import email

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.edge.imap_frames import Answer
from mailer.edge.imap_structure import Unknowable, hollow, items, octets_of, read_structure
from mailer.edge.imap_values import Value, values
from mailer.model.mailbox import LEFT_OUT

TEXT = '("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 20 2 NIL NIL NIL NIL)'
PICTURE = '("IMAGE" "JPEG" ("NAME" "a.jpg") NIL NIL "BASE64" 7800 NIL ("INLINE" NIL) NIL NIL)'
NOTES = '("TEXT" "CSV" NIL NIL NIL "7BIT" 900 9 NIL ("ATTACHMENT" ("FILENAME" "a.csv")) NIL NIL)'
LETTER = f'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 5000 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) {TEXT} 90 NIL NIL NIL)'


def structure(text: str) -> Value:
    [value] = values(Answer((text.encode(),)))
    return value


def mixed(*parts: str, boundary: str = "bb") -> str:
    return f'({"".join(parts)} "MIXED" ("BOUNDARY" "{boundary}") NIL NIL NIL)'


def test_text_is_fetched_and_pictures_tables_and_letters_inside_are_not() -> None:
    root = read_structure(structure(mixed(mixed(TEXT, PICTURE), NOTES, LETTER)))
    asked = " ".join(items(root))
    for section in ("[HEADER]", "[1.MIME]", "[1.1.MIME]", "[1.2.MIME]", "[2.MIME]", "[3.MIME]", "[1.1]", "[3.HEADER]"):
        assert section in asked
    for section in ("[1.2]", "[2]", "[3]", "[1]"):
        assert section not in asked
    assert octets_of(root) < 1_000_000


def test_the_hollow_letter_reads_as_the_letter_with_what_stayed_behind_named() -> None:
    root = read_structure(structure(mixed(mixed(TEXT, PICTURE, boundary="inner"), NOTES, LETTER)))
    raw = hollow(
        root,
        {
            "BODY[HEADER]": b"From: dana@example.org\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n",
            "BODY[1.MIME]": b"Content-Type: multipart/mixed; boundary=inner\r\n\r\n",
            "BODY[1.1.MIME]": b"Content-Type: text/plain\r\n\r\n",
            "BODY[1.1]": b"eighteen letters.\r\n!",
            "BODY[1.2.MIME]": b"Content-Type: image/jpeg\r\nContent-Disposition: inline; filename=a.jpg\r\n\r\n",
            "BODY[2.MIME]": None,
            "BODY[3.MIME]": b"Content-Type: message/rfc822\r\n\r\n",
            "BODY[3.HEADER]": b"Message-ID: <ours@example.com>\r\n\r\n",
        },
    )
    letter = email.message_from_bytes(raw)
    leaves = [part for part in letter.walk() if not part.is_multipart()]
    assert letter.defects == []
    assert leaves[0].get_payload() == "eighteen letters.\r\n!"
    assert leaves[0][LEFT_OUT] is None
    assert (leaves[1].get_filename(), leaves[1][LEFT_OUT]) == ("a.jpg", "5700")
    assert (leaves[2].get_content_type(), leaves[2][LEFT_OUT]) == ("text/csv", "900")
    assert leaves[3]["Message-ID"] == "<ours@example.com>"


@pytest.mark.parametrize(
    "text",
    [
        "()",
        "NIL",
        "atom",
        '("TEXT" "PLAIN")',
        f'({TEXT} "MIXED" NIL NIL NIL)',
        f'({TEXT} "MIXED")',
        f"({TEXT})",
        mixed(TEXT, boundary=""),
        mixed("((()))"),
        mixed(*[TEXT] * 201),
    ],
)
def test_a_structure_that_cannot_be_followed_is_refused(text: str) -> None:
    with pytest.raises(Unknowable):
        read_structure(structure(text))


def nested(children: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.lists(children, max_size=12)


words = st.sampled_from([None, b"TEXT", b"PLAIN", b"MESSAGE", b"RFC822", b"BOUNDARY", b"12", b"\xff\x00", b"base64"])


@given(st.recursive(words, nested, max_leaves=60))
def test_rubbish_makes_a_letter_or_is_refused(rubbish: Value) -> None:
    try:
        root = read_structure(rubbish)
    except Unknowable:
        return
    assert hollow(root, {}).endswith(b"\r\n")
    assert all(asked.startswith("BODY.PEEK[") for asked in items(root))
