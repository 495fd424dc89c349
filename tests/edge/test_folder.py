"""Letters that go into a folder: whole files, one for each letter, and never outside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.edge.folder import FolderTransport
from mailer.model.outgoing import Deferred, Sent, Transport, WireLetter
from tests.edge.letters import a_letter, written_down


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_letter_stands_in_the_folder_octet_for_octet(tmp_path: Path) -> None:
    transport: Transport = FolderTransport(tmp_path / "out" / "letters")

    outcome = await transport.send(a_letter(), before_data=written_down())
    await transport.close()

    assert isinstance(outcome, Sent)
    (file,) = files_in(tmp_path / "out" / "letters")
    assert file.read_bytes() == a_letter().raw
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o077 == 0
    assert outcome.reply == f"written to {file.name}"
    assert not transport.after_dot


async def test_the_same_letter_is_one_file_and_another_letter_is_another(tmp_path: Path) -> None:
    transport = FolderTransport(tmp_path)

    for number in (1, 1, 2):
        await transport.send(a_letter(number=number), before_data=written_down())

    assert len(files_in(tmp_path)) == 2


async def test_a_letter_someone_else_has_taken_is_not_written(tmp_path: Path) -> None:
    outcome = await FolderTransport(tmp_path).send(a_letter(), before_data=written_down(False))

    assert isinstance(outcome, Deferred)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    "message_id", ["../../etc/x@example.org", "/etc/passwd@h", "", "..", "a\x00b@h", "ü" * 300, "\ud800@h", "CON@h"]
)
async def test_no_message_id_leads_out_of_the_folder(message_id: str, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    letter = WireLetter(message_id=message_id, envelope_from="a@example.org", recipient="b@example.org", raw=b"x\r\n")

    outcome = await FolderTransport(folder).send(letter, before_data=written_down())

    assert isinstance(outcome, Sent)
    assert [path.name for path in files_in(tmp_path)] == ["letters"]
    assert [path.suffix for path in files_in(folder)] == [".eml"]


async def test_a_folder_that_cannot_be_written_defers_the_letter_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    outcome = await FolderTransport(tmp_path / "taken").send(a_letter(), before_data=written_down())

    assert isinstance(outcome, Deferred)
    assert [path.name for path in files_in(tmp_path)] == ["taken"]
