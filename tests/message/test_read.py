"""`mailer read` needs nothing but the letter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mailer.cli.read import read_files
from mailer.message.reading.read import answer, read
from mailer.model.incoming import AskedLetter
from mailer.model.plan import Question

LETTERS = Path(__file__).parent.parent / "letters"


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_file_gives_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    files = [LETTERS / "human-gmail-web.eml", LETTERS / "bounce-postfix.eml"]
    assert read_files(files) == 0
    human, bounce = printed(capsys)
    assert human["kind"] == "human"
    assert str(human["reply"]).startswith("Seven out of ten.")
    assert "How was this week" not in str(human["reply"])
    assert (bounce["kind"], bounce["reply"], bounce["recipients"]) == ("bounce", None, ["ana@example.org"])
    assert [human["file"], bounce["file"]] == [str(file) for file in files]


def test_a_file_that_cannot_be_opened_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert read_files([tmp_path / "none.eml", tmp_path, LETTERS / "human-iphone.eml"]) == 1
    missing, folder, human = printed(capsys)
    assert missing["kind"] is None
    assert "No such file" in str(missing["reason"])
    assert folder["kind"] is None
    assert human["kind"] == "human"


def test_an_answer_has_every_key_of_the_contract() -> None:
    keys = answer("x.eml", read(b"")).keys()
    assert {"file", "kind", "reply", "confidence", "recipients", "status", "permanent", "reason"} <= set(keys)


def test_the_quote_of_our_own_letter_is_recognised() -> None:
    asked = AskedLetter(text="How was it?\n\nWhat next?\n", questions=(Question(ask="How was it?"),), language="en")
    raw = b"From: a@example.org\nSubject: Re: x\nIn-Reply-To: <a@x>\n\nFine.\n\n> How was it?\n> What next?\n"
    assert read(raw, asked=asked).new.text == "Fine."


def test_a_report_is_left_whole() -> None:
    reading = read((LETTERS / "bounce-qmail.eml").read_bytes())
    assert reading.new.text == reading.letter.text.strip()
    assert reading.new.confidence == 0


def test_reading_loads_neither_database_nor_templates() -> None:
    heavy = ("sqlalchemy", "pydantic", "jinja2")
    code = f"import sys, mailer.message.reading.read; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
