"""The one letter that is ever deleted: exactly that, or nothing."""

from __future__ import annotations

import pytest

from mailer.edge.imap import open_mailbox
from mailer.errors import PermanentFailure, TemporaryFailure
from tests.servers.dovecot import Box
from tests.servers.scripted_imap import Script, says, scripted_imap

ALL = ["1", "2", "3"]
GMAIL = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE X-GM-EXT-1] hello"
FOLDERS = says('* LIST () "/" INBOX', '* LIST (\\Trash) "/" "[Gmail]/Bin"', "TAG OK done")
FOUND = says("* SEARCH 27", "TAG OK done")
HEADER = b"Message-ID: <a1@example.org>\r\n\r\n"
ITS_ID = (b"* 3 FETCH (UID 27 BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%s)\r\nTAG OK done\r\n" % (len(HEADER), HEADER),)
CHOSEN = says("* 3 EXISTS", "* OK [UIDVALIDITY 100] ok", "* OK [UIDNEXT 28] ok", "TAG OK chosen")


def letters(box: Box, *numbers: int) -> None:
    for number in numbers:
        box.deliver(b"Message-ID: <a%d@example.org>\r\nSubject: x\r\n\r\nhello\r\n" % number)


def uids(box: Box) -> list[str]:
    with box.other_program() as imap:
        imap.select(readonly=True)
        _, [numbers] = imap.uid("SEARCH", "ALL")
    return str(numbers, "ascii").split()


async def test_one_letter_goes_and_those_that_a_person_has_marked_stay(box: Box) -> None:
    letters(box, 1, 2, 3)
    with box.other_program() as imap:
        imap.select()
        imap.store("1", "+FLAGS", r"(\Deleted)")

    async with open_mailbox(box.server) as mailbox:
        await mailbox.select("INBOX")
        where = await mailbox.remove("INBOX", 2, message_id="a2@example.org")
        left = await mailbox.select("INBOX")

    assert where == ""
    assert left.exists == 2
    assert uids(box) == ["1", "3"]


@pytest.mark.parametrize(("uid", "message_id"), [(2, "a1@example.org"), (9, "a9@example.org"), (2, ""), (2, "é@x")])
async def test_a_letter_that_is_another_one_stays(box: Box, uid: int, message_id: str) -> None:
    letters(box, 1, 2, 3)

    async with open_mailbox(box.server) as mailbox:
        with pytest.raises(PermanentFailure, match="the letter is not there any more"):
            await mailbox.remove("INBOX", uid, message_id=message_id)

    assert uids(box) == ALL


async def test_a_folder_that_is_not_there(box: Box) -> None:
    async with open_mailbox(box.server) as mailbox:
        with pytest.raises(PermanentFailure, match="does not exist"):
            await mailbox.remove("Nowhere", 1, message_id="a1@example.org")


async def test_a_server_that_cannot_delete_one_letter_alone_deletes_none() -> None:
    async with scripted_imap({}) as server, open_mailbox(server.server) as mailbox:
        with pytest.raises(PermanentFailure, match="cannot delete one letter alone"):
            await mailbox.remove("INBOX", 27, message_id="a1@example.org")

    assert not any("STORE" in line or "EXPUNGE" in line for line in server.heard)


async def test_at_gmail_the_letter_is_moved_to_the_bin() -> None:
    script: Script = {
        "GREETING": says(GMAIL),
        "CAPABILITY": says(GMAIL.replace("OK [", "").replace("] hello", ""), "TAG OK done"),
        "LIST": FOLDERS,
        "SELECT": CHOSEN,
        "UID SEARCH": FOUND,
        "UID FETCH": ITS_ID,
        "UID MOVE": says("TAG OK done"),
    }
    async with scripted_imap(script) as server, open_mailbox(server.server) as mailbox:
        where = await mailbox.remove("INBOX", 27, message_id="a1@example.org")

    assert where == "[Gmail]/Bin"
    assert any(line.endswith('UID MOVE 27 "[Gmail]/Bin"') for line in server.heard)
    assert not any("EXPUNGE" in line for line in server.heard)


async def test_a_refusal_is_told() -> None:
    script: Script = {
        "GREETING": says("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN UIDPLUS] hello"),
        "CAPABILITY": says("* CAPABILITY IMAP4rev1 AUTH=PLAIN UIDPLUS", "TAG OK done"),
        "SELECT": CHOSEN,
        "UID SEARCH": FOUND,
        "UID FETCH": ITS_ID,
        "UID STORE": says("TAG NO [NOPERM] look, do not touch"),
    }
    async with scripted_imap(script) as server, open_mailbox(server.server) as mailbox:
        with pytest.raises(TemporaryFailure, match=r"STORE was refused: \[NOPERM\] look, do not touch"):
            await mailbox.remove("INBOX", 27, message_id="a1@example.org")
