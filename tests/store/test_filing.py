"""Filing a letter: everything it brings is written at once, and only once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailer.model.filing import Whose
from mailer.model.incoming import Answered, Attachment, Kind, Steering, Word
from mailer.model.outgoing import Deferred
from mailer.model.people import Client, ClientState
from mailer.model.plan import AnswerKind
from mailer.model.report import EntryKind
from mailer.store import clients, planning, schema
from tests.store.letters import (
    claim,
    deciding,
    file,
    filing_of,
    fix,
    kept,
    mark_sending,
    row_of,
    rows_of,
    sent_prompt,
    settle,
    state_of,
    want_prompt,
)
from tests.stores import NOW, Store

ANSWERS = (
    Answered(question=0, kind=AnswerKind.RATING, text="eine 7", value=7.0),
    Answered(question=1, kind=AnswerKind.YES_NO, text="ja", value=True),
    Answered(question=2, kind=AnswerKind.CHOICE, text="the second", value="walk"),
    Answered(question=3, kind=AnswerKind.COMMITMENT, text="call Ida on Friday"),
)
PLAN = Attachment(name="../plan für März.pdf", content_type="application/pdf", size=120_000, content=b"%PDF")


def _client(store: Store, client: Client) -> Client:
    return store.db.read(clients.client, store.vault, client.id)


def _steer(store: Store, client: Client, steering: Steering, *, uid: int = 1, **said: object) -> bool:
    filing = filing_of(kept(store, f"{steering.word}".encode(), uid=uid), client)
    wanted = replace(filing, entry=EntryKind.STEERING, steering=steering, **said)  # type: ignore[arg-type]
    return file(store, wanted, message_id="stop@example.org")


def test_a_reply_is_written_whole(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    letter_id = kept(store)

    filing = replace(filing_of(letter_id, dana, origin=origin), answers=ANSWERS, attachments=(PLAN,), note="long")
    assert file(store, filing, message_id="reply@example.org")

    (entry,) = rows_of(store, schema.entries, kind="reply")
    conversation = row_of(store, schema.conversations, entry.conversation_id)
    assert (entry.client_id, entry.coach_id, entry.letter_id) == (dana.id, dana.coach_id, letter_id)
    assert (conversation.id, entry.thread_id) == (origin.conversation_id, conversation.thread_id)
    assert (entry.note, entry.confidence, entry.at, entry.digest_id, entry.unconfirmed) == (
        "long", 0.9, NOW, None, False,
    )  # fmt: skip
    assert store.vault.read(entry.text, place=f"entries.text:{entry.id}") == "Two good mornings."


def test_each_answer_is_kept_with_its_value(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)

    file(store, replace(filing_of(kept(store), dana, origin=origin), answers=ANSWERS))

    rows = rows_of(store, schema.answers)
    texts = [store.vault.read(row.text, place=f"answers.text:{row.id}") for row in rows]
    values = [
        json.loads(store.vault.read(row.value, place=f"answers.value:{row.id}")) if row.value else None for row in rows
    ]
    assert texts == ["eine 7", "ja", "the second", "call Ida on Friday"]
    assert values == [7.0, True, "walk", None]
    assert {(row.outbox_id, row.client_id, row.at) for row in rows} == {(origin.outbox_id, dana.id, NOW)}


def test_an_attachment_is_noted_by_name_and_size(store: Store) -> None:
    dana = store.add_client("dana")

    file(store, replace(filing_of(kept(store), dana), attachments=(PLAN, PLAN)))

    first, second = rows_of(store, schema.attachments)
    name = store.vault.read(first.name, place=f"attachments.name:{first.id}")
    assert (name, first.content_type, first.size) == ("../plan für März.pdf", "application/pdf", 120_000)
    assert first.content_digest == second.content_digest


def test_the_letter_belongs_to_the_client_from_then_on(store: Store) -> None:
    dana = store.add_client("dana")
    letter_id = kept(store)

    file(store, filing_of(letter_id, dana), message_id="reply@example.org")

    row = row_of(store, schema.letters, letter_id)
    assert (row.state, row.kind, row.client_id, row.coach_id) == ("filed", "human", dana.id, dana.coach_id)
    assert (row.intake_day, row.reason) == (None, None)
    assert row.message_id_digest == store.vault.look_up("message-id", "reply@example.org")


def test_filing_twice_writes_once(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    stop = Steering(word=Word.STOP)
    filing = replace(filing_of(kept(store), dana, origin=origin), answers=ANSWERS, attachments=(PLAN,), steering=stop)

    assert [file(store, filing) for _ in range(3)] == [True, False, False]

    tables = (schema.answers, schema.attachments)
    assert [len(rows_of(store, table)) for table in tables] == [4, 1]
    assert len(rows_of(store, schema.entries, kind="reply")) == 1
    assert len(rows_of(store, schema.outbox, kind="confirmation")) == 1


def test_a_letter_that_is_nobodys_is_not_filed(store: Store) -> None:
    dana = store.add_client("dana")
    letter_id = kept(store)

    assert not file(store, replace(filing_of(letter_id, dana), whose=Whose()))

    assert row_of(store, schema.letters, letter_id).state == "kept"


def test_a_failure_half_way_leaves_the_letter_unfiled(store: Store) -> None:
    dana = store.add_client("dana")
    origin = sent_prompt(store, dana)
    letter_id = kept(store)
    wrong = replace(ANSWERS[0], value=object())  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        file(store, replace(filing_of(letter_id, dana, origin=origin), answers=(*ANSWERS[1:], wrong)))

    assert row_of(store, schema.letters, letter_id).state == "kept"
    assert rows_of(store, schema.entries, kind="reply") == []
    assert rows_of(store, schema.answers) == []


def test_a_letter_from_another_address_is_marked(store: Store) -> None:
    dana = store.add_client("dana")
    whose = Whose(client_id=dana.id, coach_id=dana.coach_id, is_confirmed=False)

    file(store, replace(filing_of(kept(store), dana), whose=whose))

    assert [row.unconfirmed for row in rows_of(store, schema.entries)] == [True]


def test_a_reply_makes_the_planner_look_anew(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)

    file(store, filing_of(kept(store), dana))

    assert [row.next_due_at for row in rows_of(store, schema.enrolments)] == [None]


def test_a_text_of_any_characters_is_kept(store: Store) -> None:
    dana = store.add_client("dana")

    file(store, replace(filing_of(kept(store), dana), text="Grüße 🌄 \ud800 end", free=""))

    (entry,) = rows_of(store, schema.entries)
    assert store.vault.read(entry.text, place=f"entries.text:{entry.id}") == "Grüße 🌄 ? end"


# Steering


@pytest.mark.parametrize(
    ("word", "before", "after"),
    [
        (Word.STOP, ClientState.ACTIVE, ClientState.STOPPED),
        (Word.STOP, ClientState.PAUSED, ClientState.STOPPED),
        (Word.PAUSE, ClientState.ACTIVE, ClientState.PAUSED),
        (Word.RESUME, ClientState.PAUSED, ClientState.ACTIVE),
        (Word.RESUME, ClientState.STOPPED, ClientState.ACTIVE),
    ],
)
def test_a_steering_word_is_obeyed_and_confirmed_once(
    store: Store, word: Word, before: ClientState, after: ClientState
) -> None:
    dana = store.add_client("dana")
    store.db.write(clients.set_state, dana.id, before, now=NOW)

    _steer(store, dana, Steering(word=word))

    assert _client(store, dana).state is after
    (letter,) = claim(store)
    said = json.loads(letter.content)
    assert (letter.kind, letter.client_id) == ("confirmation", dana.id)
    assert said == {
        "word": word,
        "until": None,
        "subject": "Re: Your week",
        "message_id": "stop@example.org",
        "references": [],
    }


def test_a_pause_has_the_end_the_client_asked_for(store: Store) -> None:
    dana, until = store.add_client("dana"), NOW + timedelta(days=14)

    _steer(store, dana, Steering(word=Word.PAUSE, days=14), pause_until=until)

    assert _client(store, dana).paused_until == until
    (letter,) = claim(store)
    assert json.loads(letter.content)["until"] == until.isoformat()


def test_two_words_in_two_letters_are_two_confirmations(store: Store) -> None:
    dana = store.add_client("dana")

    _steer(store, dana, Steering(word=Word.STOP), uid=1)
    _steer(store, dana, Steering(word=Word.RESUME), uid=2)

    assert _client(store, dana).state is ClientState.ACTIVE
    assert len(claim(store)) == 2


def test_a_stop_holds_back_the_letter_that_is_already_written(store: Store) -> None:
    dana = store.add_client("dana")
    want_prompt(store, dana)
    (letter,) = claim(store)
    fix(store, letter)

    _steer(store, dana, Steering(word=Word.STOP))

    assert not mark_sending(store, letter.id)
    settle(store, letter.id, Deferred(code=0, status="", reply=""), retry_at=NOW)
    assert [one.kind for one in claim(store)] == ["confirmation"]
    assert state_of(store, letter.id) == "cancelled"


def test_a_stop_of_one_client_is_nothing_to_another(store: Store) -> None:
    dana, enzo = store.add_client("dana"), store.add_client("enzo")

    _steer(store, dana, Steering(word=Word.STOP))

    assert _client(store, enzo).state is ClientState.ACTIVE


# Reports


def test_a_notice_of_absence_keeps_its_day(store: Store) -> None:
    dana = store.add_client("dana")
    filing = replace(filing_of(kept(store), dana), kind=Kind.AUTO_REPLY, entry=EntryKind.AUTO_REPLY)

    file(store, replace(filing, away_until=date(2027, 3, 15)))

    assert [row.away_until for row in rows_of(store, schema.entries)] == [date(2027, 3, 15)]
